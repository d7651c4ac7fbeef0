import type {
  CreateTopicCommandInput,
  CreateTopicCommandOutput,
  DeleteTopicCommandInput,
  GetTopicAttributesCommandInput,
  GetTopicAttributesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTopicsCommandInput,
  ListTopicsCommandOutput,
  SetTopicAttributesCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-sns";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { plain, type Refusal } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList, tagsOfInput } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { isAlive, subscriptions, type SimTopic } from "./records.ts";

const INVALID = "InvalidParameterException";
const MISSING: Refusal = ["NotFoundException", "Topic does not exist", 404];

/** The attributes that Fairlead sets (SNS API Reference, CreateTopic). */
const SETTABLE = ["DisplayName", "Policy"];

/** A new topic's own policy: its account may use it (SNS Developer Guide, "Example cases for Amazon SNS access control"). */
const defaultPolicy = (sim: Sim, arn: string) =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": sim.account } },
      },
    ],
  });

function checkAttribute(name: string, value: string): void {
  if (!SETTABLE.includes(name)) refuse(INVALID, `Invalid parameter: AttributeName`);
  if (name === "DisplayName" && value.length > 100) refuse(INVALID, "Invalid parameter: DisplayName");
  if (name !== "Policy") return;
  let document: { readonly Statement?: unknown } | undefined;
  try {
    document = JSON.parse(value) as { readonly Statement?: unknown };
  } catch {
    // Refused below.
  }
  if (!Array.isArray(document?.Statement)) refuse(INVALID, "Invalid parameter: Policy Error: null");
}

const topics = plain<SimTopic, CreateTopicCommandInput>({
  table: "sns.topics",
  arn: (sim, name) => sim.arn("sns", name),
  names: { rule: /^[\w-]{1,256}$/, refusal: [INVALID, "Invalid parameter: Topic Name"] },
  check(_sim, { Attributes: attributes = {} }) {
    for (const [name, value] of Object.entries(attributes)) checkAttribute(name, value);
  },
  made: (sim, { Attributes: attributes = {} }, name) => ({
    name,
    attributes: { DisplayName: "", Policy: defaultPolicy(sim, sim.arn("sns", name)), ...attributes },
  }),
  // In these words by localstack#2405, which compares with AWS.
  again(topic, { Attributes: attributes = {}, Tags }) {
    if (Object.entries(attributes).some(([name, value]) => topic.attributes[name] !== value))
      refuse(INVALID, "Invalid parameter: Attributes Reason: Topic already exists with different attributes");
    if (Tags && Object.entries(tagsOfInput(Tags, INVALID)).some(([key, value]) => topic.tags[key] !== value))
      refuse(INVALID, "Invalid parameter: Tags Reason: Topic already exists with different tags");
    return topic;
  },
  missing: () => MISSING,
  missingArn: () => ["ResourceNotFoundException", "Resource does not exist", 404],
  lag: { list: TIMING.listLag },
  tags: { code: INVALID, limitCode: "TagLimitExceededException" },
  pages: { usual: 100, code: INVALID },
});

const nameOf = (arn = "") => arn.split(":").at(-1) ?? "";

/** The topic of an ARN, or SNS's refusal. */
export function topicOf(sim: Sim, arn = ""): SimTopic {
  const [start, , service, region] = arn.split(":");
  if (start !== "arn" || service !== "sns") refuse(INVALID, "Invalid parameter: TopicArn");
  // Another region's topics are unknown here.
  return region === sim.region ? topics.find(sim, nameOf(arn)) : refuse(...MISSING);
}

/** The subscriptions of a topic that are there. */
const subscriptionsOf = (sim: Sim, arn: string) =>
  Object.values(subscriptions(sim)).filter((one) => one.topicArn === arn && isAlive(sim, one));

export const topicOperations = {
  CreateTopic(input: CreateTopicCommandInput, sim): Answer<CreateTopicCommandOutput> {
    onlyKnown("CreateTopic", input, "Name", "Attributes", "Tags");
    return { TopicArn: topics.create(sim, { key: input.Name ?? "", tags: input.Tags }, input).arn };
  },

  GetTopicAttributes(input: GetTopicAttributesCommandInput, sim): Answer<GetTopicAttributesCommandOutput> {
    const { arn, attributes } = topicOf(sim, input.TopicArn);
    const all = subscriptionsOf(sim, arn);
    const confirmed = all.filter(({ isConfirmed }) => isConfirmed).length;
    return {
      Attributes: {
        ...attributes,
        TopicArn: arn,
        Owner: sim.account,
        EffectiveDeliveryPolicy: "{}",
        SubscriptionsConfirmed: String(confirmed),
        SubscriptionsPending: String(all.length - confirmed),
        SubscriptionsDeleted: "0",
      },
    };
  },

  SetTopicAttributes(input: SetTopicAttributesCommandInput, sim) {
    const { TopicArn: arn, AttributeName: name = "", AttributeValue: value = "" } = input;
    const topic = topicOf(sim, arn);
    checkAttribute(name, value);
    topic.attributes[name] = value;
  },

  ListTopics(input: ListTopicsCommandInput, sim): Answer<ListTopicsCommandOutput> {
    const { page, next } = topics.list(sim, { token: input.NextToken });
    return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
  },

  /** "This action is idempotent": one that is not there is deleted already; its subscriptions go with it. */
  DeleteTopic(input: DeleteTopicCommandInput, sim) {
    const { TopicArn: arn = "" } = input;
    const name = nameOf(arn);
    if (topics.records(sim)[name]?.arn !== arn) return;
    topics.delete(sim, name);
    const all = subscriptions(sim);
    for (const [key, { topicArn }] of Object.entries(all)) if (topicArn === arn) delete all[key];
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: tagList(topics.tagsOf(sim, input.ResourceArn)),
  }),
  TagResource: (input: TagResourceCommandInput, sim) => topics.tag(sim, input.ResourceArn, input.Tags),
  UntagResource: (input: UntagResourceCommandInput, sim) => topics.untag(sim, input.ResourceArn, input.TagKeys),
} satisfies Operations;
