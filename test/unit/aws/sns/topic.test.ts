import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Subscription, type SubscriptionSpec } from "../../../../src/aws/sns/subscription.ts";
import { Topic, type TopicSpec } from "../../../../src/aws/sns/topic.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const sns = mockClient(SNSClient);
beforeEach(() => sns.reset());

const ARN = "arn:aws:sns:ap-northeast-1:123456789012:demo-test-alarms";
const spec: TopicSpec = {
  name: "demo-test-alarms",
  region: undefined,
  displayName: "Alarms",
  policy: { Version: "2012-10-17", Statement: [] },
  tags: tagsIn("demo-test"),
};

describe("sns/topic", () => {
  it("is created once, with tags and policy in one call; after a lost response it is looked for", async () => {
    sns.on(CreateTopicCommand).rejects(awsError("InternalError", "lost", 500));
    await expect(Topic.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sns.commandCalls(CreateTopicCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        Name: spec.name,
        Attributes: { DisplayName: "Alarms", Policy: '{"Version":"2012-10-17","Statement":[]}' },
        Tags: OWNED,
      },
    ]);
  });

  it("shows a key and other settings as unmanaged, and is found by name if another owner has it", async () => {
    const Attributes = { TopicArn: ARN, Policy: "{}", KmsMasterKeyId: "alias/aws/sns", SignatureVersion: "2" };
    sns.on(GetTopicAttributesCommand).resolves({ Attributes });
    sns.on(ListTagsForResourceCommand).resolves({ Tags: FOREIGN });
    const seen = await Topic.observe(mocked(), lookFor(spec));
    expect(seen?.unmanaged).toEqual(["KmsMasterKeyId alias/aws/sns", "SignatureVersion 2"]);
    expect(seen?.owner).toContain("other");
  });

  it("is absent by the codes of both calls", async () => {
    sns.on(GetTopicAttributesCommand).rejects(awsError("NotFoundException", "Topic does not exist"));
    sns.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "Resource does not exist"));
    expect(await Topic.observe(mocked(), lookFor(spec))).toBeUndefined();
  });
});

describe("sns/subscription", () => {
  const one = (endpoint: string): SubscriptionSpec => ({ topicArn: ARN, protocol: "email", endpoint });
  const listed = (Endpoint: string, SubscriptionArn: string) => ({ Protocol: "email", Endpoint, SubscriptionArn });
  const observed = (endpoint: string) => ({
    id: `${ARN}/email/${endpoint}`,
    attrs: { endpoint },
    spec: one(endpoint),
    owner: undefined,
    ready: true,
  });

  it("is found with the others of its topic in one call, in any case of letters; a deleted one is absent", async () => {
    sns.on(ListSubscriptionsByTopicCommand).resolves({
      Subscriptions: [listed("A@example.com", "PendingConfirmation"), listed("b@example.com", "Deleted")],
    });
    const aws = mocked();
    const snapshot = new Snapshot();
    const look = (endpoint: string) => Subscription.observe(aws, { ...lookFor(one(endpoint)), snapshot });
    expect(await look("a@example.com")).toMatchObject({
      id: `${ARN}/email/a@example.com`,
      ready: true,
      status: "PendingConfirmation",
    });
    expect(await look("b@example.com")).toBeUndefined();
    expect(sns.calls()).toHaveLength(1);
  });

  it("is not unsubscribed while it waits for its confirmation, which AWS would refuse", async () => {
    sns.on(ListSubscriptionsByTopicCommand).resolves({
      Subscriptions: [listed("a@example.com", "PendingConfirmation"), listed("b@example.com", `${ARN}:1`)],
    });
    await Subscription.delete(mocked(), observed("a@example.com"));
    expect(sns.commandCalls(UnsubscribeCommand)).toHaveLength(0);
    await Subscription.delete(mocked(), observed("b@example.com"));
    expect(sns.commandCalls(UnsubscribeCommand)).toHaveLength(1);
  });

  it("goes with its topic", async () => {
    sns.on(ListSubscriptionsByTopicCommand).rejects(awsError("NotFoundException", "Topic does not exist"));
    await Subscription.delete(mocked(), observed("a@example.com"));
    expect(await Subscription.observe(mocked(), lookFor(one("a@example.com")))).toBeUndefined();
  });

  it("is created again by the same call if the response was lost", async () => {
    sns
      .on(SubscribeCommand)
      .rejectsOnce(awsError("InternalError", "lost", 500))
      .resolves({});
    const made = await Subscription.create(mocked(), one("a@example.com"), making());
    expect(made.id).toBe(`${ARN}/email/a@example.com`);
    expect(sns.commandCalls(SubscribeCommand)).toHaveLength(2);
  });
});
