import { readdirSync, readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Holder, RunProgress } from "../../state/state.ts";
import { command } from "../support/command.ts";
import { paused } from "../support/paused.ts";
import { Stage } from "../support/stage.ts";

const ME = `${userInfo().username}@${hostname()}`;
const SINCE = String.raw`20\d\d-\d\d-\d\dT[\d:]+Z`;

/** A run that stands still in the middle of its work, seen from other terminals. */
describe("a run in progress", { timeout: 180_000 }, () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.remove());

  const folder = () => join(stage.directory, ".fairlead");
  const left = () => readdirSync(folder()).filter((name) => /\.(run|release)(\.|$)/.test(name));
  const status = (...more: string[]) => command(stage.directory, ["status", ...more]);
  /** What `status` says of runs. */
  const runsIn = (stdout: string) => stdout.split("\n").filter((line) => /^[…✗] /.test(line));
  const progressOf = async () => {
    const { progress = [] } = JSON.parse((await status("--json")).stdout) as { progress?: RunProgress[] };
    return progress;
  };

  it("is shown by status with how far it is, and told to whom it keeps out", async () => {
    const { ended, met } = await paused(stage.directory, ["reconcile"], async () => ({
      shown: await status(),
      progress: await progressOf(),
      refused: await command(stage.directory, ["teardown", "--yes"]),
      files: left(),
    }));
    expect(met.shown.code).toBe(0);
    expect(runsIn(met.shown.stdout)).toEqual([
      expect.stringMatching(
        new RegExp(`^… reconcile by ${ME} since ${SINCE}: \\d+ of 42 done, about \\d+ min left of simulated time`),
      ),
    ]);
    const [run, ...others] = met.progress;
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      of: "run",
      isAlive: true,
      verb: "reconcile",
      all: 42,
      clock: "virtual",
      target: "local",
    });
    expect(run?.actions).toHaveLength(42);
    expect(run?.actions[0]).toMatchObject({ action: "create" });
    expect(met.refused.code).toBe(4);
    expect(met.refused.stderr).toMatch(/since 20\S+Z: \d+ of 42 done, about \d+ min left.*?\. To wait until that run/);
    expect(met.files).toEqual(["fairlead-app-dev.run"]);

    expect(ended.code).toBe(0);
    expect(left()).toEqual([]);
    expect(runsIn((await status()).stdout)).toEqual([]);
    expect(await progressOf()).toEqual([]);
  });

  it("is said to have died when its process is killed, until the next one records that", async () => {
    await paused(stage.directory, ["reconcile"], async () => {
      const holder = JSON.parse(readFileSync(join(folder(), "fairlead-app-dev.json.lock"), "utf8")) as Holder;
      process.kill(holder.pid, "SIGKILL");
    });
    expect(left()).toEqual(["fairlead-app-dev.run"]);
    expect(runsIn((await status()).stdout)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^✗ reconcile by ${ME} since ${SINCE} has died: \\d+ of 42 done\\. The next run continues from there: npx fairlead reconcile$`,
        ),
      ),
    ]);
    expect(await progressOf()).toMatchObject([{ isAlive: false, verb: "reconcile" }]);
    // A run that is gone keeps nobody out.
    expect((await stage.type("state", "unlock")).exit).toBe(0);
    expect(await progressOf()).toEqual([]);
    expect((await stage.type("teardown")).exit).toBe(0);
    expect(left()).toEqual([]);
  });

  it("is shown beside a run of the history, and that there is none once it is over", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.run("teardown")).exit).toBe(0);
    const beside = (...more: string[]) => command(stage.directory, ["history", "1", "now", ...more]);
    const { met } = await paused(stage.directory, ["reconcile", "--yes"], async () => ({
      shown: await beside("--html", "now.html"),
      json: await beside("--json"),
      unknown: await command(stage.directory, ["history", "9", "now"]),
    }));
    expect(met.shown.code).toBe(0);
    const [, past, now, then, ...rest] = met.shown.stdout.trimEnd().split("\n");
    expect(past).toMatch(/^✓ +1 .* reconcile \(local\): done: 42 created/);
    expect(now).toMatch(new RegExp(`^… {2}now {2}reconcile by ${ME} since ${SINCE}: \\d+ of 42 done`));
    expect(then).toMatch(/^After .*, run 1 had done \d+ of its 42 actions, and needed .* more\.$/);
    expect(rest).toContainEqual(expect.stringMatching(/^Still to come: .* and \d+ more$/));
    expect(rest.at(-1)).toMatch(/^\d+ API calls so far, \d+ in run 1$/);
    expect(JSON.parse(met.json.stdout)).toMatchObject({
      past: { number: 1, outcome: "done" },
      current: { verb: "reconcile", isAlive: true, all: 42 },
      pastThen: { all: 42 },
    });
    expect(readFileSync(join(stage.directory, "now.html"), "utf8")).toContain("and the one in progress");
    expect(met.unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no run 9 ") as string });

    const over = await beside();
    expect(over.code).toBe(2);
    expect(over.stderr).toMatch(/^Error: No run is in progress next to .*npx fairlead history$/m);
    expect((await command(stage.directory, ["history", "1", "later"])).code).toBe(2);
    expect((await stage.run("teardown")).exit).toBe(0);
  });
});
