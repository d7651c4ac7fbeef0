// What is read of a recorded resource that a teardown will delete: whose it is, and what its delete needs.
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand, ECRClient, ListTagsForResourceCommand } from "@aws-sdk/client-ecr";
import {
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { GetBucketTaggingCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Vpc } from "../../../src/aws/ec2/vpc.ts";
import { Repository } from "../../../src/aws/ecr/repository.ts";
import { TargetGroup } from "../../../src/aws/elb/target-group.ts";
import { Role } from "../../../src/aws/iam/role.ts";
import { Bucket } from "../../../src/aws/s3/bucket.ts";
import { lookFor, mocked, OWNED } from "../../support/mocked.ts";

const OWNER = "demo/test/ap-northeast-1:network/it";
const [ec2, ecr, elb, iam, s3] = [
  mockClient(EC2Client),
  mockClient(ECRClient),
  mockClient(ElasticLoadBalancingV2Client),
  mockClient(IAMClient),
  mockClient(S3Client),
];
const all = [ec2, ecr, elb, iam, s3];
/** The operations that were sent, in alphabetical order. */
const sent = () =>
  all
    .flatMap((client) => client.calls().map((call) => call.args[0].constructor.name.replace("Command", "")))
    .toSorted();
const known = (id: string, arn?: string) => ({
  ...lookFor<object>({}, id),
  ...(arn === undefined ? {} : { knownAttrs: { arn } }),
  expected: true as const,
  toDelete: true as const,
});

describe("what a teardown reads before it deletes", () => {
  beforeEach(() => all.forEach((client) => client.reset().rejects(new Error("not asked for"))));

  it("is a bucket's tags", async () => {
    s3.on(GetBucketTaggingCommand).resolves({ TagSet: OWNED });
    expect(await Bucket.observe(mocked(), known("logs"))).toMatchObject({ id: "logs", owner: OWNER, ready: true });
    expect(sent()).toEqual(["GetBucketTagging"]);
  });

  it("is a role, and the names of its policies, which are deleted first", async () => {
    iam.on(GetRoleCommand).resolves({
      Role: { RoleName: "task", Arn: "arn", Path: "/", RoleId: "AROA", CreateDate: new Date(0), Tags: OWNED },
    });
    iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: ["queue", "logs"] });
    iam.on(ListAttachedRolePoliciesCommand).resolves({ AttachedPolicies: [{ PolicyArn: "arn:managed" }] });
    const seen = await Role.observe(mocked(), known("task"));
    expect(seen?.owner).toBe(OWNER);
    expect(Object.keys(seen?.spec.policies ?? {})).toEqual(["queue", "logs"]);
    expect(seen?.spec.managedPolicyArns).toEqual(["arn:managed"]);
    expect(sent()).toEqual(["GetRole", "ListAttachedRolePolicies", "ListRolePolicies"]);
  });

  it("is a repository and its tags", async () => {
    ecr.on(DescribeRepositoriesCommand).resolves({
      repositories: [{ repositoryName: "app", repositoryArn: "arn:app", repositoryUri: "uri" }],
    });
    ecr.on(ListTagsForResourceCommand).resolves({ tags: OWNED });
    expect(await Repository.observe(mocked(), known("app", "arn:app"))).toMatchObject({ id: "app", owner: OWNER });
    expect(sent()).toEqual(["DescribeRepositories", "ListTagsForResource"]);
  });

  it("is a target group and its tags", async () => {
    const arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/app/0123456789abcdef";
    elb.on(DescribeTargetGroupsCommand).resolves({ TargetGroups: [{ TargetGroupArn: arn, TargetGroupName: "app" }] });
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: arn, Tags: OWNED }] });
    expect(await TargetGroup.observe(mocked(), known(arn, arn))).toMatchObject({ id: arn, owner: OWNER });
    expect(sent()).toEqual(["DescribeTags", "DescribeTargetGroups"]);
  });

  it("is a VPC without its DNS settings", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: "vpc-1", State: "available", Tags: OWNED }] });
    expect(await Vpc.observe(mocked(), known("vpc-1"))).toMatchObject({ id: "vpc-1", owner: OWNER, ready: true });
    expect(sent()).toEqual(["DescribeVpcs"]);
  });
});
