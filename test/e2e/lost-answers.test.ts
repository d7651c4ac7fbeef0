import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { SimulatedError } from "../../src/simulator/errors.ts";
import { isRead } from "../../src/simulator/sim.ts";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";
import type { WorldData } from "../../src/simulator/world.ts";
import { countsOf } from "../crash/likeness.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";
import { ALL_ON, BOTH_REGIONS, INSIDE, PLAIN, SHOP, type Creatable, type StackUnderTest } from "../support/stacks.ts";

/** The calls whose answer was lost in the command that is under way; `undefined` while all answers come. */
const scene = vi.hoisted(() => ({ lost: undefined as Map<string, number> | undefined, times: 1 }));

vi.mock("../../src/simulator/simulator.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../src/simulator/simulator.ts")>();
  const simulator = (options: SimulatorOptions) =>
    original.simulator({
      ...options,
      intercept: (moment, { service, operation, input }) => {
        if (moment !== "after" || isRead(operation) || scene.lost === undefined) return;
        // On top of a newer version, it is the same change again.
        const { IfMatch: _version, LockToken: _token, ...change } = input as Record<string, unknown>;
        const call = `${service}.${operation} ${JSON.stringify(change)}`;
        const times = scene.lost.get(call) ?? 0;
        if (times >= scene.times) return;
        scene.lost.set(call, times + 1);
        throw new SimulatedError("InternalError", "The answer was lost.", 500);
      },
    });
  return { ...original, simulator };
});

type Stack = Creatable & Partial<Pick<StackUnderTest, "change" | "edit">>;

/** What else is done with a stack between its releases, where it has a release. */
const BETWEEN = new Map<Stack, readonly (readonly [string, ...string[]])[]>([
  [
    PLAIN,
    [
      ["secret", "set", "API_KEY", "--file", "stack.config.ts"],
      ["secret", "rm", "API_KEY", "--yes"],
      ["task", "web", "--", "sh", "-c", "exit 0"],
    ],
  ],
  [
    SHOP,
    [
      ["task", "api", "--", "sh", "-c", "exit 0"],
      ["job", "run", "report"],
    ],
  ],
]);

/** A life in which the first answers of each call that changes something are lost. */
class Life {
  readonly #stage = new Stage();
  readonly #stack: Stack;
  readonly #times: number;

  constructor(stack: Stack, times: number) {
    this.#stack = stack;
    this.#times = times;
    stack.write(this.#stage);
  }

  /** What each command comes to: what it failed with, what a plan would still do, and how much there is of what. */
  async live(): Promise<Record<string, unknown>> {
    const { change, edit, source, states } = this.#stack;
    const came: Record<string, unknown> = {};
    const act = async (what: string, ...argv: [string, ...string[]]) => {
      came[what] = await this.#act(...argv);
    };
    await act("create", "reconcile", "--yes", "--json");
    if (change) {
      await this.#stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
      const release = ["deploy", ...(source === undefined ? [] : [source]), "--approve", "--json"] as const;
      await act("release", ...release);
      for (const command of BETWEEN.get(this.#stack) ?? []) await act(command.join(" "), ...command);
      change(this.#stage);
      await act("second release", ...release);
      await act("rollback", "rollback", ...(source === undefined ? ["--service", "web"] : []), "--yes", "--json");
    }
    if (states) await act("failover", "failover", "--yes", "--json");
    if (edit) {
      edit(this.#stage);
      await act("edit", "reconcile", "--yes", "--json");
    }
    await act("sleep", "sleep", "--yes", "--json");
    await act("wake", "wake", "--yes", "--json");
    await act("teardown", "teardown", "--yes", "--json");
    return came;
  }

  remove(): void {
    this.#stage.remove();
  }

  async #act(...argv: [string, ...string[]]) {
    scene.lost = this.#times === 0 ? undefined : new Map();
    scene.times = this.#times;
    const { exit, lines } = await this.#stage.type(...argv);
    const lost = scene.lost?.size ?? 0;
    scene.lost = undefined;
    // Undisturbed, it succeeds; disturbed, it was.
    expect([argv, this.#times === 0 ? exit : 0, this.#times > 0]).toEqual([argv, 0, lost > 0]);
    const world = join(this.#stage.directory, ".fairlead", "local", "world.json");
    return {
      failed: exit === 0 ? [] : lines.filter((line) => /^(Failed|! |Blocked)/.test(line)),
      exit,
      planned: argv[0] === "teardown" ? {} : await this.#stage.planned(),
      counts: existsSync(world) ? countsOf(JSON.parse(readFileSync(world, "utf8")) as WorldData) : {},
    };
  }
}

describe.each<{ stack: Stack; lost: readonly number[] }>([
  { stack: PLAIN, lost: [1, 2] },
  { stack: ALL_ON, lost: [1, 2] },
  { stack: SHOP, lost: [1] },
  { stack: INSIDE, lost: [1] },
  { stack: BOTH_REGIONS, lost: [1] },
])("$stack.title, of which each call is carried out", ({ stack, lost }) => {
  const live = async (times: number) => {
    const life = new Life(stack, times);
    try {
      return await life.live();
    } finally {
      scene.lost = undefined;
      life.remove();
    }
  };
  let undisturbed: Awaited<ReturnType<typeof live>>;
  beforeAll(async () => {
    undisturbed = await live(0);
  });

  it.each(lost)("and not answered the first times (%i), comes to what it comes to undisturbed", async (times) => {
    expect(await live(times)).toEqual(undisturbed);
  });
});
