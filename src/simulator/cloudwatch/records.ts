import type { PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import type { PlainRecord } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimAlarm extends PlainRecord {
  name: string;
  said: PutMetricAlarmCommandInput;
  /** The state that someone, or an evaluation, has set; by the missing data alone if left out. */
  state?: { value: "ALARM" | "INSUFFICIENT_DATA" | "OK"; reason: string; at: number };
  madeAt: number;
  changedAt: number;
  tags: SimTags;
}

export const alarms = (sim: Sim) => sim.table<SimAlarm>("cloudwatch.alarms");

const SECOND = 1_000;
/** The shortest time in which an alarm is evaluated first. */
const FIRST = 60 * SECOND;

/**
 * The state of an alarm. The simulated CloudWatch has no metrics, so after its first evaluation an alarm is in the state that missing data
 * has it in (CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data").
 */
export function stateOf(sim: Sim, { state, said, madeAt }: SimAlarm) {
  if (state) return state;
  const isNew = madeAt + FIRST > sim.now;
  const value = isNew
    ? "INSUFFICIENT_DATA"
    : said.TreatMissingData === "notBreaching"
      ? "OK"
      : said.TreatMissingData === "breaching"
        ? "ALARM"
        : "INSUFFICIENT_DATA";
  const reason = isNew ? "Unchecked: Initial alarm creation" : "no datapoints were received";
  return { value, reason, at: madeAt } as const;
}
