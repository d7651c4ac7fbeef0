import { Subscription } from "../../src/aws/sns/subscription.ts";
import { Topic } from "../../src/aws/sns/topic.ts";
import { fingerprint } from "../../src/config/fingerprint.ts";
import type { AlarmSettings } from "../../src/config/stack.ts";
import { topicPolicy } from "../policies/topic.ts";
import type { Scope } from "../scope.ts";

export interface AlarmTopicProps {
  /** The start of the ids of its resources: `alarms/topic`. */
  readonly id: string;
  readonly name: string;
  /** Its region if that is not the stack's. */
  readonly region?: string | undefined;
  readonly settings: Pick<AlarmSettings, "emails" | "urls">;
}

/** The topic that alarms and notices of a region are published to, and who is told. */
export function alarmTopic(scope: Scope, { id, name, region, settings }: AlarmTopicProps) {
  const topic = scope.add(id, Topic, {
    name,
    region,
    displayName: name.slice(0, LONGEST_SENDER),
    policy: topicPolicy(scope, scope.arn("sns", name, region)),
  });
  const tell = (protocol: "email" | "https", endpoint: string, shown: string) =>
    scope.add(`${id}-${protocol}-${slug(shown)}-${fingerprint(endpoint.toLowerCase(), 4)}`, Subscription, {
      topicArn: topic.arn,
      protocol,
      endpoint,
    });
  for (const email of settings.emails) tell("email", email, email);
  // The path of such a URL is often a secret.
  for (const url of settings.urls) tell("https", url, new URL(url).host);
  return topic;
}

/** SNS API Reference, CreateTopic, `DisplayName`. */
const LONGEST_SENDER = 100;

const slug = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
