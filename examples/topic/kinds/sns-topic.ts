// An SNS topic, as a resource kind of this stack. A topic's ARN follows from its name, so it is found without a list, and CreateTopic returns
// the topic that is already there instead of failing, unless that one has other tags.
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  SetTopicAttributesCommand,
  SNSClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import {
  absent,
  defineKind,
  everyPage,
  ownedAmong,
  tagChanges,
  tagList,
  tagsFrom,
  type Aws,
  type Tags,
} from "fairlead";
import { SNS } from "./sns-simulated.ts";

interface TopicSpec {
  name: string;
  /** The sender of its text messages; the empty string if it has none. */
  displayName: string;
  tags: Tags;
}

interface TopicAttrs {
  arn: string;
}

const arnOf = ({ partition, region, account }: Aws, name: string) =>
  `arn:${partition}:sns:${region}:${account}:${name}`;

const tagsOf = async (aws: Aws, ResourceArn: string): Promise<Tags | undefined> => {
  const sns = aws.client(SNSClient);
  const answer = await absent(sns(new ListTagsForResourceCommand({ ResourceArn })), "ResourceNotFound", "NotFound");
  return answer && tagsFrom(answer.Tags);
};

export const Topic = defineKind<TopicSpec, TopicAttrs>({
  type: "own/sns-topic",
  fields: {
    name: { immutable: true, unique: true },
    displayName: {},
    tags: {},
  },
  // The tagging API tells which topics have the stack's owner tags, whatever the state says.
  inventory: { tagged: "sns", idIn: ({ service, text }) => (service === "sns" ? text : undefined) },
  simulated: { SNS },

  async observe(aws, { knownId, spec: { name } }) {
    const sns = aws.client(SNSClient);
    const TopicArn = typeof name === "string" ? arnOf(aws, name) : knownId;
    if (TopicArn === undefined) return undefined;
    const [found, tags] = await Promise.all([
      absent(sns(new GetTopicAttributesCommand({ TopicArn })), "NotFound"),
      tagsOf(aws, TopicArn),
    ]);
    if (!found || !tags) return undefined;
    return {
      id: TopicArn,
      attrs: { arn: TopicArn },
      spec: {
        name: TopicArn.slice(TopicArn.lastIndexOf(":") + 1),
        displayName: found.Attributes?.["DisplayName"] ?? "",
        tags,
      },
      ready: true,
    };
  },

  // Only used if the tagging API cannot be called.
  async list(aws, ids) {
    const sns = aws.client(SNSClient);
    const topics = await everyPage(async (NextToken) => {
      const page = await sns(new ListTopicsCommand({ NextToken }));
      return { items: page.Topics, next: page.NextToken };
    });
    const arns = topics.flatMap(({ TopicArn = "" }) => (TopicArn.includes(`:${aws.stack}-`) ? [TopicArn] : []));
    return ownedAmong(
      aws,
      arns.map((id) => ({ id, tags: () => tagsOf(aws, id) })),
      ids,
    );
  },

  // It may be repeated after a lost response, so it goes without `{ once: true }`.
  async create(aws, { name, displayName, tags }, making) {
    const sns = aws.client(SNSClient);
    const Attributes = displayName === "" ? {} : { DisplayName: displayName };
    await sns(new CreateTopicCommand({ Name: name, Attributes, Tags: tagList(tags) }));
    const arn = arnOf(aws, name);
    await making.created(arn);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, { id, spec: observed }, { displayName, tags }, changed) {
    const sns = aws.client(SNSClient);
    if (changed.has("displayName"))
      await sns(
        new SetTopicAttributesCommand({ TopicArn: id, AttributeName: "DisplayName", AttributeValue: displayName }),
      );
    const { write, remove } = tagChanges(tags, observed.tags ?? {});
    if (Object.keys(write).length > 0) await sns(new TagResourceCommand({ ResourceArn: id, Tags: tagList(write) }));
    if (remove.length > 0) await sns(new UntagResourceCommand({ ResourceArn: id, TagKeys: remove }));
  },

  // Deleting a topic that is gone is a success.
  async delete(aws, { id }) {
    await aws.client(SNSClient)(new DeleteTopicCommand({ TopicArn: id }));
  },
});
