import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGate, type Gate, type Strike } from "../crash/gate.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import { KEPT } from "../support/states.ts";
import { NOTHING, WHOLE } from "./whole.ts";
import { startMoto, type Moto } from "./world.ts";

/** Each round has deaths of its own: its first run gets so many calls far, the runs after it die again soon. */
const ROUNDS = [0, 1, 2, 3, 4];
const MOMENTS: readonly Strike["moment"][] = ["before", "after"];

describe("a process that is killed", () => {
  const stack = project();
  const file = (name: string) => join(stack.directory, ".fairlead", name);
  let moto: Moto;
  let gate: Gate;
  let deaths = 0;

  const run = (verb: string) =>
    command(stack.directory, [verb, "--target", "aws", "--yes", "--json", ...moto.logged()], {
      ...moto.env,
      AWS_ENDPOINT_URL: gate.endpoint,
    });

  /** Runs the command until its call number `number` that changes something, and kills it there as `kill -9` does. */
  async function runUntil(verb: string, number: number) {
    let killed = false;
    gate.await({
      moment: MOMENTS[deaths % MOMENTS.length] ?? "before",
      number,
      kill() {
        killed = true;
        // The lock says which process it is.
        const { pid } = JSON.parse(readFileSync(file("fairlead-app-dev.json.lock"), "utf8")) as { pid: number };
        process.kill(pid, "SIGKILL");
      },
    });
    const { code } = await run(verb);
    expect({ killed, code }).toEqual({ killed: true, code: null });
    deaths++;
  }

  async function runWhole(verb: string) {
    gate.await();
    const { code, stdout, stderr } = await run(verb);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as { summary: Record<string, number> };
  }

  beforeAll(async () => {
    moto = await startMoto();
    gate = await openGate(moto.endpoint);
  });
  afterAll(async () => {
    await gate.close();
    moto.stop();
    stack.remove();
  });

  for (const round of ROUNDS) {
    it(`four times from call ${1 + 13 * round} of a reconcile on leaves nothing doubled, and the next run ends it`, async () => {
      for (const number of [1 + 13 * round, 5, 5, 5]) await runUntil("reconcile", number);
      await runWhole("reconcile");
      expect(await moto.count()).toEqual(WHOLE);
      expect((await runWhole("reconcile")).summary).toMatchObject({ created: 0, updated: 0, replaced: 0, adopted: 0 });
    });

    it(`four times from call ${1 + 6 * round} of a teardown on leaves nothing behind once the next run has ended it`, async () => {
      for (const number of [1 + 6 * round, 3, 3, 3]) await runUntil("teardown", number);
      await runWhole("teardown");
      expect(await moto.count()).toEqual(NOTHING);
      // What earlier runs did is remembered; nothing else is.
      expect(readdirSync(file("")).filter((name) => !KEPT.test(name))).toEqual([]);
    });
  }

  it("has died at forty different points", () => {
    expect(deaths).toBe(40);
  });
});
