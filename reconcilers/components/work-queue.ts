import { Queue } from "../../src/aws/sqs/queue.ts";
import { tlsOnly } from "../../src/aws/sqs/tls-only.ts";
import { QUEUE_VARIABLE, queueVariable } from "../../src/config/naming.ts";
import type { WorkerService } from "../../src/config/stack.ts";
import type { Grants } from "../own-resources.ts";
import { allow } from "../policies/allow.ts";
import type { Scope } from "../scope.ts";

const DAY = 86_400;
/** As long as SQS keeps anything: what could not be worked on waits for a person (SQS API Reference, CreateQueue, MessageRetentionPeriod). */
const LONGEST = 14 * DAY;
/** The longest that a receive can wait: fewer empty answers, for less money (SQS developer guide, "Amazon SQS short and long polling"). */
const LONG_POLL = 20;

/** The queue of a worker, and the one beside it for messages that it could not work on. */
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
  // No two workers' outputs are alike, whatever the workers are called: `mail_dead_letter_queue_url` would be the queue of `mail-dead-letter`.
  scope.output("queue_url", made.url);
  scope.output("dead_letters_url", dead.url);
  return { name: made.name, url: made.url, arn: made.arn };
}

/** What others may know of a worker's queue. */
export type WorkQueue = ReturnType<typeof workQueue>;

/** What the worker itself is told and may do: take messages, give them back, and put new ones in. */
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

/** What a service is told and may do with the queues of the stack's workers: put messages in. One statement for all of them keeps the role's policy short. */
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
