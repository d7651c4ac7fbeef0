import type {
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput,
  SubscribeCommandInput,
  SubscribeCommandOutput,
  UnsubscribeCommandInput,
} from "@aws-sdk/client-sns";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { isAlive, subscriptions } from "./records.ts";
import { topicOf } from "./topics.ts";

const INVALID = "InvalidParameterException";

/** What an endpoint of each protocol is (SNS API Reference, Subscribe: `Endpoint`). */
const ENDPOINTS: Readonly<Record<string, RegExp>> = { email: /^[^@\s]+@[^@\s]+$/, https: /^https:\/\/\S+$/ };

/** Those that are there and not dropped; a read leaves the others for the next change to remove. */
function swept(sim: Sim) {
  const all = subscriptions(sim);
  for (const [key, one] of Object.entries(all)) if (!isAlive(sim, one)) delete all[key];
  return all;
}

export const subscriptionOperations = {
  /** A subscription that is there already is the answer; both protocols have to be confirmed by the endpoint's owner. */
  Subscribe(input: SubscribeCommandInput, sim): Answer<SubscribeCommandOutput> {
    onlyKnown("Subscribe", input, "TopicArn", "Protocol", "Endpoint", "ReturnSubscriptionArn");
    const { TopicArn, Protocol: protocol = "", Endpoint: endpoint = "", ReturnSubscriptionArn: isTold } = input;
    const topic = topicOf(sim, TopicArn);
    const rule = ENDPOINTS[protocol];
    if (!rule)
      return refuse("SimulatorUnknownOption", `The simulated SNS does not know the protocol ${protocol}.`, 501);
    if (!rule.test(endpoint)) refuse(INVALID, `Invalid parameter: ${protocol} endpoint`);
    const all = swept(sim);
    const same = Object.values(all).find(
      (one) => one.topicArn === topic.arn && one.protocol === protocol && one.endpoint === endpoint,
    );
    const arn = same?.arn ?? `${topic.arn}:${sim.world.hex(32)}`;
    all[arn] = same ?? {
      arn,
      topicArn: topic.arn,
      protocol,
      endpoint,
      madeAt: sim.now,
      isConfirmed: false,
      visibleAt: sim.in(TIMING.listLag),
    };
    return { SubscriptionArn: all[arn].isConfirmed || isTold ? arn : "pending confirmation" };
  },

  ListSubscriptionsByTopic(
    input: ListSubscriptionsByTopicCommandInput,
    sim,
  ): Answer<ListSubscriptionsByTopicCommandOutput> {
    const { arn } = topicOf(sim, input.TopicArn);
    const all = visible(subscriptions(sim), sim).filter((one) => one.topicArn === arn && isAlive(sim, one));
    const { page, next } = pageOf(all, { token: input.NextToken }, { usual: 100, code: INVALID });
    const Subscriptions = page.map((one) => ({
      SubscriptionArn: one.isConfirmed ? one.arn : "PendingConfirmation",
      Owner: sim.account,
      Protocol: one.protocol,
      Endpoint: one.endpoint,
      TopicArn: one.topicArn,
    }));
    return { Subscriptions, NextToken: next };
  },

  Unsubscribe(input: UnsubscribeCommandInput, sim) {
    const { SubscriptionArn: arn = "" } = input;
    // In these words by aws-sdk reports of "PendingConfirmation" used as an ARN (ansible#20086 for "Deleted").
    if (!arn.startsWith("arn:"))
      refuse(INVALID, `Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1`);
    const all = swept(sim);
    const found = all[arn] ?? refuse("NotFoundException", "Subscription does not exist", 404);
    // In these words by terraform-provider-aws, internal/service/sns/topic_subscription.go.
    if (!found.isConfirmed)
      refuse(
        INVALID,
        "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation",
      );
    delete all[arn];
  },
} satisfies Operations;
