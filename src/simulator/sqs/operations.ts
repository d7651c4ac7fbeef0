import type {
  CreateQueueCommandInput,
  CreateQueueCommandOutput,
  DeleteQueueCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  GetQueueUrlCommandInput,
  GetQueueUrlCommandOutput,
  ListQueuesCommandInput,
  ListQueuesCommandOutput,
  ListQueueTagsCommandInput,
  ListQueueTagsCommandOutput,
  SetQueueAttributesCommandInput,
  TagQueueCommandInput,
  UntagQueueCommandInput,
} from "@aws-sdk/client-sqs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { checkAttributes, DEFAULTS, withAttributes } from "./attributes.ts";
import { formerQueues, queueAt, queueNamed, queues, type Attributes, type SimQueue } from "./records.ts";

const SECOND = 1_000;
/** For how long a deleted queue's name stays taken (SQS API Reference, CreateQueue). */
const NAME_TAKEN = 60 * SECOND;

/** A page holds a thousand; its token comes only with `MaxResults` (SQS API Reference, ListQueues). */
const PAGES = { usual: 1_000, code: "InvalidParameterValue" };

const tagsOf = (tags: Readonly<Record<string, string>> = {}): SimTags =>
  tagsOfInput(
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    "InvalidParameterValue",
  );

const told = (sim: Sim, queue: SimQueue): Attributes =>
  queue.changesSeenAt <= sim.now ? queue.attributes : queue.before;

/** Attributes that SQS returns in addition to those that can be set (SQS API Reference, GetQueueAttributes). */
const counted = (queue: SimQueue): Attributes => ({
  ApproximateNumberOfMessages: "0",
  ApproximateNumberOfMessagesDelayed: "0",
  ApproximateNumberOfMessagesNotVisible: "0",
  CreatedTimestamp: String(Math.floor(queue.createdAt / SECOND)),
  LastModifiedTimestamp: String(Math.floor(queue.changedAt / SECOND)),
  QueueArn: queue.arn,
});

/** The queue of a name that is made once more: the same one where all that is asked for is as it is, and refused otherwise. */
function existing(queue: SimQueue, attributes: Attributes): SimQueue {
  const differing = Object.entries(attributes).find(([name, value]) => (queue.attributes[name] ?? "") !== value);
  if (differing)
    refuse(
      "QueueNameExists",
      `A queue already exists with the same name and a different value for attribute ${differing[0]}`,
    );
  return queue;
}

/** Amazon SQS, as far as Fairlead asks it: the standard queues themselves, and nothing of their messages. */
export const sqs = {
  CreateQueue(input: CreateQueueCommandInput, sim): Answer<CreateQueueCommandOutput> {
    const { QueueName: name = "", Attributes: attributes = {}, tags } = input;
    if (!/^[\w-]{1,80}$/.test(name))
      refuse(
        "InvalidParameterValue",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
      );
    checkAttributes(sim, attributes);
    const before = queues(sim)[name];
    if (before) return { QueueUrl: existing(before, attributes).url };
    const former = formerQueues(sim)[name];
    if (former && former.deletedAt + NAME_TAKEN > sim.now)
      refuse(
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
      );
    delete formerQueues(sim)[name];
    const queue: SimQueue = {
      name,
      url: `https://sqs.${sim.region}.amazonaws.com/${sim.account}/${name}`,
      arn: sim.arn("sqs", name),
      createdAt: sim.now,
      changedAt: sim.now,
      attributes: withAttributes(DEFAULTS, attributes),
      before: { ...DEFAULTS },
      changesSeenAt: sim.in(TIMING.queueAttributes),
      usableAt: sim.now + SECOND,
      visibleAt: sim.in(TIMING.listLag),
      tags: tagsOf(tags),
    };
    queues(sim)[name] = queue;
    return { QueueUrl: queue.url };
  },

  GetQueueUrl(input: GetQueueUrlCommandInput, sim): Answer<GetQueueUrlCommandOutput> {
    onlyKnown("GetQueueUrl", input, "QueueName");
    return { QueueUrl: queueNamed(sim, input.QueueName).url };
  },

  GetQueueAttributes(input: GetQueueAttributesCommandInput, sim): Answer<GetQueueAttributesCommandOutput> {
    const queue = queueAt(sim, input.QueueUrl);
    const { AttributeNames: names = [] } = input;
    const all = { ...told(sim, queue), ...counted(queue) };
    const asked = Object.entries(all).filter(([name]) => names.includes("All") || names.includes(name as "All"));
    return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
  },

  SetQueueAttributes(input: SetQueueAttributesCommandInput, sim) {
    const queue = queueAt(sim, input.QueueUrl);
    const { Attributes: attributes = {} } = input;
    checkAttributes(sim, attributes);
    queue.before = told(sim, queue);
    queue.attributes = withAttributes(queue.attributes, attributes);
    queue.changesSeenAt = sim.in(TIMING.queueAttributes);
    queue.changedAt = sim.now;
    return {};
  },

  ListQueues(input: ListQueuesCommandInput, sim): Answer<ListQueuesCommandOutput> {
    const { QueueNamePrefix: prefix = "", MaxResults: size, NextToken: token } = input;
    const urls = visible(queues(sim), sim)
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ url }) => url);
    const { page, next } = pageOf(urls, { token, size }, PAGES);
    return { ...(page.length > 0 ? { QueueUrls: page } : {}), ...(size === undefined ? {} : { NextToken: next }) };
  },

  /** Word of it takes its time: calls on the queue may succeed for up to a minute. */
  DeleteQueue(input: DeleteQueueCommandInput, sim) {
    const queue = queueAt(sim, input.QueueUrl);
    const former = formerQueues(sim)[queue.name];
    if (!queues(sim)[queue.name] && former) return {};
    formerQueues(sim)[queue.name] = { ...queue, deletedAt: sim.now, goneAt: sim.in(TIMING.queueDelete) };
    delete queues(sim)[queue.name];
    return {};
  },

  ListQueueTags(input: ListQueueTagsCommandInput, sim): Answer<ListQueueTagsCommandOutput> {
    const { tags } = queueAt(sim, input.QueueUrl);
    // A queue without tags has no list of them either.
    return Object.keys(tags).length === 0 ? {} : { Tags: tags };
  },

  TagQueue(input: TagQueueCommandInput, sim) {
    const queue = queueAt(sim, input.QueueUrl);
    queue.tags = withTags(queue.tags, tagsOf(input.Tags), "InvalidParameterValue");
    return {};
  },

  UntagQueue(input: UntagQueueCommandInput, sim) {
    const queue = queueAt(sim, input.QueueUrl);
    queue.tags = withoutTags(queue.tags, input.TagKeys);
    return {};
  },
} satisfies Operations;
