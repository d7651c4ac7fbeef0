import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { answering } from "../../../src/simulator/simulator.ts";
import { World } from "../../../src/simulator/world.ts";

type Statement = Readonly<Record<string, unknown>>;

/** Calls of a caller with these statements, and what they were authorized as. */
function calls(...statements: readonly Statement[]) {
  const asked: string[] = [];
  const world = World.empty();
  // Each call is made long after the one before: what was created is found.
  let now = world.data.now;
  const of = (policies: readonly string[] | undefined) =>
    answering({
      world,
      clock: new VirtualClock((now += 60_000)),
      account: "123456789012",
      region: "eu-west-1",
      caller: {
        ...(policies && { policies }),
        asked: ({ action, resource }) => void asked.push(`${action} ${resource}`),
      },
    });
  const send = (policies: readonly string[] | undefined) => (service: string, operation: string, input: object) =>
    of(policies)({ service, operation, input, command: undefined, region: "eu-west-1" });
  const Statement = statements.map((one) => ({ Effect: "Allow", Resource: "*", ...one }));
  return { asked, anyone: send(undefined), caller: send([JSON.stringify({ Version: "2012-10-17", Statement })]) };
}

const vpc = { CidrBlock: "10.0.0.0/16" };
const owned = (value: string) => [{ ResourceType: "vpc", Tags: [{ Key: "fairlead:stack", Value: value }] }];

describe("a caller of the simulated AWS", () => {
  it("is refused in each service's own words", () => {
    const { caller } = calls({ Action: "sts:*" });
    const words = (action: string, resource: string) =>
      `User: arn:aws:iam::123456789012:user/local is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
    expect(() => caller("EC2", "DescribeVpcs", {})).toThrow(
      expect.objectContaining({
        name: "UnauthorizedOperation",
        message: expect.stringContaining(words("ec2:DescribeVpcs", "*")) as string,
      }),
    );
    expect(() => caller("ECS", "DescribeClusters", { clusters: ["a"] })).toThrow(
      expect.objectContaining({
        name: "AccessDeniedException",
        message: words("ecs:DescribeClusters", "arn:aws:ecs:eu-west-1:123456789012:cluster/a"),
      }),
    );
    expect(() => caller("SNS", "CreateTopic", { Name: "a" })).toThrow(
      expect.objectContaining({ name: "AuthorizationErrorException" }),
    );
    // A response to HEAD has no body.
    expect(() => caller("S3", "HeadObject", { Bucket: "bucket-a", Key: "k" })).toThrow(
      expect.objectContaining({ name: "UnknownError", message: "UnknownError" }),
    );
  });

  it("may ask who they are without any permission", () => {
    expect(calls({ Action: "s3:*" }).caller("STS", "GetCallerIdentity", {})).toMatchObject({ Account: "123456789012" });
  });

  it("creates with the tags that a policy demands, and with no others", () => {
    const tag = { StringEquals: { "aws:RequestTag/fairlead:stack": "shop" } };
    const { caller, asked } = calls({ Action: ["ec2:CreateVpc", "ec2:CreateTags"], Condition: tag });
    caller("EC2", "CreateVpc", { ...vpc, TagSpecifications: owned("shop") });
    expect(asked).toEqual([
      "ec2:CreateVpc arn:aws:ec2:eu-west-1:123456789012:vpc/*",
      "ec2:CreateTags arn:aws:ec2:eu-west-1:123456789012:vpc/*",
    ]);
    expect(() => caller("EC2", "CreateVpc", { ...vpc, TagSpecifications: owned("other") })).toThrow("ec2:CreateVpc");
    expect(() => caller("EC2", "CreateVpc", vpc)).toThrow("ec2:CreateVpc");
  });

  it("deletes what has the tags that a policy demands, and nothing else", () => {
    const tag = { StringEquals: { "aws:ResourceTag/fairlead:stack": "shop" } };
    const { caller, anyone } = calls({ Action: "ec2:DeleteVpc", Condition: tag });
    const made = (name: string) =>
      (anyone("EC2", "CreateVpc", { ...vpc, TagSpecifications: owned(name) }) as { Vpc: { VpcId: string } }).Vpc.VpcId;
    expect(() => caller("EC2", "DeleteVpc", { VpcId: made("other") })).toThrow("ec2:DeleteVpc");
    caller("EC2", "DeleteVpc", { VpcId: made("shop") });
  });

  it("passes a role only to the service that a policy names", () => {
    const rule = { Name: "rule", EventPattern: JSON.stringify({ source: ["aws.s3"] }) };
    const targets = {
      Rule: "rule",
      Targets: [
        { Id: "a", Arn: "arn:aws:codepipeline:eu-west-1:123456789012:p", RoleArn: "arn:aws:iam::123456789012:role/r" },
      ],
    };
    const passed = (service: string) =>
      calls(
        { Action: "events:*" },
        { Action: "iam:PassRole", Condition: { StringEquals: { "iam:PassedToService": service } } },
      );
    const wrong = passed("ecs-tasks.amazonaws.com");
    wrong.anyone("EventBridge", "PutRule", rule);
    expect(() => wrong.caller("EventBridge", "PutTargets", targets)).toThrow("perform: iam:PassRole");
  });

  it("is not told that an object is absent without s3:ListBucket", () => {
    const { caller, anyone } = calls({ Action: "s3:GetObject" });
    anyone("S3", "CreateBucket", {
      Bucket: "bucket-a",
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    });
    expect(() => caller("S3", "GetObject", { Bucket: "bucket-a", Key: "k" })).toThrow("perform: s3:ListBucket");
    expect(() => anyone("S3", "GetObject", { Bucket: "bucket-a", Key: "k" })).toThrow(
      expect.objectContaining({ name: "NoSuchKey" }),
    );
  });

  it("creates a service-linked role with an account's first cluster only", () => {
    const { caller, anyone } = calls({ Action: "ecs:*" });
    const refused =
      "perform: iam:CreateServiceLinkedRole on resource: arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com";
    expect(() => caller("ECS", "CreateCluster", { clusterName: "a" })).toThrow(refused);
    anyone("ECS", "CreateCluster", { clusterName: "a" });
    caller("ECS", "CreateCluster", { clusterName: "b" });
  });
});
