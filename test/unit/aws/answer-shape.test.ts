import { DescribeVpcsCommand, DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { DescribeScalableTargetsCommand } from "@aws-sdk/client-application-auto-scaling";
import { ListTagsForResourceCommand } from "@aws-sdk/client-application-auto-scaling";
import { describe, expect, it } from "vitest";
import { answerShape } from "../../../src/aws/answer-shape.ts";

const vpcs = new DescribeVpcsCommand({});

describe("the shape of an answer", () => {
  it("names members and types, and no values but AWS's own words for states and types", () => {
    const answer = {
      $metadata: { requestId: "r" },
      Vpcs: [{ VpcId: "vpc-0123456789abcdef0", State: "available", IsDefault: false, OwnerId: "123456789012" }],
    };
    expect(answerShape(vpcs, answer)).toEqual({
      Vpcs: ["list"],
      "Vpcs[].IsDefault": ["boolean"],
      "Vpcs[].OwnerId": ["string"],
      "Vpcs[].State": ["=available", "string"],
      "Vpcs[].VpcId": ["string"],
    });
  });

  it("reports what only some items of a list have, without its members", () => {
    const answer = { Vpcs: [{ VpcId: "vpc-1" }, { VpcId: "vpc-2", Tags: [{ Key: "a", Value: "b" }] }] };
    expect(answerShape(vpcs, answer)).toEqual({
      Vpcs: ["list"],
      "Vpcs[].Tags": ["absent", "list"],
      "Vpcs[].Tags[].Key": ["string"],
      "Vpcs[].Tags[].Value": ["string"],
      "Vpcs[].VpcId": ["string"],
    });
  });

  it("distinguishes an empty list from a missing one", () => {
    expect(answerShape(vpcs, { Vpcs: [] })).toEqual({ Vpcs: ["empty list"] });
    expect(answerShape(vpcs, {})).toEqual({});
    expect(answerShape(vpcs, { Vpcs: undefined })).toEqual({});
  });

  it("takes no key of a map for a name: those are the user's", () => {
    const tags = new ListTagsForResourceCommand({ ResourceARN: "arn" });
    expect(answerShape(tags, { Tags: { "password-of": "hunter2", Type: "hunter" } })).toEqual({
      Tags: ["map"],
      "Tags{}": ["string"],
    });
    expect(answerShape(tags, { Tags: {} })).toEqual({ Tags: ["empty map"] });
  });

  it("masks what AWS's model marks as sensitive, and words that are not AWS's", () => {
    const token = new GetAuthorizationTokenCommand({});
    const answer = { authorizationData: [{ authorizationToken: "hunter", expiresAt: new Date(0) }] };
    expect(JSON.stringify(answerShape(token, answer))).not.toContain("hunter");
    const nat = new DescribeNatGatewaysCommand({});
    const failed = { NatGateways: [{ State: "failed", FailureCode: "eni-0123456789abcdef0 is 10.0.0.1" }] };
    expect(answerShape(nat, failed)).toMatchObject({
      "NatGateways[].State": ["=failed", "string"],
      "NatGateways[].FailureCode": ["string"],
    });
  });

  it("reports dates, numbers, words in lists and empty structures", () => {
    const repositories = { repositories: [{ createdAt: new Date(0), imageScanningConfiguration: {} }] };
    expect(answerShape(new DescribeRepositoriesCommand({}), repositories)).toEqual({
      repositories: ["list"],
      "repositories[].createdAt": ["date"],
      "repositories[].imageScanningConfiguration": ["empty structure"],
    });
    const services = { services: [{ desiredCount: 2, deployments: [{ rolloutState: "IN_PROGRESS" }] }] };
    expect(answerShape(new DescribeServicesCommand({ services: [] }), services)).toMatchObject({
      "services[].desiredCount": ["number"],
      "services[].deployments[].rolloutState": ["=IN_PROGRESS", "string"],
    });
    const targets = { ScalableTargets: [{ SuspendedState: { DynamicScalingInSuspended: false } }] };
    expect(answerShape(new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" }), targets)).toEqual({
      ScalableTargets: ["list"],
      "ScalableTargets[].SuspendedState.DynamicScalingInSuspended": ["boolean"],
    });
  });
});
