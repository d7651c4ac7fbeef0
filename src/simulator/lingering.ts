import type { Sim } from "./sim.ts";

/** Something that was deleted, and until when it is still seen. */
export interface Lingering<T> {
  record: T;
  until: number;
}

/** Lets what was deleted be seen for up to `seconds` more. `kept` is a table of the world whose name starts with `~`. */
export function linger<T>(sim: Sim, kept: Record<string, Lingering<T>>, key: string, record: T, seconds: number): void {
  for (const [other, { until }] of Object.entries(kept)) if (until <= sim.now) delete kept[other];
  kept[key] = { record, until: sim.in(sim.world.random() * seconds) };
}

/** What was deleted and is still seen, by its key. */
export const lingering = <T>(sim: Sim, kept: Readonly<Record<string, Lingering<T>>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(kept).flatMap(([key, { record, until }]) => (until > sim.now ? [[key, record]] : [])),
  );
