import type { Sim } from "../sim.ts";
import { eventsIn, groups, type SimLogEvent } from "./records.ts";

/** Writes lines as a service does whose role may not make groups: into a group that is not there, nothing is written. */
export function appendLogEvents(sim: Sim, group: string, stream: string, lines: readonly SimLogEvent[]): void {
  const found = groups(sim)[group];
  if (found) found.streams[stream] = [...(eventsIn(sim, found, stream) ?? []), ...lines];
}
