// First: it takes the place of what the others load.
import { attended, calm, scene } from "../support/scene.ts";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stateUnlock } from "../../src/cli/commands/state/unlock.ts";
import { fileStore } from "../../state/file-store.ts";
import type { Holder, State } from "../../state/state.ts";
import { Stage } from "../support/stage.ts";
import { NOBODY } from "../support/states.ts";

describe("the locks of the state and of the simulated AWS", () => {
  const stage = new Stage();
  const file = (...path: string[]) => join(stage.directory, ".fairlead", ...path);
  const path = file("fairlead-app-dev.json");
  const run = (...argv: string[]) => stage.type("state", ...argv);
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, "--json")).answer) as unknown;
  let standing: () => void;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    standing = stage.keep();
  });
  beforeEach(() => {
    calm();
    standing();
  });
  afterAll(() => stage.remove());

  const LOCKS = [
    ["that of the state", `${path}.lock`],
    ["that of the world", file("local", "world.json.lock")],
  ] as const;
  const holder: Holder = {
    who: "ann@there",
    pid: process.pid,
    host: hostname(),
    verb: "reconcile",
    since: "2026-01-01T00:00:00Z",
    token: "t",
  };
  const lock = (at: string, who: object | string = holder) =>
    writeFileSync(at, typeof who === "string" ? who : JSON.stringify(who));

  it("need no unlocking if nobody holds them", async () => {
    expect(await run("unlock")).toMatchObject({ exit: 0, lines: [`The lock of ${path} is free.`] });
    expect(await json("unlock")).toEqual({ unlocked: [] });
  });

  it.each(LOCKS)(
    "are taken away from a run elsewhere, of which nobody here can say whether it lives: %s",
    async (_which, at) => {
      lock(at, { ...holder, host: "elsewhere", pid: 1 });
      const held = await stage.type("reconcile");
      expect(held.exit).toBe(4);
      expect(held.lines[0]).toContain("The state has been locked by ann@there (reconcile, process 1) since 2026-01-01");
      expect(held.lines[0]).toContain("remove the lock: npx fairlead state unlock");
      const { exit, lines, answer } = await run("unlock", "--json");
      expect(exit).toBe(0);
      expect(lines[0]).toBe(
        `A reconcile by ann@there (process 1) since 2026-01-01T00:00:00Z holds the lock of ${at.replace(/\.lock$/, "")}.`,
      );
      expect(JSON.parse(answer)).toMatchObject({ unlocked: [{ holder: { who: "ann@there", host: "elsewhere" } }] });
      expect((await stage.type("reconcile")).exit).toBe(0);
    },
  );

  it.each(LOCKS)("are released if they cannot be read: %s", async (_which, at) => {
    lock(at, "{");
    const held = await stage.type("reconcile");
    expect(held.exit).toBe(4);
    expect(held.lines[0]).toContain("cannot be read. If no run is in progress, remove it: npx fairlead state unlock");
    expect((await run("unlock")).lines[0]).toMatch(/^The lock of .+ cannot be read\.$/);
    expect(existsSync(at)).toBe(false);
  });

  it.each(LOCKS)("are not taken from a run in progress on this machine without --force: %s", async (_which, at) => {
    lock(at);
    for (const more of [[], ["--yes"]]) {
      const { exit, lines } = await run("unlock", ...more);
      expect(exit).toBe(2);
      expect(lines[1]).toBe(
        `Error: Process ${process.pid} is still running on this machine. No changes were made. Wait until it is done, or end it; --force releases the lock anyway.`,
      );
      expect(existsSync(at)).toBe(true);
    }
    expect((await run("unlock", "--force")).exit).toBe(0);
    expect(existsSync(at)).toBe(false);
  });

  it("are released for a run that died, which the next run also does by itself", async () => {
    for (const [, at] of LOCKS) lock(at, { ...holder, pid: NOBODY });
    expect((await json("unlock")) as object).toMatchObject({ unlocked: [{}, {}] });
    for (const [, at] of LOCKS) lock(at, { ...holder, pid: NOBODY });
    expect((await stage.type("reconcile")).exit).toBe(0);
    for (const [, at] of LOCKS) expect(existsSync(at)).toBe(false);
  });

  it("are released after a confirmation", async () => {
    const [[, at]] = LOCKS;
    lock(at, { ...holder, pid: NOBODY });
    scene.question = () => false;
    const said = await stage.act((around) => stateUnlock({ target: "local" }, attended(around)));
    expect([said.exit, said.lines.at(-1)]).toEqual([1, "No changes were made."]);
    expect(existsSync(at)).toBe(true);
  });

  it("block the state commands like any run, except those that only read", async () => {
    await run("rm", "network/vpc");
    const { serial } = JSON.parse(readFileSync(path, "utf8")) as State;
    const unlock = await fileStore(path).lock("reconcile");
    for (const argv of [
      ["rm", "network/internet-gateway"],
      ["restore", String(serial - 1)],
    ])
      expect((await run(...argv)).exit).toBe(4);
    for (const argv of [["show"], ["backups"]]) expect((await run(...argv)).exit).toBe(0);
    await unlock();
  });
});
