import type { PlainRecord } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export type Attributes = Record<string, string>;

export interface SimQueue extends PlainRecord {
  name: string;
  url: string;
  createdAt: number;
  changedAt: number;
  attributes: Attributes;
  /** What reads keep telling until `changesSeenAt`. */
  before: Attributes;
  changesSeenAt: number;
  tags: SimTags;
}

export const queues = (sim: Sim) => sim.table<SimQueue>("sqs.queues");
