import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openGate, type Gate, type Strike } from "../crash/gate.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import { KEPT } from "../support/states.ts";
import { NOTHING, WHOLE } from "./whole.ts";
import { startMoto, type Moto } from "./world.ts";

/** Each round has deaths of its own: its first run gets so many calls far, the runs after it die again soon. */
const ROUNDS = [0, 1, 2, 3, 4];
const MOMENTS: readonly Strike["moment"][] = ["before", "after"];

/** Milliseconds that a round may take. All go on at once: after each death the next run waits seconds for what lists may not show yet. */
const ROUND = 900_000;

/** A stack on an AWS of its own, whose processes are killed. */
class Killed {
  readonly #stack = project();
  readonly #moto: Moto;
  readonly #gate: Gate;
  #deaths = 0;

  constructor(moto: Moto, gate: Gate) {
    this.#moto = moto;
    this.#gate = gate;
  }

  static async begin(): Promise<Killed> {
    const moto = await startMoto();
    return new Killed(moto, await openGate(moto.endpoint));
  }

  get deaths(): number {
    return this.#deaths;
  }

  /** The files beside the state, but for what tells of earlier runs. */
  get files(): string[] {
    return readdirSync(this.#file("")).filter((name) => !KEPT.test(name));
  }

  count(): Promise<Record<string, number>> {
    return this.#moto.count();
  }

  /** Runs the command until its call number `number` that changes something, and kills it there as `kill -9` does. */
  async until(verb: string, number: number): Promise<void> {
    let killed = false;
    this.#gate.await({
      moment: MOMENTS[this.#deaths % MOMENTS.length] ?? "before",
      number,
      kill: () => {
        killed = true;
        // The lock says which process it is.
        const { pid } = JSON.parse(readFileSync(this.#file("fairlead-app-dev.json.lock"), "utf8")) as { pid: number };
        process.kill(pid, "SIGKILL");
      },
    });
    const { code } = await this.#run(verb);
    expect({ killed, code }).toEqual({ killed: true, code: null });
    this.#deaths++;
  }

  async whole(verb: string): Promise<Record<string, number>> {
    this.#gate.await();
    const { code, stdout, stderr } = await this.#run(verb);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return (JSON.parse(stdout) as { summary: Record<string, number> }).summary;
  }

  async end(): Promise<void> {
    await this.#gate.close();
    this.#stack.remove();
    this.#moto.stop();
  }

  #file(name: string) {
    return join(this.#stack.directory, ".fairlead", name);
  }

  #run(verb: string) {
    return command(this.#stack.directory, [verb, "--target", "aws", "--yes", "--json", ...this.#moto.logged()], {
      ...this.#moto.env,
      AWS_ENDPOINT_URL: this.#gate.endpoint,
    });
  }
}

describe("a process that is killed", () => {
  it.concurrent.each(ROUNDS.map((round) => [1 + 13 * round, 1 + 6 * round] as const))(
    "four times from call %i of a reconcile on, and from call %i of a teardown on, doubles nothing, and leaves nothing behind once the next run has ended it",
    async (reconcile, teardown) => {
      const killed = await Killed.begin();
      try {
        for (const number of [reconcile, 5, 5, 5]) await killed.until("reconcile", number);
        await killed.whole("reconcile");
        expect(await killed.count()).toEqual(WHOLE);
        expect(await killed.whole("reconcile")).toMatchObject({ created: 0, updated: 0, replaced: 0, adopted: 0 });
        for (const number of [teardown, 3, 3, 3]) await killed.until("teardown", number);
        await killed.whole("teardown");
        expect(await killed.count()).toEqual(NOTHING);
        // What earlier runs did is remembered; nothing else is.
        expect(killed.files).toEqual([]);
        expect(killed.deaths).toBe(8);
      } finally {
        await killed.end();
      }
    },
    ROUND,
  );
});
