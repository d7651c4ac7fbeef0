import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { simulated } from "../../support/simulated.ts";

const QueueName = "demo-test-work";

async function queue(Attributes: Record<string, string> = {}) {
  const at = simulated();
  const { QueueUrl } = await at.aws.sqs(new CreateQueueCommand({ QueueName, Attributes }));
  const url = () => at.aws.sqs(new GetQueueUrlCommand({ QueueName }));
  const attributes = async () =>
    (await at.aws.sqs(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {};
  return { ...at, QueueUrl, url, attributes };
}

describe("the simulated SQS", () => {
  it("does not know a queue in its first second, and lists it later still", async () => {
    const { aws, clock, url } = await queue();
    await expect(url()).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    await clock.sleep(1_000);
    expect((await url()).QueueUrl).toBe(`https://sqs.ap-northeast-1.amazonaws.com/123456789012/${QueueName}`);
    const listed = async () => (await aws.sqs(new ListQueuesCommand({ QueueNamePrefix: "demo" }))).QueueUrls ?? [];
    expect(await listed()).toEqual([]);
    await clock.sleep(5_000);
    expect(await listed()).toHaveLength(1);
  });

  it("returns attributes only later, both those of the create and those of a change", async () => {
    const { aws, clock, QueueUrl, attributes } = await queue({ VisibilityTimeout: "60" });
    await clock.sleep(1_000);
    expect(await attributes()).toMatchObject({ VisibilityTimeout: "30" });
    await clock.sleep(60_000);
    expect(await attributes()).toMatchObject({ VisibilityTimeout: "60" });
    await aws.sqs(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "90" } }));
    expect(await attributes()).toMatchObject({ VisibilityTimeout: "60" });
    await clock.sleep(60_000);
    expect(await attributes()).toMatchObject({ VisibilityTimeout: "90" });
  });

  it("still returns a deleted queue, and blocks its name for a minute", async () => {
    const { aws, clock, QueueUrl, url, world } = await queue();
    await clock.sleep(5_000);
    await aws.sqs(new DeleteQueueCommand({ QueueUrl }));
    expect(world.isEmpty()).toBe(true);
    await url();
    expect((await aws.sqs(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([QueueUrl]);
    await clock.sleep(40_000);
    await expect(url()).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    const since = clock.now();
    const again = aws.sqs(new CreateQueueCommand({ QueueName }));
    await expect(again).rejects.toMatchObject({ name: "QueueDeletedRecently" });
    await aws.sqs(new CreateQueueCommand({ QueueName }), { notYet: [{ code: "QueueDeletedRecently" }] });
    expect(clock.now() - since).toBeGreaterThan(15_000);
  });

  it("answers a create with the queue that is just like it, and refuses one that is otherwise", async () => {
    const { aws, QueueUrl } = await queue({ VisibilityTimeout: "60" });
    const same = await aws.sqs(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: "60" } }));
    expect(same.QueueUrl).toBe(QueueUrl);
    const other = aws.sqs(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: "61" } }));
    await expect(other).rejects.toMatchObject({ name: "QueueNameExists" });
  });

  it.each([
    ["InvalidAttributeValue", { VisibilityTimeout: "43201" }],
    ["InvalidAttributeValue", { Policy: "{}" }],
    ["InvalidAttributeName", { FifoQueue: "true" }],
    ["InvalidAttributeName", { SqsManagedSseEnabled: "true", KmsMasterKeyId: "alias/own" }],
    ["InvalidParameterValue", { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:x:1:no","maxReceiveCount":5}' }],
    ["InvalidParameterValue", { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:x:1:no","maxReceiveCount":0}' }],
  ])("refuses with %s the attributes %j", async (name, attributes) => {
    const { aws } = simulated();
    const create = aws.sqs(new CreateQueueCommand({ QueueName, Attributes: attributes }));
    await expect(create).rejects.toMatchObject({ name });
  });

  it("encrypts in one of two ways: a key of KMS's switches SQS's own off, and the other way round", async () => {
    const { aws, clock, QueueUrl, attributes } = await queue();
    const set = async (Attributes: Record<string, string>) => {
      await clock.sleep(2_000);
      await aws.sqs(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      await clock.sleep(60_000);
      return attributes();
    };
    expect(await set({ KmsMasterKeyId: "alias/own" })).toMatchObject({
      KmsMasterKeyId: "alias/own",
      SqsManagedSseEnabled: "false",
    });
    const back = await set({ KmsMasterKeyId: "", SqsManagedSseEnabled: "true" });
    expect(back).toMatchObject({ SqsManagedSseEnabled: "true" });
    expect(back).not.toHaveProperty("KmsMasterKeyId");
  });
});
