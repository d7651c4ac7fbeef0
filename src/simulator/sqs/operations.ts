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
import { plain, type Refusal } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { checkAttributes, DEFAULTS, withAttributes } from "./attributes.ts";
import type { Attributes, SimQueue } from "./records.ts";

const SECOND = 1_000;
const MISSING: Refusal = ["QueueDoesNotExist", "The specified queue does not exist."];

/** SQS API Reference, CreateQueue and DeleteQueue: "You must wait at least one second after the queue is created", "the deletion process takes up to 60 seconds. Requests you send involving that queue during the 60 seconds might succeed". */
const queues = plain<SimQueue, CreateQueueCommandInput>({
  table: "sqs.queues",
  arn: (sim, name) => sim.arn("sqs", name),
  names: {
    rule: /^[\w-]{1,80}$/,
    refusal: [
      "InvalidParameterValue",
      "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    ],
  },
  check: (sim, { Attributes: attributes = {} }) => checkAttributes(sim, attributes),
  made: (sim, { Attributes: attributes = {} }, name) => ({
    name,
    url: `https://sqs.${sim.region}.amazonaws.com/${sim.account}/${name}`,
    createdAt: sim.now,
    changedAt: sim.now,
    attributes: withAttributes(DEFAULTS, attributes),
    before: { ...DEFAULTS },
    changesSeenAt: sim.in(TIMING.queueAttributes),
  }),
  // The same one where all that is asked for is as it is.
  again(queue, { Attributes: attributes = {} }) {
    const differing = Object.entries(attributes).find(([name, value]) => (queue.attributes[name] ?? "") !== value);
    if (differing)
      refuse(
        "QueueNameExists",
        `A queue already exists with the same name and a different value for attribute ${differing[0]}`,
      );
    return queue;
  },
  missing: () => MISSING,
  lag: { usable: 1, list: TIMING.listLag, deleting: TIMING.queueDelete },
  nameTaken: {
    seconds: 60,
    refusal: [
      "QueueDeletedRecently",
      "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    ],
  },
  tags: { code: "InvalidParameterValue" },
  // A page holds a thousand (SQS API Reference, ListQueues).
  pages: { usual: 1_000, code: "InvalidParameterValue" },
});

/** The queue at a URL, or SQS's refusal. */
function queueAt(sim: Sim, url = ""): SimQueue {
  const queue = queues.find(sim, url.split("/").at(-1));
  return queue.url === url ? queue : refuse(...MISSING);
}

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

/** Amazon SQS, as far as Fairlead asks it: the standard queues themselves, and nothing of their messages. */
export const sqs = {
  CreateQueue: (input: CreateQueueCommandInput, sim): Answer<CreateQueueCommandOutput> => ({
    QueueUrl: queues.create(sim, { key: input.QueueName ?? "", tags: input.tags }, input).url,
  }),

  GetQueueUrl(input: GetQueueUrlCommandInput, sim): Answer<GetQueueUrlCommandOutput> {
    onlyKnown("GetQueueUrl", input, "QueueName");
    return { QueueUrl: queues.find(sim, input.QueueName).url };
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

  /** Its token comes only with `MaxResults` (SQS API Reference, ListQueues). */
  ListQueues(input: ListQueuesCommandInput, sim): Answer<ListQueuesCommandOutput> {
    const { QueueNamePrefix: prefix = "", MaxResults: size, NextToken: token } = input;
    const { page, next } = queues.list(sim, { token, size }, ({ name }) => name.startsWith(prefix));
    const urls = page.map(({ url }) => url);
    return { ...(urls.length > 0 ? { QueueUrls: urls } : {}), ...(size === undefined ? {} : { NextToken: next }) };
  },

  DeleteQueue(input: DeleteQueueCommandInput, sim) {
    queues.delete(sim, queueAt(sim, input.QueueUrl).name);
    return {};
  },

  ListQueueTags(input: ListQueueTagsCommandInput, sim): Answer<ListQueueTagsCommandOutput> {
    const { tags } = queueAt(sim, input.QueueUrl);
    // A queue without tags has no list of them either.
    return Object.keys(tags).length === 0 ? {} : { Tags: tags };
  },

  TagQueue: (input: TagQueueCommandInput, sim) => queues.tag(sim, queueAt(sim, input.QueueUrl).arn, input.Tags),
  UntagQueue: (input: UntagQueueCommandInput, sim) =>
    queues.untag(sim, queueAt(sim, input.QueueUrl).arn, input.TagKeys),
} satisfies Operations;
