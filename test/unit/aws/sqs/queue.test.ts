import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Queue, type QueueSpec } from "../../../../src/aws/sqs/queue.ts";
import { tlsOnly } from "../../../../src/aws/sqs/tls-only.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, tagsIn } from "../../../support/mocked.ts";

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());
const sent = () => sqs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const url = (name: string) => `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${name}`;
const ARN = "arn:aws:sqs:ap-northeast-1:123456789012:demo-test-work";
const DEAD = "arn:aws:sqs:ap-northeast-1:123456789012:demo-test-failed";
const tags = tagsIn("demo-test");
const spec: QueueSpec = {
  name: "demo-test-work",
  visibilityTimeout: 60,
  retentionSeconds: 345_600,
  receiveWaitSeconds: 20,
  redrivePolicy: { deadLetterTargetArn: DEAD, maxReceiveCount: 5 },
  managedEncryption: true,
  policy: tlsOnly(ARN),
  tags,
};
const attrs = { name: spec.name, url: url(spec.name), arn: ARN };
const observed = { id: spec.name, attrs, spec, owner: undefined, ready: true };
const written = {
  VisibilityTimeout: "60",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "20",
  RedrivePolicy: JSON.stringify(spec.redrivePolicy),
  SqsManagedSseEnabled: "true",
  Policy: JSON.stringify(spec.policy),
};
const told = {
  ...written,
  QueueArn: ARN,
  DelaySeconds: "0",
  MaximumMessageSize: "262144",
  ApproximateNumberOfMessages: "3",
};
const gone = awsError("QueueDoesNotExist", "The specified queue does not exist.");

