import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Holder, Run } from "../../state/state.ts";
import { command } from "../support/command.ts";
import { paused } from "../support/paused.ts";
import { Stage } from "../support/stage.ts";
import { holderOf } from "../support/states.ts";

/** When and by whom the lock of one that died was taken away. */
const TAKEN = (verb: string) =>
  new RegExp(
    `^It never released its lock: a ${verb} by \\S+@\\S+ took the lock over at 20\\S+Z\\. The state shows how far it had come\\.$`,
  );

describe("a run that died", () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.remove());

  const stateLock = () => join(stage.directory, ".fairlead", "fairlead-app-dev.json.lock");
  const worldLock = () => join(stage.directory, ".fairlead", "local", "world.json.lock");
  const runs = async () => JSON.parse((await stage.type("history", "--json")).answer) as Run[];
  const brief = async () => (await runs()).map(({ number, verb, outcome }) => `${number} ${verb} ${outcome}`);
  /** Leaves locks as a run does that dies while it holds them. */
  function leave(holder: Holder, ...locks: string[]) {
    mkdirSync(join(stage.directory, ".fairlead", "local"), { recursive: true });
    for (const lock of locks) writeFileSync(lock, JSON.stringify(holder));
  }

  it("is reported by the next one, once, although it held two locks", { timeout: 180_000 }, async () => {
    const { ended, met: holder } = await paused(stage.directory, ["reconcile"], async () => {
      const theirs = JSON.parse(readFileSync(stateLock(), "utf8")) as Holder;
      process.kill(theirs.pid, "SIGKILL");
      return theirs;
    });
    expect(ended.code).toBeNull();
    expect(await runs()).toEqual([]);
    expect((await stage.type("reconcile")).exit).toBe(0);
    expect((await stage.type("reconcile")).exit).toBe(0);
    expect(await brief()).toEqual(["3 reconcile done", "2 reconcile done", "1 reconcile died"]);

    const [, , run] = await runs();
    expect(run).toEqual({
      number: 1,
      when: holder.since,
      who: holder.who,
      verb: "reconcile",
      target: "local",
      outcome: "died",
      error: expect.stringMatching(TAKEN("reconcile")),
      // What it did and how long it went on is not known.
      summary: {},
      actions: [],
      calls: {},
    });
    const line = `✗    1  ${holder.since}  ${holder.who}  reconcile (local): died`;
    expect((await stage.type("history")).lines.at(-1)).toBe(line);
    expect((await stage.type("history", "1")).lines).toEqual([line, `  ${run?.error}`]);
  });

  it("is reported once if two runs find its locks at the same time", { timeout: 180_000 }, async () => {
    leave(holderOf("teardown"), stateLock(), worldLock());
    const ends = await Promise.all([1, 2].map(() => command(stage.directory, ["reconcile"])));
    const codes = ends.map(({ code }) => code);
    expect(["0,0", "0,4", "4,0"]).toContain(codes.join());
    const [first, ...rest] = (await brief()).toReversed();
    expect(first).toBe("1 teardown died");
    expect(rest).toEqual(codes.filter((code) => code === 0).map((_, index) => `${index + 2} reconcile done`));
    expect((await stage.type("plan", "--check")).exit).toBe(0);
  });

  it("is reported by the command that releases its lock", async () => {
    // Whether one on another machine is dead is known to its user alone.
    for (const more of [{}, { host: "elsewhere" }]) {
      leave(holderOf("teardown", more), stateLock(), worldLock());
      expect((await stage.type("state", "unlock")).exit).toBe(0);
    }
    expect(await brief()).toEqual(["2 teardown died", "1 teardown died"]);
    const holder = holderOf("teardown");
    for (const run of await runs())
      expect(run).toMatchObject({
        when: holder.since,
        who: holder.who,
        error: expect.stringMatching(TAKEN("state unlock")),
      });
    expect((await stage.type("state", "unlock")).exit).toBe(0);
    expect(await runs()).toHaveLength(2);
  });

  it("is not a run in progress whose lock is taken away: that one records its own end", async () => {
    leave(holderOf("reconcile", { pid: process.pid }), stateLock(), worldLock());
    expect((await stage.type("state", "unlock", "--force")).exit).toBe(0);
    expect(await runs()).toEqual([]);
  });

  it("is not reported if it only held the lock of the simulated AWS, which all stacks share", async () => {
    leave(holderOf("deploy"), worldLock());
    expect((await stage.type("teardown")).exit).toBe(0);
    expect(await brief()).toEqual(["1 teardown done"]);
  });

  it("does not block others if it cannot be recorded, and they say so", async () => {
    const path = join(stage.directory, ".fairlead", "fairlead-app-dev.history.jsonl");
    mkdirSync(path, { recursive: true });
    leave(holderOf("reconcile"), stateLock());
    const { exit, lines } = await stage.type("teardown");
    expect(exit).toBe(0);
    expect(lines.filter((line) => line.startsWith("Could not write the history: EISDIR"))).toHaveLength(2);
    rmSync(path, { recursive: true });
    expect(await runs()).toEqual([]);
  });
});
