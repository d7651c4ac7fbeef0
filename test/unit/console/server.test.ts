import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import type { Ended } from "../../../src/console/child.ts";
import { consoleOf } from "../../../src/console/server.ts";

/** A console whose commands are answered by hand. */
function setUp(allowsActions: boolean) {
  const asked: { words: readonly string[]; answer: (ended: Ended) => void }[] = [];
  const clock = new VirtualClock(1_000_000);
  const { app } = consoleOf({
    admission: { port: 4000, token: "token" },
    target: "local",
    flags: ["--target", "local"],
    command: (...words) => `npx fairlead ${words.join(" ")}`,
    declared: () => Promise.reject(new Error("nothing is known")),
    run: (words) => new Promise((resolve) => asked.push({ words, answer: resolve })),
    clock,
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
  /** Answers the question or the action that waits and begins with these words, a second later. */
  const answer = async (begin: string, ended: Omit<Ended, "said">) => {
    await clock.sleep(1_000);
    const index = asked.findIndex(({ words }) => words.join(" ").startsWith(begin));
    asked.splice(index, 1)[0]?.answer({ ...ended, said: "" });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { asked, send, answer };
}

const STACK = {
  answer: [{ stack: { name: "shop-dev", headline: "shop-dev on AWS", asksForName: false, resources: [] } }],
};

describe("the console that has begun", () => {
  const parts = {
    admission: { port: 4000, token: "token" },
    target: "aws",
    flags: [],
    command: () => "",
    allowsActions: true,
    pause: 0,
    script: "",
  } as const;
  const view = {
    declared: { title: "", boxes: [], things: [], links: [] },
    recorded: [{ name: "shop-dev", region: "eu-west-1", picture: "<svg/>", resources: [] }],
  };
  const begun = (opensBrowser: boolean) => {
    const asked: string[] = [];
    const run = (words: readonly string[]) => {
      asked.push(words.join(" "));
      return new Promise<Ended>(() => {});
    };
    const { signal: stop } = new AbortController();
    const { app, begin } = consoleOf({
      ...parts,
      declared: () => Promise.resolve(view),
      run,
      clock: new VirtualClock(1_000_000),
      stop,
    });
    begin(opensBrowser);
    return { app, asked };
  };

  it("asks for the stack at once where a browser is opened, and otherwise nothing", () => {
    expect(begun(true).asked).toEqual(["plan --view --json"]);
    expect(begun(false).asked).toEqual([]);
  });

  it("shows what is recorded without a command, and acts on nothing by it", async () => {
    const { app, asked } = begun(false);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const headers = { host: "127.0.0.1:4000", cookie: "fairlead-4000=token", origin: "http://127.0.0.1:4000" };
    const text = await (await app.request("http://127.0.0.1:4000/", { headers })).text();
    expect(text).toContain("Last recorded, being checked against AWS");
    expect(asked.filter((words) => words.startsWith("graph"))).toEqual([]);
    const act = await app.request("http://127.0.0.1:4000/act/approve", { method: "POST", headers });
    expect(act.status).toBe(409);
    expect(asked.filter((words) => words.startsWith("approve"))).toEqual([]);
  });
});

describe("the console", () => {
  it("acts only where it was started so", async () => {
    const { asked, send } = setUp(false);
    const response = await send("/act/approve", { release: "0123" });
    expect({ status: response.status, asked }).toEqual({ status: 403, asked: [] });
  });

  it("runs the command of an action, one at a time, and refuses what is incomplete", async () => {
    const { asked, send, answer } = setUp(true);
    expect((await send("/act/approve", { release: "0123" })).status).toBe(409);
    await send("/cost");
    await answer("plan", STACK);
    expect((await send("/act/reject", { release: "0123" })).status).toBe(400);
    expect((await send("/act/teardown", {})).status).toBe(404);
    expect((await send("/act/reject", { release: "0123", reason: "wrong branch" })).status).toBe(303);
    expect((await send("/act/approve", { release: "0123" })).status).toBe(409);
    expect(asked.map(({ words }) => words).filter(([name]) => name !== "plan" && name !== "history")).toEqual([
      ["reject", "0123", "--reason", "wrong branch", "--json", "--target", "local"],
    ]);
  });

  it("offers an action only by what was answered after the last one", async () => {
    const { send, answer } = setUp(true);
    const waits = [{ executionId: "01234567", stage: "Approval", for: "approval" }];
    const releases = { region: "us-east-1", running: null, waits, frozen: [], releases: [] };
    const offers = async () => {
      const text = await (await send("/releases")).text();
      return [...text.matchAll(/<a class="button"[^>]*data-soft([^>]*)>(Approve|Reject)…/g)].map(
        ([, disabled = "", name]) => `${name}${disabled.includes('aria-disabled="true"') ? " later" : ""}`,
      );
    };
    await send("/releases");
    await answer("plan", STACK);
    await answer("releases --json", { answer: releases });
    expect(await offers()).toEqual(["Approve", "Reject"]);
    await answer("releases 01234567", { failure: { message: "Not now." } });
    await send("/act/reject", { release: "01234567", reason: "wrong branch" });
    expect(await offers()).toEqual(["Approve later", "Reject later"]);
    await answer("reject", { answer: {} });
    expect(await offers()).toEqual(["Approve later", "Reject later"]);
    await answer("releases --json", { answer: releases });
    expect(await offers()).toEqual(["Approve", "Reject"]);
  });

  it("shows why a command failed, and what to paste", async () => {
    const { send, answer } = setUp(false);
    expect(await (await send("/health")).text()).toContain("Asking for the request path…");
    await answer("doctor", { failure: { message: "It is broken." } });
    const text = await (await send("/health")).text();
    expect(text).toContain("It is broken.");
    expect(text).toContain("npx fairlead doctor");
  });
});
