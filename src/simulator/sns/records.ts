import type { PlainRecord } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimTopic extends PlainRecord {
  name: string;
  attributes: Record<string, string>;
  tags: SimTags;
}

export interface SimSubscription {
  arn: string;
  topicArn: string;
  protocol: string;
  endpoint: string;
  madeAt: number;
  isConfirmed: boolean;
  visibleAt: number;
}

const DAY = 86_400_000;
/** xmidt-org/webpa-common#362: what is pending cannot be deleted and is "pruned after 3 days of age". */
const PENDING_FOR = 3 * DAY;

export const subscriptions = (sim: Sim) => sim.table<SimSubscription>("sns.subscriptions");

/** Whether a subscription is still there: SNS drops what is not confirmed. */
export const isAlive = (sim: Sim, { isConfirmed, madeAt }: SimSubscription): boolean =>
  isConfirmed || madeAt + PENDING_FOR > sim.now;
