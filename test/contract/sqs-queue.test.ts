import { Queue, type QueueSpec } from "../../src/aws/sqs/queue.ts";
import { tlsOnly } from "../../src/aws/sqs/tls-only.ts";
import type { Simulated } from "../support/simulated.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

const arnOf = ({ aws }: Simulated, name: string) => `arn:aws:sqs:${aws.region}:${aws.account}:${name}`;

const queueSpec = (at: Simulated, name: string): QueueSpec => ({
  name,
  visibilityTimeout: 60,
  retentionSeconds: 1_209_600,
  receiveWaitSeconds: 20,
  redrivePolicy: undefined,
  managedEncryption: true,
  policy: tlsOnly(arnOf(at, name)),
  tags: {},
});

contract({
  kind: Queue,
  spec: async (at) => {
    const { arn } = await made(at, Queue, queueSpec(at, "demo-test-failed"));
    return { ...queueSpec(at, "demo-test-work"), redrivePolicy: { deadLetterTargetArn: arn, maxReceiveCount: 5 } };
  },
  edits: {
    visibilityTimeout: () => 120,
    retentionSeconds: () => 345_600,
    receiveWaitSeconds: () => 5,
    redrivePolicy: () => undefined,
    managedEncryption: () => false,
    policy: () => undefined,
  },
});
