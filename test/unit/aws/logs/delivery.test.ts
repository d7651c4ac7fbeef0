import {
  CloudWatchLogsClient,
  CreateDeliveryCommand,
  DeleteDeliverySourceCommand,
  DescribeDeliveriesCommand,
  DescribeDeliverySourcesCommand,
  GetDeliveryCommand,
  GetDeliverySourceCommand,
  ListTagsForResourceCommand,
  PutDeliveryDestinationCommand,
  PutDeliverySourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Delivery, type DeliverySpec } from "../../../../src/aws/logs/delivery.ts";
import { DeliveryDestination } from "../../../../src/aws/logs/delivery-destination.ts";
import { DeliverySource, type DeliverySourceSpec } from "../../../../src/aws/logs/delivery-source.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, tagsIn } from "../../../support/mocked.ts";

const logs = mockClient(CloudWatchLogsClient);
beforeEach(() => logs.reset().resolves({}));
const sent = () => logs.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);
const missing = () => awsError("ResourceNotFoundException", "Requested resource does not exist.");

const AT = "arn:aws:logs:us-east-1:123456789012";
const tags = tagsIn("demo-test");
const source: DeliverySourceSpec = {
  name: "demo-test-cdn-E1",
  region: "us-east-1",
  resourceArn: "arn:aws:cloudfront::123456789012:distribution/E1",
  logType: "ACCESS_LOGS",
  tags,
};
const delivery: DeliverySpec = {
  sourceName: source.name,
  destinationArn: `${AT}:delivery-destination:demo-test-cdn`,
  recordFields: ["date", "time"],
  tags,
};
const described = {
  id: "abc123",
  arn: `${AT}:delivery:abc123`,
  deliverySourceName: delivery.sourceName,
  deliveryDestinationArn: delivery.destinationArn,
  deliveryDestinationType: "S3" as const,
  recordFields: ["date", "time"],
  s3DeliveryConfiguration: { suffixPath: "AWSLogs/{account-id}/CloudFront/", enableHiveCompatiblePath: false },
};

describe("logs/delivery-destination", () => {
  it("is looked up where the answer was lost: a second put with tags would be refused", async () => {
    logs.on(PutDeliveryDestinationCommand).rejects(awsError("InternalFailure", "injected", 500));
    const to = {
      name: "demo-test-cdn",
      region: "us-east-1",
      resourceArn: "arn:aws:s3:::demo",
      format: "json",
    } as const;
    await expect(DeliveryDestination.create(mocked(), { ...to, tags }, making())).rejects.toThrow(UncertainAnswer);
    expect(sent()).toHaveLength(1);
  });
});

describe("logs/delivery-source", () => {
  it("is put with its tags, once the distribution is known there", async () => {
    logs.on(PutDeliverySourceCommand).rejectsOnce(missing()).resolves({});
    const told: string[] = [];
    const arn = `${AT}:delivery-source:demo-test-cdn-E1`;
    expect(await DeliverySource.create(mocked(), source, making(told))).toEqual({
      id: arn,
      attrs: { name: source.name, arn },
    });
    expect(told).toEqual([arn]);
    const { region: _, ...input } = source;
    expect(sent()).toEqual([
      ["PutDeliverySourceCommand", input],
      ["PutDeliverySourceCommand", input],
    ]);
  });

  it("is looked up where the answer was lost: a second put with tags would be refused", async () => {
    logs.on(PutDeliverySourceCommand).rejects(awsError("InternalFailure", "injected", 500));
    await expect(DeliverySource.create(mocked(), source, making())).rejects.toThrow(UncertainAnswer);
    expect(sent()).toHaveLength(1);
  });

  it("says how to find the source that its distribution has already", async () => {
    const words = "This ResourceId has already been used in another Delivery Source in this account";
    logs.on(PutDeliverySourceCommand).rejects(awsError("ConflictException", words));
    await expect(DeliverySource.create(mocked(), source, making())).rejects.toThrow(
      /the logs of arn:aws:cloudfront::123456789012:distribution\/E1 already have a delivery source that is not this stack's, and AWS allows one\. To find it: aws logs describe-delivery-sources --query .+ --region us-east-1\. Delete it with its deliveries, or adopt it\.$/,
    );
    expect(logs.calls()).toHaveLength(1);
  });

  it("is found under any name if it is of the distribution, so that the plan refuses one of someone else", async () => {
    logs.on(GetDeliverySourceCommand).rejects(missing());
    const arn = `${AT}:delivery-source:CreatedByCloudFront-E1`;
    const { resourceArn, logType } = source;
    logs
      .on(DescribeDeliverySourcesCommand, {})
      .resolves({ deliverySources: [{ arn: "other", resourceArns: ["other"], logType }], nextToken: "more" });
    logs
      .on(DescribeDeliverySourcesCommand, { nextToken: "more" })
      .resolves({ deliverySources: [{ arn, resourceArns: [resourceArn], logType }] });
    logs.on(ListTagsForResourceCommand, { resourceArn: arn }).resolves({ tags: { team: "a" } });
    expect(await DeliverySource.observe(mocked(), lookFor<DeliverySourceSpec>(source))).toMatchObject({
      id: arn,
      owner: undefined,
      spec: { name: "CreatedByCloudFront-E1", resourceArn, logType, region: "us-east-1" },
    });
  });

  it("is deleted once AWS knows that its delivery is gone, also a second time", async () => {
    const id = `${AT}:delivery-source:demo-test-cdn-E1`;
    const observed = { id, attrs: { name: source.name, arn: id }, spec: source, owner: undefined, ready: true };
    logs
      .on(DeleteDeliverySourceCommand)
      .rejectsOnce(awsError("ConflictException", "It is associated with a delivery."))
      .resolvesOnce({})
      .rejects(missing());
    await DeliverySource.delete(mocked(), observed);
    await DeliverySource.delete(mocked(), observed);
    expect(logs.calls()).toHaveLength(3);
  });
});

