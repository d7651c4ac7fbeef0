import type { Sim } from "./sim.ts";

/** The same world at another moment: what was due while no one looked is carried out at its own time, not at that of the look. */
export const at = (sim: Sim, now: number): Sim => ({ ...sim, now, in: (seconds) => sim.in(seconds) - sim.now + now });

/** The earliest moment of all records of a table, each of which may have none; a table may have more of them than a call takes arguments. */
export function earliest<T>(records: Record<string, T>, of: (record: T) => number | undefined): number {
  let found = Number.POSITIVE_INFINITY;
  for (const record of Object.values(records)) found = Math.min(found, of(record) ?? found);
  return found;
}

/** An id in the format of CodePipeline, CodeBuild and EventBridge. */
export const uuid = ({ world }: Sim): string => [8, 4, 4, 4, 12].map((length) => world.hex(length)).join("-");
