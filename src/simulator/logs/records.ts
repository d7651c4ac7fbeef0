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
  /** Events by stream. */
  streams: Record<string, SimLogEvent[]>;
  tags: SimTags;
  /** Somebody switched deletion protection on. */
  isProtected?: boolean;
}

export const groups = (sim: Sim) => sim.table<SimLogGroup>("logs.groups");

/** The group of a name, or the service's refusal. */
export const groupOf = (sim: Sim, name: string | undefined): SimLogGroup =>
  groups(sim)[name ?? ""] ?? refuse("ResourceNotFoundException", "The specified log group does not exist.");

/** A new, empty group. */
export function addGroup(sim: Sim, name: string, tags: SimTags = {}): SimLogGroup {
  const arn = sim.arn("logs", `log-group:${name}`);
  return (groups(sim)[name] = { name, arn, createdAt: sim.now, streams: {}, tags });
}