describe("logs/delivery", () => {
  const attrs = { arn: described.arn, destinationType: "S3" };
  const observed = { id: described.arn, attrs, spec: delivery, owner: undefined, ready: true };

  it("is created without a path, which AWS prepends to, once nothing else changes its source or destination", async () => {
    logs
      .on(CreateDeliveryCommand)
      .rejectsOnce(
        awsError("ConflictException", "Requested resource is currently being updated. Please try again later."),
      )
      .resolves({ delivery: described });
    expect(await Delivery.create(mocked(), delivery, making())).toEqual({ id: described.arn, attrs });
    expect(sent()[1]).toEqual([
      "CreateDeliveryCommand",
      {
        deliverySourceName: delivery.sourceName,
        deliveryDestinationArn: delivery.destinationArn,
        recordFields: ["date", "time"],
        tags,
      },
    ]);
  });

  it("is not created again after a lost response or a conflict, and is found by its two ends", async () => {
    logs
      .on(CreateDeliveryCommand)
      .rejectsOnce(awsError("InternalError", "", 500))
      .rejectsOnce(awsError("ConflictException", "A delivery already exists."));
    await expect(Delivery.create(mocked(), delivery, making())).rejects.toBeInstanceOf(UncertainAnswer);
    await expect(Delivery.create(mocked(), delivery, making())).rejects.toThrow("already exists");
    expect(logs.calls()).toHaveLength(2);
    logs.on(DescribeDeliveriesCommand).resolves({ deliveries: [{ ...described, deliverySourceName: "x" }, described] });
    logs.on(ListTagsForResourceCommand).resolves({ tags });
    expect(await Delivery.observe(mocked(), lookFor<DeliverySpec>(delivery))).toMatchObject({
      id: described.arn,
      spec: delivery,
      drifted: [],
    });
  });

  it("shows another path in the bucket as drift, and sets AWS's own again", async () => {
    logs.on(GetDeliveryCommand).resolves({
      delivery: { ...described, s3DeliveryConfiguration: { suffixPath: "/mine/", enableHiveCompatiblePath: true } },
    });
    logs.on(ListTagsForResourceCommand).resolves({ tags });
    const seen = await Delivery.observe(mocked(), lookFor<DeliverySpec>(delivery, described.arn));
    expect(seen?.drifted?.map(({ path, old }) => [path, old])).toEqual([
      ["s3.suffixPath", "mine"],
      ["s3.enableHiveCompatiblePath", true],
    ]);
    logs.resetHistory();
    await Delivery.update(mocked(), { ...observed, drifted: seen?.drifted }, delivery, new Set());
    expect(sent()).toEqual([
      [
        "UpdateDeliveryConfigurationCommand",
        {
          id: "abc123",
          recordFields: ["date", "time"],
          s3DeliveryConfiguration: { suffixPath: "AWSLogs/{account-id}/CloudFront", enableHiveCompatiblePath: false },
        },
      ],
    ]);
  });

  it("changes the fields of one that goes to CloudWatch Logs without a path, and nothing if nothing differs", async () => {
    const toGroup = { ...observed, attrs: { ...attrs, destinationType: "CWL" } };
    await Delivery.update(mocked(), toGroup, delivery, new Set());
    expect(sent()).toEqual([]);
    await Delivery.update(mocked(), toGroup, { ...delivery, recordFields: ["date"] }, new Set(["recordFields"]));
    expect(sent()).toEqual([["UpdateDeliveryConfigurationCommand", { id: "abc123", recordFields: ["date"] }]]);
  });
});
