import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export type Attributes = Record<string, string>;

export interface SimQueue {
  name: string;
  url: string;
  arn: string;
  createdAt: number;
  changedAt: number;
  attributes: Attributes;
  /** What reads keep telling until `changesSeenAt`. */
  before: Attributes;
  changesSeenAt: number;
  /** From when it can be used: "you must wait at least one second after the queue is created" (SQS API Reference, CreateQueue). */
  usableAt: number;
  /** From when lists show it. */
  visibleAt: number;
  tags: SimTags;
}

/** A queue that was deleted: calls on it may succeed for a while, and its name stays taken for a minute. */
export interface FormerQueue extends SimQueue {
  deletedAt: number;
  goneAt: number;
}

export const queues = (sim: Sim) => sim.table<SimQueue>("sqs.queues");
export const formerQueues = (sim: Sim) => sim.table<FormerQueue>("~sqs.deleted");

/** The queue of a name that calls reach by now; `undefined` where there is none. */
function reached(sim: Sim, name: string): SimQueue | undefined {
  const queue = queues(sim)[name];
  if (queue) return queue.usableAt <= sim.now ? queue : undefined;
  const former = formerQueues(sim)[name];
  return former && former.goneAt > sim.now ? former : undefined;
}

/** The queue of a name, or SQS's refusal. */
export const queueNamed = (sim: Sim, name: string | undefined): SimQueue =>
  reached(sim, name ?? "") ?? refuse("QueueDoesNotExist", "The specified queue does not exist.");

/** The queue at a URL, or SQS's refusal. */
export function queueAt(sim: Sim, url = ""): SimQueue {
  const queue = queueNamed(sim, url.split("/").at(-1));
  return queue.url === url ? queue : refuse("QueueDoesNotExist", "The specified queue does not exist.");
}
