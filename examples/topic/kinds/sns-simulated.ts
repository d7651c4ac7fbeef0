// What the simulated AWS needs to know of SNS for the kind in sns-topic.ts: one function per operation. What is kept in a table is in the
// simulated world's file, and exists for the next command too.
import type {
  CreateTopicInput,
  DeleteTopicInput,
  GetTopicAttributesInput,
  ListTagsForResourceRequest,
  ListTopicsInput,
  SetTopicAttributesInput,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-sns";
import { refuse, tagList, type Operations, type Sim } from "fairlead";

/** The simulated tagging API finds a record by its `arn` and `tags`. */
interface Topic {
  arn: string;
  displayName: string;
  tags: Record<string, string>;
  /** Lists show it from then on. */
  listedAt: number;
}

/** One table for each region. */
const topics = (sim: Sim) => sim.table<Topic>("topics");

/** The codes are those of the SDK's error classes: SNS API Reference, "Errors" of each action. */
const topicOf = (sim: Sim, arn = "", code = "NotFoundException"): Topic =>
  topics(sim)[arn] ??
  refuse(code, code === "NotFoundException" ? "Topic does not exist" : "Resource does not exist", 404);

const tagged = (sim: Sim, arn: string | undefined) => topicOf(sim, arn, "ResourceNotFoundException");

const recordOf = (tags: Tag[] = []) => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

export const SNS = {
  // "If the requester already owns a topic with the specified name, that topic's ARN is returned" (API Reference, CreateTopic); with other
  // tags it is refused in these words (localstack issue 2405, which compares with AWS).
  CreateTopic({ Name = "", Attributes = {}, Tags }: CreateTopicInput, sim) {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(Name)) refuse("InvalidParameterException", "Invalid parameter: Topic Name");
    const arn = sim.arn("sns", Name);
    const tags = recordOf(Tags);
    const known = topics(sim)[arn];
    if (known && Object.entries(tags).some(([key, value]) => known.tags[key] !== value))
      refuse("InvalidParameterException", "Invalid parameter: Tags Reason: Topic already exists with different tags");
    topics(sim)[arn] ??= { arn, displayName: Attributes["DisplayName"] ?? "", tags, listedAt: sim.in(3) };
    return { TopicArn: arn };
  },

  GetTopicAttributes({ TopicArn }: GetTopicAttributesInput, sim) {
    const { arn, displayName } = topicOf(sim, TopicArn);
    return { Attributes: { TopicArn: arn, DisplayName: displayName, Owner: sim.account } };
  },

  SetTopicAttributes({ TopicArn, AttributeName, AttributeValue = "" }: SetTopicAttributesInput, sim) {
    if (AttributeName !== "DisplayName") refuse("InvalidParameterException", "Invalid parameter: AttributeName");
    topicOf(sim, TopicArn).displayName = AttributeValue;
  },

  ListTopics(_: ListTopicsInput, sim) {
    const listed = Object.values(topics(sim)).filter(({ listedAt }) => listedAt <= sim.now);
    return { Topics: listed.map(({ arn }) => ({ TopicArn: arn })) };
  },

  ListTagsForResource({ ResourceArn }: ListTagsForResourceRequest, sim) {
    return { Tags: tagList(tagged(sim, ResourceArn).tags) };
  },

  TagResource({ ResourceArn, Tags }: TagResourceRequest, sim) {
    Object.assign(tagged(sim, ResourceArn).tags, recordOf(Tags));
    return {};
  },

  UntagResource({ ResourceArn, TagKeys = [] }: UntagResourceRequest, sim) {
    for (const key of TagKeys) delete tagged(sim, ResourceArn).tags[key];
    return {};
  },

  // "Deleting a topic that does not exist does not result in an error" (API Reference, DeleteTopic).
  DeleteTopic({ TopicArn = "" }: DeleteTopicInput, sim) {
    delete topics(sim)[TopicArn];
  },
} satisfies Operations;
