import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimLogEvent {
  timestamp: number;
  /** When CloudWatch Logs was given it, and shows it from; left out: at its own time. */
  ingestedAt?: number;
  message: string;
}

export interface SimLogGroup {
  name: string;
  arn: string;
  createdAt: number;
  retentionDays?: number;
  /** Events by stream: a list, or what the world keeps it as once it is closed. */
  streams: Record<string, SimLogEvent[] | string>;
  tags: SimTags;
  /** Someone switched deletion protection on. */
  isProtected?: boolean;
}

export const groups = (sim: Sim) => sim.table<SimLogGroup>("logs.groups");

/** The group of a name, or the service's refusal. */
export const groupOf = (sim: Sim, name: string | undefined): SimLogGroup =>
  groups(sim)[name ?? ""] ?? refuse("ResourceNotFoundException", "The specified log group does not exist.");

/** The events of one stream that was written into; `undefined` where there is none. */
export function eventsIn(sim: Sim, { streams }: SimLogGroup, stream: string): SimLogEvent[] | undefined {
  const events = streams[stream];
  return typeof events === "string" ? (JSON.parse(sim.world.content(events)) as SimLogEvent[]) : events;
}

/** Nothing will be written into a stream any more: it goes out of the way, and can be read as before. */
export function closeStream(sim: Sim, group: string, stream: string): void {
  const found = groups(sim)[group];
  const events = found?.streams[stream];
  if (found && typeof events === "object") found.streams[stream] = sim.world.keep(JSON.stringify(events));
}

/** A new, empty group. */
export function addGroup(sim: Sim, name: string, tags: SimTags = {}): SimLogGroup {
  const arn = sim.arn("logs", `log-group:${name}`);
  return (groups(sim)[name] = { name, arn, createdAt: sim.now, streams: {}, tags });
}
