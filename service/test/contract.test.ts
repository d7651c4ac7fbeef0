import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE, call, object, serviceFile, startTestServer, type TestServer } from "./support.ts";

/** A request and what has to come back. examples/flask runs the same list, which makes the two the same contract. */
interface Case {
  name: string;
  path: string;
  method?: string;
  body?: unknown;
  raw?: string;
  base64?: string;
  type?: string;
  headers?: Record<string, string>;
  status: number;
  expect?: Record<string, unknown>;
  message?: string;
  allow?: string;
}

const CASES: Case[] = JSON.parse(serviceFile("test/contract.json"));
const CODES: Record<number, string> = {
  400: "bad_request",
  404: "not_found",
  405: "method_not_allowed",
  415: "unsupported_media_type",
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.drain(AT_ONCE));

describe("the contract", () => {
  it.each(CASES)("$name", async (wanted) => {
    const body = bodyOf(wanted);
    const type = wanted.type ?? (body === undefined ? "" : "application/json");
    const headers = { ...(type === "" ? {} : { "content-type": type }), ...wanted.headers };
    const method = wanted.method ?? (body === undefined ? "GET" : "POST");
    const answer = await call(server.port, wanted.path, { method, headers, ...(body ? { body } : {}) });

    expect(answer.status).toBe(wanted.status);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers.allow).toBe(wanted.allow);
    const requestId = answer.headers["x-request-id"];
    const failure = { error: CODES[wanted.status], message: wanted.message, requestId };
    expect(object(answer.body)).toMatchObject(wanted.expect ?? failure);
  });
});

function bodyOf(wanted: Case): Buffer | undefined {
  if (wanted.body !== undefined) return Buffer.from(JSON.stringify(wanted.body));
  if (wanted.base64 !== undefined) return Buffer.from(wanted.base64, "base64");
  return wanted.raw === undefined ? undefined : Buffer.from(wanted.raw);
}
