import { plain } from "../../src/simulator/plain.ts";
import { refuse } from "../../src/simulator/errors.ts";
import type { Operations } from "../../src/simulator/sim.ts";
import { tagList } from "../../src/simulator/tagging.ts";

interface Topic {
  arn: string;
  tags?: Record<string, string>;
  displayName: string;
}
interface Input {
  Name?: string;
  Attributes?: { DisplayName?: string };
  Tags?: { Key: string; Value: string }[];
  TagKeys?: string[];
  TopicArn?: string;
  ResourceArn?: string;
  NextToken?: string;
}

/** SNS topics (SNS API Reference, CreateTopic, DeleteTopic, ListTopics, TagResource): what a new plain kind costs the simulator. The lags are the test's own. */
const topics = plain<Topic, Input>({
  table: "sns.topics",
  arn: (sim, name) => sim.arn("sns", name),
  names: { rule: /^[\w-]{1,256}$/, refusal: ["InvalidParameterException", "Invalid parameter: Topic Name"] },
  made: (_sim, { Attributes: { DisplayName: displayName = "" } = {} }) => ({ displayName }),
  again: (topic, { Attributes: { DisplayName = topic.displayName } = {} }) =>
    DisplayName === topic.displayName
      ? topic
      : refuse("InvalidParameterException", "Topic already exists with different attributes"),
  missing: () => ["NotFoundException", "Topic does not exist", 404],
  missingArn: () => ["ResourceNotFoundException", "Resource does not exist", 404],
  lag: { list: 3, deleted: 10 },
  tags: { code: "InvalidParameterException", limitCode: "TagLimitExceededException" },
  pages: { usual: 100, code: "InvalidParameterException" },
});

const nameOf = (arn = "") => arn.split(":").at(-1) ?? "";

export const sns = {
  CreateTopic: (input: Input, sim) => ({
    TopicArn: topics.create(sim, { key: input.Name ?? "", tags: input.Tags }, input).arn,
  }),
  GetTopicAttributes(input: Input, sim) {
    // Not `byArn`, whose refusal is that of the tag calls.
    const topic = topics.find(sim, nameOf(input.TopicArn));
    return { Attributes: { DisplayName: topic.displayName } };
  },
  ListTopics(input: Input, sim) {
    const { page, next } = topics.list(sim, { token: input.NextToken });
    return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
  },
  DeleteTopic(input: Input, sim) {
    const name = nameOf(input.TopicArn);
    if (topics.records(sim)[name]) topics.delete(sim, name);
    return {};
  },
  ListTagsForResource: (input: Input, sim) => ({
    Tags: tagList(topics.tagsOf(sim, input.ResourceArn)),
  }),
  TagResource: (input: Input, sim) => topics.tag(sim, input.ResourceArn, input.Tags),
  UntagResource: (input: Input, sim) => topics.untag(sim, input.ResourceArn, input.TagKeys),
} satisfies Operations;
