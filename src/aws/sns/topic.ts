// CreateTopic answers with the topic that already has the name, and is refused if that one has other tags or attributes. A policy replaces
// SNS's own, which lets the account use the topic.
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import type { Arn, Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { canonicalPolicy, parsePolicy, policyText, type PolicyDocument } from "../policy.ts";
import { arnsOf, observedRegion, ownedInRegions, sendersFor } from "../regional.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

export interface TopicSpec {
  /** At most 256 letters, digits, hyphens and underscores. */
  name: string;
  /** The region if that is not the stack's. */
  region: string | undefined;
  /** The sender of its e-mails. */
  displayName: string;
  policy: PolicyDocument;
  tags: Tags;
}

export interface TopicAttrs {
  arn: string;
}

// The codes are those of the SDK's wire: SNS API Reference, "Errors" of GetTopicAttributes and of ListTagsForResource.
const GONE = ["NotFound", "NotFoundException", "ResourceNotFound", "ResourceNotFoundException"] as const;

export const Topic = defineKind<TopicSpec, TopicAttrs>({
  type: "sns/topic",
  fields: {
    name: { immutable: true, unique: true },
    region: { immutable: true, unique: true },
    displayName: {},
    policy: {},
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { consistent: 10 },
  inventory: { idIn: arnIn },

  canonical: (spec) => ({ ...spec, policy: canonicalPolicy(spec.policy) }),

  async observe(aws, look) {
    for (const arn of arnsOf(look, (region, name) => arnOf(aws, region, name))) {
      const [found, tags] = await Promise.all([
        absent(sendersFor(aws, arn).sns(new GetTopicAttributesCommand({ TopicArn: arn })), ...GONE),
        tagsOf(aws, arn),
      ]);
      if (!found || !tags) continue;
      const { Policy: policy, DisplayName: displayName = "", ...more } = found.Attributes ?? {};
      return {
        id: arn,
        attrs: { arn },
        spec: {
          name: nameOf(arn),
          region: observedRegion(aws, look.spec.region, arn),
          displayName,
          policy: policy ? parsePolicy(policy) : undefined,
          tags,
        },
        unmanaged: some(unmanagedIn(more, USUAL)),
        ready: true,
      };
    }
    return undefined;
  },

  /** Only used if the tagging API cannot be called. */
  list: (aws, ids) =>
    ownedInRegions(aws, ids, {
      list: (region) =>
        everyPage(async (NextToken) => {
          const page = await aws.in(region).sns(new ListTopicsCommand({ NextToken }));
          return { items: page.Topics?.flatMap(({ TopicArn }) => TopicArn ?? []), next: page.NextToken };
        }),
      nameOf,
      tagsOf: (arn) => tagsOf(aws, arn),
    }),

  /** With `once`: SNS may spell the policy of the first call another way, and refuse the second for it. */
  async create(aws, spec, making) {
    const arn = arnOf(aws, spec.region, spec.name);
    const Attributes = { DisplayName: spec.displayName, Policy: policyText(spec.policy) };
    const command = new CreateTopicCommand({ Name: spec.name, Attributes, Tags: tagList(spec.tags) });
    await sendersFor(aws, arn).sns(command, { once: true });
    await making.created(arn);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, { id, spec: now }, spec, changed) {
    const { sns } = sendersFor(aws, id);
    const set = (AttributeName: string, AttributeValue: string) =>
      sns(new SetTopicAttributesCommand({ TopicArn: id, AttributeName, AttributeValue }));
    if (changed.has("displayName")) await set("DisplayName", spec.displayName);
    if (changed.has("policy")) await set("Policy", policyText(spec.policy));
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    if (Object.keys(write).length > 0) await sns(new TagResourceCommand({ ResourceArn: id, Tags: tagList(write) }));
    if (remove.length > 0) await sns(new UntagResourceCommand({ ResourceArn: id, TagKeys: remove }));
  },

  /** Its subscriptions go with it, also those that wait for a confirmation (SNS API Reference, DeleteTopic). */
  async delete(aws, { id }) {
    await absent(sendersFor(aws, id).sns(new DeleteTopicCommand({ TopicArn: id })), ...GONE);
  },
});

async function tagsOf(aws: Aws, arn: string): Promise<Tags | undefined> {
  const answer = await absent(sendersFor(aws, arn).sns(new ListTagsForResourceCommand({ ResourceArn: arn })), ...GONE);
  return answer && tagsFrom(answer.Tags);
}

const nameOf = (arn: string) => arn.slice(arn.lastIndexOf(":") + 1);

const arnOf = ({ partition, account, region: own }: Aws, region: string | undefined, name: string) =>
  `arn:${partition}:sns:${region ?? own}:${account}:${name}`;

/** A subscription's ARN is that of its topic, a colon and an id. */
function arnIn({ service, resource, text }: Arn): string | undefined {
  return service === "sns" && !resource.includes(":") ? text : undefined;
}

/** What SNS fills in and counts (SNS API Reference, GetTopicAttributes). */
const USUAL: Usual = {
  TopicArn: SET,
  Owner: SET,
  EffectiveDeliveryPolicy: SET,
  SubscriptionsConfirmed: SET,
  SubscriptionsDeleted: SET,
  SubscriptionsPending: SET,
  SignatureVersion: "1",
  TracingConfig: "PassThrough",
};
