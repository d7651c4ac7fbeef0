import * as z from "zod";

import { closed, field, flag, named, optional, text } from "./fields.ts";

/* The settings of the alarms and of who hears of them. */

/** A threshold, or `false` to do without the alarm. */
function unless(kind: "a number" | "a whole number", min: number, max: number) {
  const error = `${kind} from ${min} to ${max}, or false`;
  const number = kind === "a number" ? z.number({ error }) : z.int({ error });
  return z.union([number.min(min, { error }).max(max, { error }), z.literal(false)], { error });
}
const share = () => unless("a number", 0, 100);
const whole = (min: number, max: number) => unless("a whole number", min, max);

/** SNS API Reference, Subscribe, `Endpoint`. What a URL has before an @ would be a password. */
export const email = () => text(/^[^@\s,;<>"]{1,64}@[A-Za-z0-9.-]{1,189}$/, "an e-mail address");
const url = () => text(/^https:\/\/[^@\s]{1,2000}$/, "a URL that starts with https:// and has no user name");

const several = (item: z.ZodType<string>, allowed: string) => z.array(item, { error: allowed });

export const alarms = optional(
  named(
    "AlarmsConfig",
    "CloudWatch alarms on the whole request path, and who hears of them.",
    closed({
      emails: field(
        several(email(), "a list of e-mail addresses"),
        [],
        "E-mail addresses that are told when an alarm begins and ends. AWS sends each a confirmation first, which has to be accepted within days; outside us-east-1 a second one for the CDN's alarm, whose topic is there.",
      ),
      urls: field(
        several(url(), "a list of URLs"),
        [],
        "HTTPS endpoints that are told, such as those of PagerDuty or Opsgenie. An endpoint has to confirm the subscription by itself.",
      ),
      targetErrors: field(
        share(),
        5,
        "Percentage of a web service's responses that are 5xx, in three of five minutes.",
      ),
      balancerErrors: field(
        share(),
        5,
        "Percentage of all requests that the load balancer answers with a 5xx of its own, in three of five minutes.",
      ),
      latencySeconds: field(
        unless("a number", 0.001, 3600),
        2,
        "95th percentile of a web service's response time, in seconds, in three of five minutes.",
      ),
      unhealthyTargets: field(
        whole(1, 10_000),
        1,
        "Number of a web service's targets that fail their health check for five minutes.",
      ),
      missingTasksMinutes: field(
        whole(1, 1440),
        15,
        "Minutes for which a service runs fewer tasks than it should. Requires `cluster.containerInsights`; without it there is no such alarm.",
      ),
      cpuPercent: field(share(), 90, "Average CPU utilization of a service's tasks, for 15 minutes."),
      memoryPercent: field(share(), 90, "Average memory utilization of a service's tasks, for 15 minutes."),
      cdnErrors: field(share(), 5, "Percentage of the CDN's responses that are 5xx, in three of five minutes."),
      messageAgeSeconds: field(
        whole(60, 1_209_600),
        900,
        "Age of the oldest message in a worker's queue, in seconds, for five minutes.",
      ),
      dashboard: field(flag(), true, "A CloudWatch dashboard of the whole request path."),
      failedPipelines: field(flag(), true, "Tell when a release fails."),
      approvals: field(
        flag(),
        true,
        "Tell when a release waits for its approval, with the command and the link to answer it.",
      ),
      failedJobs: field(flag(), true, "Tell when a job ends with an exit code other than 0, or cannot be started."),
      deadLetters: field(whole(1, 1_000_000), 1, "Number of messages in a worker's dead-letter queue."),
    }),
  ),
  "no alarms",
  "Alarms for every service, the load balancer, the CDN and the workers' queues: `{}` has all of them.",
);
