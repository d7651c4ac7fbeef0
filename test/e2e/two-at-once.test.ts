import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorldData } from "../../src/simulator/world.ts";
import type { Run, State } from "../../state/state.ts";
import { countsOf } from "../crash/likeness.ts";
import { command, type Ended } from "../support/command.ts";
import { paused } from "../support/paused.ts";
import { Stage } from "../support/stage.ts";

/** Who holds the lock, which command that is, since when, and what to do about it. */
const HELD =
  /^Error: The state has been locked by \S+@\S+ \((\w+), process \d+\) since 20\d\d-\d\d-\d\dT[\d:.]+Z(?:: \d+ of \d+ done.*?)?\. To wait until that run has finished: npx fairlead status(?: --config \S+)? --wait\. If its process no longer exists, remove the lock: npx fairlead state unlock(?: --config \S+)?$/m;

describe("two concurrent processes in one folder", { timeout: 180_000 }, () => {
  const stage = new Stage();
  const file = (...path: string[]) => join(stage.directory, ".fairlead", ...path);
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
  const run = (...args: string[]) => command(stage.directory, args);
  const both = (...runs: readonly string[][]) => Promise.all(runs.map((args) => run(...args)));

  /** How many there are of each thing in the simulated AWS. */
  const counts = () => countsOf(JSON.parse(read(file("local", "world.json")) ?? '{"tables":{}}') as WorldData);
  const remembered = (stack = "fairlead-app") =>
    Object.keys((JSON.parse(read(file(`${stack}-dev.json`)) ?? '{"resources":{}}') as State).resources).length;
  const locks = () =>
    readdirSync(file(), { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".lock"));
  /** What the history tells, the oldest first. */
  const history = async (...more: string[]) =>
    (JSON.parse((await stage.type("history", "--json", ...more)).answer) as Run[])
      .toReversed()
      .map(({ number, verb, outcome }) => `${number} ${verb} ${outcome}`);
  const checked = async (...more: string[]) => (await stage.type("plan", "--check", ...more)).exit;

  /** Whose lock kept the run from beginning, as it was told; `undefined` for a run that was not kept. */
  const holderIn = ({ code, stderr }: Ended) => (code === 4 ? HELD.exec(stderr)?.[1] : undefined);
  /** How each of the runs ended; nothing but these two ends is right. */
  const endings = (ends: readonly Ended[]) =>
    ends.map((end) => {
      if (end.code === 0) return "whole";
      return holderIn(end) === undefined ? `${end.code}: ${end.stdout}${end.stderr}` : "refused";
    });

  /** How many there are of each thing where one stack stands alone. */
  let whole: Record<string, number>;
  let standing: () => void;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    whole = counts();
    standing = stage.keep();
  });
  beforeEach(() => rmSync(file(), { recursive: true, force: true }));
  afterAll(() => stage.remove());

  describe("while the first one is working", () => {
    it("the second one is told who holds the lock and changes nothing; read-only commands are not blocked", async () => {
      const now = () => [read(file("fairlead-app-dev.json")), read(file("local", "world.json"))];
      const { ended, met } = await paused(stage.directory, ["reconcile"], async () => {
        const before = now();
        const refused = [await run("reconcile"), await run("teardown", "--yes")];
        const plan = await run("plan");
        const readers = [await stage.type("status"), await stage.type("state", "show"), await stage.type("history")];
        return { before, after: now(), refused, plan, readers };
      });
      expect(met.before[0]).toContain("network/vpc");
      expect(met.after).toEqual(met.before);
      expect(met.refused.map(holderIn)).toEqual(["reconcile", "reconcile"]);
      expect(met.plan).toMatchObject({ code: 0, stdout: expect.stringContaining("Plan: ") });
      expect(met.readers.map(({ exit }) => exit)).toEqual([0, 0, 0]);

      expect(ended.code).toBe(0);
      expect(await checked()).toBe(0);
      expect([counts(), remembered()]).toEqual([whole, 42]);
      // Those that were refused did nothing that is worth remembering.
      expect(await history()).toEqual(["1 reconcile done"]);
      expect(locks()).toEqual([]);
    });

    it("a reconcile is blocked by a teardown too, and runs afterwards", async () => {
      standing();
      const { ended, met } = await paused(stage.directory, ["teardown"], async () => ({
        refused: await run("reconcile"),
        plan: await run("plan"),
      }));
      expect(holderIn(met.refused)).toBe("teardown");
      expect(met.plan.code).toBe(0);
      expect(ended.code).toBe(0);
      expect([counts(), remembered()]).toEqual([{}, 0]);
      expect((await run("reconcile")).code).toBe(0);
      expect(await checked()).toBe(0);
      expect([counts(), remembered()]).toEqual([whole, 42]);
      expect(await history()).toEqual(["1 reconcile done", "2 teardown done", "3 reconcile done"]);
      expect(locks()).toEqual([]);
    });

    it("a second stack with its own config is blocked too: both are in one simulated AWS", async () => {
      const other = secondStack("shop");
      const { ended, met } = await paused(stage.directory, ["reconcile"], async () => ({
        refused: [await run("reconcile", ...other), await run("teardown", ...other)],
        plan: await run("plan", ...other),
      }));
      expect(met.refused.map(holderIn)).toEqual(["reconcile", "reconcile"]);
      expect(met.plan).toMatchObject({ code: 0, stdout: expect.stringContaining("42 to create") });
      expect(ended.code).toBe(0);
      expect((await run("reconcile", ...other)).code).toBe(0);
      expect([remembered(), remembered("shop")]).toEqual([42, 42]);
      expect([await checked(), await checked(...other)]).toEqual([0, 0]);
      expect([await history(), await history(...other)]).toEqual([["1 reconcile done"], ["1 reconcile done"]]);

      // Neither takes anything of the other with it.
      expect((await run("teardown", ...other)).code).toBe(0);
      expect([counts(), remembered(), remembered("shop")]).toEqual([whole, 42, 0]);
      expect([await checked(), await history(...other)]).toEqual([0, ["1 reconcile done", "2 teardown done"]]);
      expect(locks()).toEqual([]);
    });
  });

  describe("that start together, whichever is first", () => {
    it("two reconciles create one stack", async () => {
      const ends = endings(await both(["reconcile"], ["reconcile"]));
      expect(["refused,whole", "whole,refused", "whole,whole"]).toContain(ends.join());
      expect(await checked()).toBe(0);
      expect([counts(), remembered()]).toEqual([whole, 42]);
      const worked = ends.filter((end) => end === "whole");
      expect(await history()).toEqual(worked.map((_, index) => `${index + 1} reconcile done`));
      expect(locks()).toEqual([]);
    });

    it("a reconcile and a teardown: the result is that of the last one that held the lock", async () => {
      standing();
      const ends = endings(await both(["reconcile"], ["teardown", "--yes"]));
      expect(["refused,whole", "whole,refused", "whole,whole"]).toContain(ends.join());
      const told = await history();
      const worked = ["reconcile", "teardown"].filter((_, index) => ends[index] === "whole");
      expect(told.map((line) => line.slice(2)).toSorted()).toEqual(
        ["reconcile", ...worked].map((verb) => `${verb} done`).toSorted(),
      );
      const stands = told.at(-1)?.includes("reconcile");
      expect([counts(), remembered()]).toEqual(stands ? [whole, 42] : [{}, 0]);
      expect(await checked()).toBe(stands ? 0 : 3);
      expect(locks()).toEqual([]);
    });

    it("a plan and a reconcile both complete", async () => {
      const ends = await both(["plan"], ["reconcile"]);
      expect(endings(ends)).toEqual(["whole", "whole"]);
      expect([counts(), remembered()]).toEqual([whole, 42]);
      expect(await history()).toEqual(["1 reconcile done"]);
    });

    it("two stacks are each created completely or not at all", async () => {
      const other = secondStack("shop");
      const ends = endings(await both(["reconcile"], ["reconcile", ...other]));
      expect(["refused,whole", "whole,refused", "whole,whole"]).toContain(ends.join());
      expect([remembered(), remembered("shop")]).toEqual(ends.map((end) => (end === "whole" ? 42 : 0)));
      expect([await checked(), await checked(...other)]).toEqual(ends.map((end) => (end === "whole" ? 0 : 3)));
      const [one, two] = [await history(), await history(...other)];
      expect([one, two]).toEqual(ends.map((end) => (end === "whole" ? ["1 reconcile done"] : [])));
      expect(locks()).toEqual([]);
    });
  });

  /** Declares another stack in the same folder; answers the flags that mean it. */
  function secondStack(name: string): string[] {
    writeFileSync(
      join(stage.directory, `${name}.config.ts`),
      `import { defineStack } from "fairlead";\n\nexport default defineStack({ name: "${name}" });\n`,
    );
    return ["--config", `${name}.config.ts`];
  }
});
