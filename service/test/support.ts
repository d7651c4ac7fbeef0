import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request, type RequestOptions } from "node:http";
import { createLog, type Fields } from "../src/log.ts";
import { routes } from "../src/routes/index.ts";
import type { Route } from "../src/router.ts";
import { type RunningServer, startServer } from "../src/server.ts";

/** The folder that the image is built from. */
export const SERVICE = new URL("../", import.meta.url);

/** One answer, read to its end. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server of the test's own, with the log lines it wrote. */
export interface TestServer extends RunningServer {
  lines: string[];
}

/** Starts the service in this process, on a free port of the loopback interface. */
export async function startTestServer(more: readonly Route[] = []): Promise<TestServer> {
  const lines: string[] = [];
  const config = { host: "127.0.0.1", port: 0, environment: "test", version: "<1>" };
  const server = await startServer(
    config,
    [...routes, ...more],
    createLog((line) => lines.push(line)),
  );
  return { ...server, lines };
}

/** A shutdown that waits for nothing but what is in flight. */
export const AT_ONCE = { quiet: 0, listening: 0, deadline: 10_000 };

/** Makes one request and reads the answer; `own` connections are used for one request only. */
export async function call(
  port: number,
  path: string,
  options: RequestOptions & { body?: string | Buffer } = {},
): Promise<Answer> {
  const { body, ...rest } = options;
  const outgoing = request({ host: "127.0.0.1", port, path, agent: false, ...rest });
  outgoing.end(body);
  const [incoming] = await once(outgoing, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return { status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks).toString() };
}

/** Posts a JSON value. */
export function post(port: number, path: string, value: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return call(port, path, { method: "POST", headers, body: JSON.stringify(value) });
}

/** An agent that keeps its connections, as the load balancer does. */
export function keepAlive(maxSockets: number): Agent {
  return new Agent({ keepAlive: true, maxSockets });
}

/** Reads text that has to be a JSON object. */
export function object(text: string): Fields {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error(`This is no JSON object: ${text}`);
  return { ...value };
}

/** Reads a file of the service's folder. */
export function serviceFile(name: string): string {
  return readFileSync(new URL(name, SERVICE), "utf8");
}
