// A subscription has no ARN of its own in lists until it is confirmed. Until then it cannot be deleted, and after some days without a
// confirmation SNS drops it: it is known by its topic, protocol and endpoint alone.
import {
  ListSubscriptionsByTopicCommand,
  SubscribeCommand,
  UnsubscribeCommand,
  type Subscription as Listed,
} from "@aws-sdk/client-sns";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { sendersFor } from "../regional.ts";

export interface SubscriptionSpec {
  topicArn: string;
  protocol: "email" | "https";
  /** An e-mail address or a URL. */
  endpoint: string;
}

export interface SubscriptionAttrs {
  endpoint: string;
}

/** What lists have instead of an ARN before the confirmation, and for a while after the end (ansible#20086). */
export const PENDING = "PendingConfirmation";
const DELETED = "Deleted";
const GONE = ["NotFound", "NotFoundException"] as const;

export const Subscription = defineKind<SubscriptionSpec, SubscriptionAttrs>({
  type: "sns/subscription",
  fields: {
    topicArn: { immutable: true, unique: true },
    protocol: { immutable: true, unique: true },
    endpoint: { immutable: true, unique: true },
  },
  traits: {
    ownerless: true,
    expires: "gone: deleted outside Fairlead, or not confirmed within days, so that SNS dropped it",
  },

  async observe(aws, { knownId, spec, snapshot, owner }) {
    const wanted = knownId === undefined ? specOf(spec) : partsOf(knownId);
    if (!wanted) return undefined;
    const found = await subscriptionOf(aws, wanted, snapshot);
    if (!found) return undefined;
    return {
      id: idOf(wanted),
      attrs: { endpoint: wanted.endpoint },
      spec: wanted,
      owner,
      ready: true,
      ...(found.SubscriptionArn === PENDING ? { status: PENDING } : {}),
    };
  },

  /** Without `once`: the subscription that is already there is the answer (SNS API Reference, Subscribe). */
  async create(aws, spec, making) {
    const { topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint } = spec;
    await sendersFor(aws, TopicArn).sns(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
    await making.created(idOf(spec));
    return { id: idOf(spec), attrs: { endpoint: Endpoint } };
  },

  /** All of its fields are immutable. */
  async update() {},

  /**
   * "Cannot unsubscribe a subscription that is pending confirmation" (terraform-provider-aws, internal/service/sns/topic_subscription.go,
   * which takes it for a success, as CloudFormation does): it ends by itself, and with its topic.
   */
  async delete(aws, { id }) {
    const wanted = partsOf(id);
    const arn = wanted && (await subscriptionOf(aws, wanted))?.SubscriptionArn;
    if (arn === undefined || arn === PENDING) return;
    await absent(sendersFor(aws, arn).sns(new UnsubscribeCommand({ SubscriptionArn: arn })), ...GONE);
  },
});

/** The subscriptions of a topic; `undefined` if there is no such topic. One call for all of them. */
async function subscriptionsOf(aws: Aws, topicArn: string): Promise<readonly Listed[] | undefined> {
  const all = await absent(
    everyPage(async (NextToken) => {
      const command = new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken });
      const page = await sendersFor(aws, topicArn).sns(command);
      return { items: page.Subscriptions, next: page.NextToken };
    }),
    ...GONE,
  );
  return all?.filter(({ SubscriptionArn: arn }) => arn !== DELETED);
}

async function subscriptionOf(aws: Aws, { topicArn, protocol, endpoint }: SubscriptionSpec, snapshot?: Snapshot) {
  const list = () => subscriptionsOf(aws, topicArn);
  const all = await (snapshot ? snapshot.once(`sns/subscriptions ${topicArn}`, list) : list());
  return all?.find((one) => one.Protocol === protocol && one.Endpoint?.toLowerCase() === endpoint.toLowerCase());
}

/** ARNs of topics have no slash. */
const idOf = ({ topicArn, protocol, endpoint }: SubscriptionSpec) => `${topicArn}/${protocol}/${endpoint}`;

function partsOf(id: string): SubscriptionSpec | undefined {
  const [, topicArn, protocol, endpoint] = /^(arn:[^/]+)\/(email|https)\/(.+)$/.exec(id) ?? [];
  return topicArn && protocol && endpoint
    ? { topicArn, protocol: protocol as SubscriptionSpec["protocol"], endpoint }
    : undefined;
}

/** A topic that is known only after apply has no subscriptions yet. */
function specOf({ topicArn, protocol, endpoint }: Partial<Record<keyof SubscriptionSpec, unknown>>) {
  return [topicArn, protocol, endpoint].every((value) => typeof value === "string")
    ? ({ topicArn, protocol, endpoint } as SubscriptionSpec)
    : undefined;
}
