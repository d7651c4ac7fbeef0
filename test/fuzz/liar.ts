import { vi } from "vitest";
import type { Pluggable } from "@smithy/types";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";
import { damaged, type Lie } from "./lies.ts";

/** What stands between the engine and the simulated AWS: the lie that is told, and what was asked so far. */
const scene = vi.hoisted(() => ({
  lie: undefined as Lie | undefined,
  told: 0,
  calls: new Map<string, number>(),
  since: undefined as number | undefined,
  clock: undefined as SimulatorOptions["clock"] | undefined,
}));

/** More than any run needs, whatever it is told: what asks more often, or waits longer, never ends. */
const MOST_CALLS = 10_000;
const LONGEST_HOURS = 24;

vi.mock("../../src/simulator/simulator.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../src/simulator/simulator.ts")>();
  const simulator = (options: SimulatorOptions): Pluggable<object, object> => {
    scene.clock = options.clock;
    scene.since = options.clock.now();
    const truth = original.simulator(options);
    return {
      applyToStack(stack) {
        truth.applyToStack(stack);
        stack.add(
          (next, context) => async (args) => {
            const { clientName = "", commandName = "" } = context as { clientName?: string; commandName?: string };
            const operation = `${clientName.replace(/Client$/, "")}.${commandName.replace(/Command$/, "")}`;
            scene.calls.set(operation, (scene.calls.get(operation) ?? 0) + 1);
            if ((scene.calls.get(operation) ?? 0) > MOST_CALLS) throw new Error(`${operation} is called for ever.`);
            const { lie } = scene;
            if (lie?.operation !== operation || (lie.once && scene.told > 0)) return next(args);
            const answer = await next({ ...args, input: withoutOurToken(args.input) });
            if (damaged(answer.output, lie, scene.told)) scene.told += 1;
            return answer;
          },
          { step: "initialize", priority: "low", name: "liar", override: true },
        );
      },
    };
  };
  return { ...original, simulator };
});

/** The list's first page is what a token of the liar's leads to: the simulated AWS never gave it out. */
const withoutOurToken = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => !String(value).startsWith("liar-")));

/** Tells a lie while `work` is done: what came of that, how often the lie was told, and what was asked. */
export async function lying<T>(lie: Lie | undefined, work: () => Promise<T>) {
  Object.assign(scene, { lie, told: 0, since: undefined });
  scene.calls.clear();
  try {
    const done = await work();
    const total = [...scene.calls.values()].reduce((sum, more) => sum + more, 0);
    const hours = (scene.clock?.now() ?? 0) - (scene.since ?? 0);
    const endless = [
      ...(total > MOST_CALLS ? [`It made ${total} calls.`] : []),
      ...(hours > LONGEST_HOURS * 3_600_000 ? [`It went on for ${Math.round(hours / 3_600_000)} hours.`] : []),
    ];
    return { done, told: scene.told, operations: [...scene.calls.keys()].toSorted(), endless };
  } finally {
    scene.lie = undefined;
  }
}
