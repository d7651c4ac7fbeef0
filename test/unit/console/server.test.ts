import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import type { Ended } from "../../../src/console/child.ts";
import { consoleOf } from "../../../src/console/server.ts";

/** A console whose commands are answered by hand. */
function setUp(allowsActions: boolean) {
  const asked: { words: readonly string[]; answer: (ended: Ended) => void }[] = [];
  const { app } = consoleOf({
    admission: { port: 4000, token: "token" },
    target: "local",
    flags: ["--target", "local"],
    command: (...words) => `npx fairlead ${words.join(" ")}`,
    run: (words) => new Promise((resolve) => asked.push({ words, answer: resolve })),
    clock: new VirtualClock(1_000_000),
    allowsActions,
    pause: 0,
    script: "",
    stop: new AbortController().signal,
  });
  const send = (path: string, body?: Readonly<Record<string, string>>) =>
    app.request(`http://127.0.0.1:4000${path}`, {
      headers: { host: "127.0.0.1:4000", cookie: "fairlead-4000=token", origin: "http://127.0.0.1:4000" },
      ...(body ? { method: "POST", body: new URLSearchParams(body) } : {}),
    });
  return { asked, send };
}

describe("the console", () => {
  it("acts only where it was started so", async () => {
    const { asked, send } = setUp(false);
    const response = await send("/act/approve", { release: "0123" });
    expect({ status: response.status, asked }).toEqual({ status: 403, asked: [] });
  });

  it("runs the command of an action, one at a time, and refuses what is incomplete", async () => {
    const { asked, send } = setUp(true);
    expect((await send("/act/approve", { release: "0123" })).status).toBe(409);
    await send("/cost");
    asked
      .find(({ words }) => words[0] === "plan")
      ?.answer({ answer: [{ stack: { name: "shop-dev", asksForName: false } }], said: "" });
    await new Promise((resolve) => setImmediate(resolve));
    expect((await send("/act/reject", { release: "0123" })).status).toBe(400);
    expect((await send("/act/teardown", {})).status).toBe(404);
    expect((await send("/act/reject", { release: "0123", reason: "wrong branch" })).status).toBe(303);
    expect((await send("/act/approve", { release: "0123" })).status).toBe(409);
    expect(asked.map(({ words }) => words).filter(([name]) => name !== "plan" && name !== "history")).toEqual([
      ["reject", "0123", "--reason", "wrong branch", "--json", "--target", "local"],
    ]);
  });

  it("shows why a command failed, and what to paste", async () => {
    const { asked, send } = setUp(false);
    expect(await (await send("/health")).text()).toContain("Asking for the request path…");
    asked.find(({ words }) => words[0] === "doctor")?.answer({ failure: { message: "It is broken." }, said: "" });
    await new Promise((resolve) => setImmediate(resolve));
    const text = await (await send("/health")).text();
    expect(text).toContain("It is broken.");
    expect(text).toContain("npx fairlead doctor");
  });
});
