import { Queue } from "../../src/aws/sqs/queue.ts";
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
  scope.output("queue_url", made.url);
  scope.output("dead_letter_queue_url", dead.url);
  return { name: made.name, url: made.url, arn: made.arn };
}

/** What others may know of a worker's queue. */
export type WorkQueue = ReturnType<typeof workQueue>;

/** What the worker itself is told and may do: take messages, give them back, and put new ones in. */
export const workerGrants = ({ url, arn }: WorkQueue): Required<Grants> => ({
  environment: { QUEUE_URL: url },
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

/** What the stack's other services are told and may do: put messages in. */
export const senderGrants = (worker: string, { url, arn }: WorkQueue): Required<Grants> => ({
  environment: { [`${variable(worker)}_QUEUE_URL`]: url },
  permissions: [
    {
      ...allow(`SendTo${pascal(worker)}`, ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], ""),
      Resource: arn,
    },
  ],
});

/** A service's name as a variable begins with it: `daily-mail` is `DAILY_MAIL`. */
export const variable = (name: string): string => name.toUpperCase().replaceAll("-", "_");

/** The same as a statement's id has it, which takes letters and digits only (IAM user guide, "IAM JSON policy elements: Sid"). */
const pascal = (name: string): string =>
  name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** Refuses everything that does not come over TLS. */
const tlsOnly = (arn: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "TlsOnly",
      Effect: "Deny" as const,
      Principal: "*" as const,
      Action: "sqs:*",
      Resource: arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});