describe("sqs/queue", () => {
  it("creates with all attributes and tags in one call, and its name is its id", async () => {
    sqs.on(CreateQueueCommand).resolves({ QueueUrl: attrs.url });
    const ids: string[] = [];
    expect(await Queue.create(mocked(), spec, making(ids))).toEqual({ id: spec.name, attrs });
    expect(ids).toEqual([spec.name]);
    expect(sent()).toEqual([["CreateQueueCommand", { QueueName: spec.name, Attributes: written, tags }]]);
  });

  it("leaves out what is not set, and repeats a create whose response was lost: the same queue is the answer", async () => {
    sqs
      .on(CreateQueueCommand)
      .rejectsOnce(awsError("InternalError", "injected", 500))
      .resolves({ QueueUrl: attrs.url });
    await Queue.create(mocked(), { ...spec, redrivePolicy: undefined, policy: undefined }, making());
    const { RedrivePolicy: _redrive, Policy: _policy, ...Attributes } = written;
    expect(sqs.commandCalls(CreateQueueCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { QueueName: spec.name, Attributes, tags },
      { QueueName: spec.name, Attributes, tags },
    ]);
  });

  it("waits for the name of a queue that was just deleted, and for a dead-letter queue that was just made", async () => {
    const target = `Value {} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`;
    sqs
      .on(CreateQueueCommand)
      .rejectsOnce(awsError("QueueDeletedRecently", "You must wait 60 seconds after deleting a queue"))
      .rejectsOnce(awsError("InvalidParameterValue", target))
      .rejectsOnce(awsError("InvalidAttributeValue", target))
      .resolvesOnce({ QueueUrl: attrs.url })
      .rejects(awsError("InvalidAttributeValue", "Invalid value for the parameter VisibilityTimeout."));
    await Queue.create(mocked(), spec, making());
    expect(sqs.calls()).toHaveLength(4);
    await expect(Queue.create(mocked(), spec, making())).rejects.toThrow("Invalid value");
    expect(sqs.calls()).toHaveLength(5);
  });

  it("observes by its name, with numbers as numbers and documents as documents", async () => {
    sqs.on(GetQueueUrlCommand, { QueueName: spec.name }).resolves({ QueueUrl: attrs.url });
    const RedrivePolicy = JSON.stringify({ maxReceiveCount: "5", deadLetterTargetArn: DEAD });
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ...told, RedrivePolicy } });
    sqs.on(ListQueueTagsCommand).resolves({ Tags: { ...tags } });
    const seen = await Queue.observe(mocked(), lookFor(spec));
    expect(seen).toMatchObject({ id: spec.name, attrs, spec, owner: "demo/test/ap-northeast-1:network/it" });
    expect(seen?.unmanaged).toBeUndefined();
    expect(sent().slice(1)).toEqual([
      ["GetQueueAttributesCommand", { QueueUrl: attrs.url, AttributeNames: ["All"] }],
      ["ListQueueTagsCommand", { QueueUrl: attrs.url }],
    ]);
  });

  it("does not ask for the URL of a recorded queue, but for that of one whose create was not completed", async () => {
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: attrs.url });
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: told });
    sqs.on(ListQueueTagsCommand).resolves({ Tags: { ...tags } });
    const look = lookFor(spec, spec.name);
    expect(await Queue.observe(mocked(), { ...look, knownAttrs: attrs })).toMatchObject({ attrs, spec });
    expect(sqs.commandCalls(GetQueueUrlCommand)).toHaveLength(0);
    expect(await Queue.observe(mocked(), look)).toMatchObject({ attrs, spec });
    expect(sqs.commandCalls(GetQueueUrlCommand)).toHaveLength(1);
    sqs.on(GetQueueAttributesCommand).rejects(gone);
    expect(await Queue.observe(mocked(), { ...look, knownAttrs: attrs })).toBeUndefined();
  });

  it("shows what others set on it, and a key of KMS's as encryption that is off", async () => {
    const more = { DelaySeconds: "5", KmsMasterKeyId: "alias/own", SqsManagedSseEnabled: "false", RedrivePolicy: "" };
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: attrs.url });
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ...told, ...more, MaximumMessageSize: "2048" } });
    sqs.on(ListQueueTagsCommand).resolves({});
    const seen = await Queue.observe(mocked(), lookFor(spec));
    expect(seen?.unmanaged).toEqual(["DelaySeconds 5", "KmsMasterKeyId alias/own", "MaximumMessageSize 2048"]);
    expect(seen?.spec).toMatchObject({ managedEncryption: false, redrivePolicy: undefined, tags: {} });
  });

  it("is absent where there is no queue of that name, or none any more once it is asked for", async () => {
    sqs.on(GetQueueUrlCommand).rejects(gone);
    expect(await Queue.observe(mocked(), lookFor(spec, spec.name))).toBeUndefined();
    sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: attrs.url });
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: told });
    sqs.on(ListQueueTagsCommand).rejects(gone);
    expect(await Queue.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("writes only what differs, empties what goes, and takes a key of KMS's off for SQS's own", async () => {
    sqs.on(SetQueueAttributesCommand).resolves({});
    const wanted = { ...spec, visibilityTimeout: 90, redrivePolicy: undefined, policy: undefined };
    await Queue.update(mocked(), observed, wanted, new Set(["visibilityTimeout", "redrivePolicy", "policy"]));
    await Queue.update(mocked(), observed, spec, new Set(["managedEncryption"]));
    expect(sent()).toEqual([
      [
        "SetQueueAttributesCommand",
        { QueueUrl: attrs.url, Attributes: { VisibilityTimeout: "90", RedrivePolicy: "", Policy: "" } },
      ],
      [
        "SetQueueAttributesCommand",
        { QueueUrl: attrs.url, Attributes: { SqsManagedSseEnabled: "true", KmsMasterKeyId: "" } },
      ],
    ]);
  });

  it("changes tags in separate calls", async () => {
    sqs.on(TagQueueCommand).resolves({}).on(UntagQueueCommand).resolves({});
    const now = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await Queue.update(mocked(), now, { ...spec, tags: { ...tags, team: "blue" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagQueueCommand", { QueueUrl: attrs.url, Tags: { team: "blue" } }],
      ["UntagQueueCommand", { QueueUrl: attrs.url, TagKeys: ["old"] }],
    ]);
  });

  it("counts a queue that is gone already as deleted", async () => {
    sqs.on(DeleteQueueCommand).rejects(gone);
    await expect(Queue.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([["DeleteQueueCommand", { QueueUrl: attrs.url }]]);
  });

  it("lists what the stack owns: every page, by name and tags, what went meanwhile left out", async () => {
    sqs
      .on(ListQueuesCommand)
      .resolvesOnce({ QueueUrls: [url("demo-test-work"), url("demo-test-2-work")], NextToken: "more" })
      .resolvesOnce({ QueueUrls: [url("demo-test-gone"), url("demo-testing")] });
    sqs.on(ListQueueTagsCommand).rejects(gone);
    sqs.on(ListQueueTagsCommand, { QueueUrl: url("demo-test-work") }).resolves({ Tags: { ...tags } });
    sqs
      .on(ListQueueTagsCommand, { QueueUrl: url("demo-test-2-work") })
      .resolves({ Tags: { ...tagsIn("demo-test-2") } });
    expect(await Queue.list?.(mocked(), [])).toEqual([
      { id: "demo-test-work", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    const asked = { QueueNamePrefix: "demo-test", MaxResults: 1_000 };
    expect(sqs.commandCalls(ListQueuesCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { ...asked, NextToken: undefined },
      { ...asked, NextToken: "more" },
    ]);
  });
});
