import { Queue } from "../../src/aws/sqs/queue.ts";
import { tlsOnly } from "../../src/aws/sqs/tls-only.ts";
import { QUEUE_VARIABLE, queueVariable } from "../../src/config/naming.ts";
import type { WorkerService } from "../../src/config/stack.ts";
import type { Grants } from "../own-resources.ts";
import { allow } from "../policies/allow.ts";
import type { Scope } from "../scope.ts";

const DAY = 86_400;
/**
 * The longest retention in SQS: messages that could not be processed are kept for a person (SQS API Reference, CreateQueue,
 * MessageRetentionPeriod).
 */
const LONGEST = 14 * DAY;
/** The longest wait of a receive, for fewer empty responses and lower cost (SQS developer guide, "Amazon SQS short and long polling"). */
const LONG_POLL = 20;

/** The queue of a worker, and its dead-letter queue. */
export function workQueue(scope: Scope, { name, queue }: { name: string; queue: NonNullable<WorkerService["queue"]> }) {
  const settings = (queueName: string) => ({
    name: queueName,
    visibilityTimeout: queue.visibilityTimeout,
    receiveWaitSeconds: LONG_POLL,
    managedEncryption: true,
    policy: tlsOnly(scope.arn("sqs", queueName)),
  });
  const dead = scope.add("queue/dead-letters", Queue, {
    ...settings(`${name}-dead-letters`),
    retentionSeconds: LONGEST,
    redrivePolicy: undefined,
  });
  const made = scope.add("queue/queue", Queue, {
    ...settings(name),
    retentionSeconds: queue.retentionDays * DAY,
    redrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: queue.maxReceives },
  });
  // Output names of workers must not collide: `mail_dead_letter_queue_url` would be the queue of `mail-dead-letter`.
  scope.output("queue_url", made.url);
  scope.output("dead_letters_url", dead.url);
  return { name: made.name, url: made.url, arn: made.arn };
}

/** The properties of a worker's queue that other components use. */
export type WorkQueue = ReturnType<typeof workQueue>;

/** Variables and permissions of the worker itself: receive messages, return them, and send new ones. */
export const workerGrants = ({ url, arn }: WorkQueue): Required<Grants> => ({
  environment: { [QUEUE_VARIABLE]: url },
  permissions: [
    {
      ...allow(
        "Work",
        [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ],
        "",
      ),
      Resource: arn,
    },
  ],
});

/**
 * Variables and permissions of a service for the queues of the stack's workers: send messages. A single statement for all of them keeps the
 * role's policy short.
 */
export function senderGrants(queues: readonly (readonly [worker: string, queue: WorkQueue])[]): Required<Grants> {
  if (queues.length === 0) return { environment: {}, permissions: [] };
  const Resource = queues.map(([, { arn }]) => arn);
  return {
    environment: Object.fromEntries(queues.map(([worker, { url }]) => [queueVariable(worker), url])),
    permissions: [
      { ...allow("SendToWorkers", ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], ""), Resource },
    ],
  };
}
