import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, AT_ONCE, call, keepAlive, object, post, startTestServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer([
    {
      method: "GET",
      path: "/fails",
      handle: () => {
        throw new Error("the secret reason");
      },
    },
  ]);
});
afterAll(() => server.drain(AT_ONCE));

/** Sends bytes as they are and reads until the server closes. */
async function raw(text: string): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

/** The line of a request, which is written when its connection is done with it. */
async function lineOf(requestId: string): Promise<string> {
  const find = () => server.lines.find((line) => line.includes(requestId));
  await expect.poll(find).toBeDefined();
  return find() ?? "";
}

/** Posts an array in an array in an array, so many deep. */
function nested(depth: number): Promise<Answer> {
  const body = "[".repeat(depth) + "]".repeat(depth);
  return call(server.port, "/api/echo", { method: "POST", headers: { "content-type": "application/json" }, body });
}

/** The id under which a request with these headers is answered. */
async function idFor(headers: Record<string, string>): Promise<unknown> {
  return (await call(server.port, "/health", { headers })).headers["x-request-id"];
}

it("answers HEAD like GET without a body", async () => {
  for (const path of ["/", "/health", "/api/currency"]) {
    const [get, head] = await Promise.all([call(server.port, path), call(server.port, path, { method: "HEAD" })]);
    expect(head.status).toBe(200);
    expect(head.body).toBe("");
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
    expect(Number(head.headers["content-length"])).toBe(Buffer.byteLength(get.body));
  }
  expect((await call(server.port, "/api/echo", { method: "HEAD" })).status).toBe(405);
});

it("answers 500 without the reason and logs the reason under the same id", async () => {
  const answer = await call(server.port, "/fails", { headers: { "x-request-id": "fails-1" } });
  expect(answer.status).toBe(500);
  expect(object(answer.body)).toEqual({
    error: "internal_error",
    message: "Internal server error; the service's log has the details.",
    requestId: "fails-1",
  });
  const failure = object(await lineOf("fails-1"));
  expect(failure).toMatchObject({ level: "error", path: "/fails", error: "the secret reason" });
});

it("lists every currency with its rate", async () => {
  const { currencies } = object((await call(server.port, "/api/currency")).body);
  expect(currencies).toHaveLength(10);
  expect(currencies).toContainEqual({ code: "JPY", name: "Japanese yen", rate: 150, decimals: 0 });
});

it("gives a quote with its author", async () => {
  const { text, author } = object((await call(server.port, "/api/quote")).body);
  expect(text).toMatch(/^[A-Z].*\.$/);
  expect(author).toMatch(/^[A-Z]/);
});

it("takes a body at the limit and refuses one byte more with 413", async () => {
  const largest = "x".repeat(64 * 1024 - 2);
  expect(object((await post(server.port, "/api/echo", largest)).body)).toEqual({ echo: largest });

  const answer = await post(server.port, "/api/echo", `${largest}x`);
  expect(answer.status).toBe(413);
  expect(object(answer.body)).toMatchObject({
    error: "payload_too_large",
    message: "The body must be at most 65536 bytes.",
  });
});

it("refuses a chunked body over the limit too", async () => {
  const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
  const answer = await call(server.port, "/api/echo", { method: "POST", headers, body: "1".repeat(500_000) });
  expect(answer.status).toBe(413);
});

it("gives up on an endless body and closes the connection", async () => {
  const size = 2 * 1024 * 1024;
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    `POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${size}\r\n\r\n`,
  );
  // One byte over what the server is willing to throw away, and then nothing: it must not wait for the rest.
  socket.write(Buffer.alloc(1024 * 1024 + 1, "1"));
  const [first] = await once(socket, "data");
  expect(String(first)).toMatch(/^HTTP\/1\.1 413 /);
  expect(String(first).toLowerCase()).toContain("connection: close");
  socket.destroy();
});

it("refuses JSON that is nested too deeply", async () => {
  expect((await nested(65)).status).toBe(200);
  for (const depth of [66, 32_000]) {
    const answer = await nested(depth);
    expect(answer.status).toBe(400);
    expect(object(answer.body)["message"]).toBe("The body is nested more than 64 levels deep.");
  }
});

it("answers what is no HTTP with 400 and closes", async () => {
  const answer = await raw("HELLO\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain('{"error":"bad_request","message":"This is not a valid HTTP request."}');
});

it("answers headers that are too large with 431", async () => {
  expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});

it("reads a target with a host in it", async () => {
  const answer = await raw("GET http://example.test/health?x=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

it("takes the caller's request id, then the load balancer's trace, and neither when it is malformed", async () => {
  const trace = "Self=1-2-3;Root=1-67891233-abcdef012345678912345678";
  expect(await idFor({ "x-request-id": "mine", "x-amzn-trace-id": trace })).toBe("mine");
  expect(await idFor({ "x-amzn-trace-id": trace })).toBe("1-67891233-abcdef012345678912345678");
  expect(await idFor({ "x-request-id": "a b", "x-amzn-trace-id": "Root=<>" })).toMatch(/^[0-9a-f-]{36}$/);
});

it("logs one JSON line a request", async () => {
  await call(server.port, "/nothing?secret=1", { headers: { "x-request-id": "log-1" } });
  const line = await lineOf("log-1");
  expect(line).toMatch(/^\{.*\}\n$/);
  const { time, ms, ...rest } = object(line);
  expect(new Date(String(time)).toISOString()).toBe(time);
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(rest).toEqual({
    level: "warn",
    message: "Request completed.",
    method: "GET",
    path: "/nothing",
    status: 404,
    requestId: "log-1",
  });
});

it("logs a client that goes away as 499 and goes on", async () => {
  const socket = connect(server.port, "127.0.0.1");
  socket.write("POST /api/echo HTTP/1.1\r\nhost: x\r\nx-request-id: gone-1\r\ncontent-length: 10\r\n\r\n12345", () =>
    socket.destroy(),
  );
  expect(object(await lineOf("gone-1"))).toMatchObject({ status: 499, level: "warn" });
  expect((await call(server.port, "/health")).status).toBe(200);
});

it.each([
  ["connections of their own", false],
  ["64 connections kept alive", true],
])("answers 1,000 requests in parallel over %s", async (_name, kept) => {
  const agent = kept ? keepAlive(64) : false;
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, number) =>
      call(server.port, "/api/calculator", {
        method: "POST",
        agent,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ operation: "add", a: number, b: 1 }),
      }),
    ),
  );
  if (agent) agent.destroy();
  expect(answers.map((answer) => object(answer.body)["result"])).toEqual(answers.map((_, number) => number + 1));
});
