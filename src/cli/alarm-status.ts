import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { isPolicyArn } from "../aws/autoscaling/step-policy.ts";
import { Alarm, alarmsOf } from "../aws/cloudwatch/alarm.ts";
import type { Aws } from "../aws/aws.ts";
import { PENDING, Subscription } from "../aws/sns/subscription.ts";
import type { Action } from "../engine/action.ts";
import { paste } from "./paste.ts";
import type { Session } from "./session.ts";
import { paint } from "./terminal.ts";

/** What is wrong now by the stack's alarms, and who does not hear of it yet. */
export interface AlarmStatus {
  readonly alarms: readonly { name: string; since: string | undefined; description: string; reason: string }[];
  readonly unconfirmed: readonly { endpoint: string; protocol: string; topicArn: string }[];
}

/**
 * The stack's alarms in the state ALARM that tell people, rather than scale a service: a call for each region that has some. `undefined` if it has
 * no alarms; then no call is made.
 */
export async function alarmStatus(
  { world: { services: aws } }: Pick<Session, "world">,
  actions: readonly Action<Aws>[],
): Promise<AlarmStatus | undefined> {
  const there = actions.flatMap(({ kind, observed }) =>
    kind.type === Alarm.type && observed && tellsPeople(observed.spec) ? [observed.id] : [],
  );
  const subscriptions = actions.filter(({ kind }) => kind.type === Subscription.type);
  if (there.length + subscriptions.length === 0) return undefined;
  const regions = [...new Set(there.map((arn) => arn.split(":")[3] ?? ""))];
  const ringing = await Promise.all(regions.map((region) => alarmsOf(aws, region, "ALARM")));
  return {
    alarms: ringing
      .flat()
      // Other alarms may have names that begin the same.
      .filter(({ AlarmArn: arn = "", StateValue: state }) => state === "ALARM" && there.includes(arn))
      .map(told),
    unconfirmed: subscriptions.flatMap(({ observed }) =>
      observed?.status === PENDING
        ? [
            {
              endpoint: String(observed.spec["endpoint"]),
              protocol: String(observed.spec["protocol"]),
              topicArn: String(observed.spec["topicArn"]),
            },
          ]
        : [],
    ),
  };
}

const tellsPeople = ({ actions }: Readonly<Record<string, unknown>>): boolean =>
  !(actions as readonly string[] | undefined)?.some(isPolicyArn);

const told = (alarm: MetricAlarm) => ({
  name: alarm.AlarmName ?? "",
  since: alarm.StateTransitionedTimestamp?.toISOString(),
  description: alarm.AlarmDescription ?? "",
  reason: alarm.StateReason ?? "",
});

/** The same in lines. */
export function alarmLines({ alarms, unconfirmed }: AlarmStatus, flags: Session["flags"]): string[] {
  return [
    ...alarms.map(({ name, since, description, reason }) => {
      const from = since === undefined ? "" : ` since ${since.slice(0, 16).replace("T", " ")} UTC`;
      return `${paint.red("!")} ALARM ${name}${from}: ${description} ${reason}`.trimEnd();
    }),
    ...unconfirmed.map(({ endpoint, protocol, topicArn }) => {
      const topic = topicArn.slice(topicArn.lastIndexOf(":") + 1);
      const what =
        protocol === "email"
          ? `Follow the link in the e-mail that AWS sent there.`
          : `Have the endpoint visit the SubscribeURL that AWS sent there.`;
      return `${paint.yellow("!")} ${endpoint} has not confirmed its subscription to ${topic} and hears of no alarm. ${what} AWS drops the subscription after three days; this sends a new confirmation then: ${paste(flags, "reconcile")}`;
    }),
  ];
}
