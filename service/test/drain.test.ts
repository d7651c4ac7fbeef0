import { EventEmitter, once } from "node:events";
import { request } from "node:http";
import { expect, it } from "vitest";
import type { Reply, Route } from "../src/router.ts";
import { AT_ONCE, call, startTestServer } from "./support.ts";

/** A route that answers when the test says so, and tells when it has been asked. */
function slowRoute(): { route: Route; asked: Promise<unknown>; answer: (reply: Reply) => void } {
  const events = new EventEmitter<{ asked: []; answer: [Reply] }>();
  const handle = (): Promise<Reply> => {
    const answered: Promise<Reply> = new Promise((resolve) => events.once("answer", resolve));
    events.emit("asked");
    return answered;
  };
  const answer = (reply: Reply): void => void events.emit("answer", reply);
  return { route: { method: "GET", path: "/slow", handle }, asked: once(events, "asked"), answer };
}

it("waits for the request in flight and refuses new connections once it no longer listens", async () => {
  const slow = slowRoute();
  const server = await startTestServer([slow.route]);
  const pending = call(server.port, "/slow");
  await slow.asked;

  const drained = server.drain(AT_ONCE);
  await expect.poll(() => call(server.port, "/health").catch((error: Error) => error.message)).toMatch(/ECONN/);
  slow.answer({ json: { late: true } });

  expect((await pending).body).toBe('{"late":true}\n');
  expect((await pending).headers.connection).toBe("close");
  expect(await drained).toBe(0);
});

it("cuts off at the deadline what does not finish, and counts it", async () => {
  const slow = slowRoute();
  const server = await startTestServer([slow.route]);
  const outgoing = request({ host: "127.0.0.1", port: server.port, path: "/slow", agent: false }).end();
  const failed = once(outgoing, "error");
  await slow.asked;

  expect(await server.drain({ quiet: 0, listening: 0, deadline: 50 })).toBe(1);
  expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
});

it("stops listening although requests keep arriving", async () => {
  const server = await startTestServer();
  const state = { draining: true };
  const patience = { quiet: 60_000, listening: 200, deadline: 10_000 };
  const drained = server.drain(patience).finally(() => (state.draining = false));
  while (state.draining) await call(server.port, "/health").catch(() => undefined);
  expect(await drained).toBe(0);
});
