import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stateObjects } from "../../../../src/aws/s3/state-objects.ts";
import { UncertainWrite } from "../../../../state/objects.ts";
import { StateError } from "../../../../state/state.ts";
import { mocked } from "../../../support/mocked.ts";

/** What S3 says, as XML; an answer may also come without, or with what a proxy has to say. */
const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
const PROXY = "<html><body>Not here</body></html>";

describe("what S3 answers, as the SDK hands it on", () => {
  let server: Server;
  let answers: { status: number; body?: string; length?: number }[] = [];
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url?.replace(/\?.*/, "")}`);
      const {
        status,
        body = "",
        length,
      } = answers.length > 1 ? (answers.shift() ?? { status: 500 }) : (answers[0] ?? { status: 500 });
      request.resume().on("end", () => {
        response.writeHead(status, {
          etag: '"e"',
          "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
          "content-length": length ?? Buffer.byteLength(body),
        });
        if (length === undefined) response.end(body);
        else response.write(body, () => response.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    server.close();
    server.closeAllConnections();
  });

  const objects = (...given: typeof answers) => {
    [answers, asked] = [given, []];
    return stateObjects(mocked(), "states");
  };
  const MATCH = { ifMatch: '"d"' };

  it("is an object with its ETag and its time", async () => {
    const found = { text: "text", etag: '"e"', changedAt: Date.UTC(2026, 0, 1) };
    expect(await objects({ status: 200, body: "text" }).get("a")).toEqual(found);
    expect(asked).toEqual(["GET /states/a"]);
  });

  it("is asked for again where it breaks off", async () => {
    const broken = { status: 200, body: "te", length: 4 };
    expect((await objects(broken, { status: 200, body: "text" }).get("a"))?.text).toBe("text");
    expect(asked).toHaveLength(2);
    await expect(objects(broken).get("a")).rejects.toBeInstanceOf(Error);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ["with a code", xml("PreconditionFailed")],
    ["without a body", undefined],
    ["from a proxy", PROXY],
  ])("is a condition that does not hold where it is a 412 %s", async (_how, body) => {
    const answer = { status: 412, ...(body === undefined ? {} : { body }) };
    expect(await objects(answer).put("a", "text", MATCH)).toBeUndefined();
    expect(await objects(answer).put("a", "text", { ifNoneMatch: "*" })).toBeUndefined();
    expect(await objects(answer).remove("a", '"d"')).toBe(false);
    expect(asked).toEqual(["DELETE /states/a"]);
  });

  it("is a short conflict if it is a 409 with a code, and is checked without one", async () => {
    expect(
      await objects({ status: 409, body: xml("ConditionalRequestConflict") }, { status: 200 }).put("a", "text", MATCH),
    ).toBe('"e"');
    for (const answer of [{ status: 409 }, { status: 409, body: PROXY }]) {
      await expect(objects(answer).put("a", "text", MATCH)).rejects.toBeInstanceOf(UncertainWrite);
      await expect(objects(answer).remove("a", '"d"')).rejects.toBeInstanceOf(UncertainWrite);
    }
  });

  it("is nothing there only where S3 says so: everything would be made anew", async () => {
    const absent = { status: 404, body: xml("NoSuchKey") };
    expect(await objects(absent).get("a")).toBeUndefined();
    expect(await objects(absent).put("a", "text", MATCH)).toBeUndefined();
    expect(await objects(absent).remove("a", '"d"')).toBe(true);
    for (const answer of [{ status: 404 }, { status: 404, body: PROXY }]) {
      const at = objects(answer);
      const calls = [
        () => at.get("a"),
        () => at.list("p/"),
        () => at.put("a", "text", MATCH),
        () => at.put("a", "text"),
        () => at.remove("a", '"d"'),
      ];
      for (const call of calls)
        await expect(call()).rejects.toThrow(/^Something other than S3 answered that the state bucket states /);
    }
    await expect(objects({ status: 404, body: xml("NoSuchBucket") }).get("a")).rejects.toThrow(
      "The state bucket states from stack.config.ts does not exist",
    );
  });

  it.each([
    [403, "AccessDenied", "S3 denies access to the state bucket states"],
    [301, "PermanentRedirect", "is not in ap-northeast-1"],
  ])("is explained where it is a %i, with a code and without", async (status, code, message) => {
    for (const answer of [{ status, body: xml(code) }, { status }, { status, body: PROXY }]) {
      const error = await objects(answer)
        .get("a")
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StateError);
      expect((error as Error).message).toContain(message);
    }
  });

  it("is no explanation where a code says something else than its status usually does", async () => {
    await expect(objects({ status: 403, body: xml("RequestTimeTooSkewed") }).get("a")).rejects.toMatchObject({
      name: "RequestTimeTooSkewed",
    });
  });

  it("is not known where the connection breaks, which is asked again where nothing depends on it", async () => {
    const broken = { status: 200, body: "", length: 9 };
    await expect(objects(broken).put("a", "text", MATCH)).rejects.toBeInstanceOf(UncertainWrite);
    expect(asked).toHaveLength(1);
    expect(await objects(broken, { status: 200 }).put("a", "text")).toBe('"e"');
    expect(asked).toHaveLength(2);
  });
});
