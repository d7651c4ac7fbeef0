import { vi } from "vitest";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";
import type { CliContext } from "../../src/cli/context.ts";

type Call = Parameters<NonNullable<SimulatorOptions["intercept"]>>;

const hoisted = vi.hoisted(() => {
  const nothing = {
    /** Around every operation; what it throws is AWS's answer. `table`: the records of the simulated world, by their key. */
    intercept: (_table: (name: string) => Record<string, unknown>, ..._call: Call): void => {},
    /** The answer to a question; `shown` is what the person has read by then. */
    question: (_message: string, _shown: readonly string[]): boolean => true,
  };
  return { ...nothing, shown: [] as string[], nothing };
});

vi.mock("../../src/simulator/simulator.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../src/simulator/simulator.ts")>();
  const simulator = (options: SimulatorOptions) => {
    const table = (name: string) => options.world.table<unknown>(name);
    return original.simulator({ ...options, intercept: (...call) => hoisted.intercept(table, ...call) });
  };
  return { ...original, simulator };
});

/** What breaks into the runs of this process: into their calls, and into their questions. Import it before what is run. */
export const scene = hoisted;

/** Nothing breaks into anything any more. */
export const calm = () => void Object.assign(scene, scene.nothing);

/** The same surroundings with a person at the terminal, who is asked. */
export function attended(context: CliContext): CliContext {
  scene.shown = [];
  const line = (text = "") => {
    scene.shown.push(text);
    context.terminal.line(text);
  };
  const confirm = async (message: string) => hoisted.question(message, [...hoisted.shown]);
  return { ...context, terminal: { ...context.terminal, line, confirm, asks: true } };
}
