// What is read of a recorded resource that a teardown will delete: whose it is, and what its delete needs.
import { CloudWatchLogsClient, ListTagsForResourceCommand as ListGroupTags } from "@aws-sdk/client-cloudwatch-logs";
import { CodePipelineClient, ListTagsForResourceCommand as ListPipelineTags } from "@aws-sdk/client-codepipeline";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient, ListTagsForResourceCommand } from "@aws-sdk/client-ecr";
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, ListTagsForResourceCommand as ListRuleTags } from "@aws-sdk/client-eventbridge";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetBucketTaggingCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Pipeline } from "../../../src/aws/codepipeline/pipeline.ts";
import { Vpc } from "../../../src/aws/ec2/vpc.ts";
import { Repository } from "../../../src/aws/ecr/repository.ts";
import { Listener } from "../../../src/aws/elb/listener.ts";
import { ListenerRule } from "../../../src/aws/elb/listener-rule.ts";
import { LoadBalancer } from "../../../src/aws/elb/load-balancer.ts";
import { TargetGroup } from "../../../src/aws/elb/target-group.ts";
import { Rule } from "../../../src/aws/eventbridge/rule.ts";
import { Role } from "../../../src/aws/iam/role.ts";
import { LogGroup } from "../../../src/aws/logs/log-group.ts";
import { Bucket } from "../../../src/aws/s3/bucket.ts";
import { awsError } from "../../support/failing.ts";
import { lookFor, mocked, OWNED } from "../../support/mocked.ts";

const OWNER = "demo/test/ap-northeast-1:network/it";
const [ec2, ecr, elb, events, iam, logs, pipelines, s3] = [
  mockClient(EC2Client),
  mockClient(ECRClient),
  mockClient(ElasticLoadBalancingV2Client),
  mockClient(EventBridgeClient),
  mockClient(IAMClient),
  mockClient(CloudWatchLogsClient),
  mockClient(CodePipelineClient),
  mockClient(S3Client),
];
const all = [ec2, ecr, elb, events, iam, logs, pipelines, s3];
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

  it("is a role, with the policies that are recorded of it, which are deleted first", async () => {
    iam.on(GetRoleCommand).resolves({
      Role: { RoleName: "task", Arn: "arn", Path: "/", RoleId: "AROA", CreateDate: new Date(0), Tags: OWNED },
    });
    const empty = { Version: "2012-10-17" as const, Statement: [] };
    const spec = { policies: { queue: empty, logs: empty }, managedPolicyArns: ["arn:managed"] };
    const seen = await Role.observe(mocked(), { ...known("task"), spec });
    expect(seen?.owner).toBe(OWNER);
    expect(seen?.spec).toMatchObject(spec);
    expect(sent()).toEqual(["GetRole"]);
  });

  it("is a repository's tags", async () => {
    ecr.on(ListTagsForResourceCommand).resolves({ tags: OWNED });
    expect(await Repository.observe(mocked(), known("app", "arn:app"))).toMatchObject({ id: "app", owner: OWNER });
    expect(sent()).toEqual(["ListTagsForResource"]);
    ecr.on(ListTagsForResourceCommand).rejects(awsError("RepositoryNotFoundException", "no such repository"));
    expect(await Repository.observe(mocked(), known("app", "arn:app"))).toBeUndefined();
  });

  it.each([
    ["target group", TargetGroup, "targetgroup/app/0123456789abcdef", "TargetGroupNotFound"],
    ["listener", Listener, "listener/app/app/0123456789abcdef/0123456789abcdef", "ListenerNotFound"],
    ["rule", ListenerRule, "listener-rule/app/app/0123456789abcdef/0123456789abcdef/0123456789abcdef", "RuleNotFound"],
  ])("is the tags of a %s", async (_name, kind, resource, absent) => {
    const arn = `arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:${resource}`;
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: arn, Tags: OWNED }] });
    expect(await kind.observe(mocked(), known(arn, arn))).toMatchObject({ id: arn, owner: OWNER, attrs: { arn } });
    expect(sent()).toEqual(["DescribeTags"]);
    elb.on(DescribeTagsCommand).rejects(awsError(absent, "One or more of them not found"));
    expect(await kind.observe(mocked(), known(arn, arn))).toBeUndefined();
  });

  it("is the tags of a load balancer, and its attributes: whoever protects it, the protection is taken off", async () => {
    const arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/app/0123456789abcdef";
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: arn, Tags: OWNED }] });
    elb
      .on(DescribeLoadBalancerAttributesCommand)
      .resolves({ Attributes: [{ Key: "deletion_protection.enabled", Value: "true" }] });
    const seen = await LoadBalancer.observe(mocked(), known(arn, arn));
    expect(seen?.owner).toBe(OWNER);
    expect(seen?.spec.attributes).toMatchObject({ "deletion_protection.enabled": "true" });
    expect(sent()).toEqual(["DescribeLoadBalancerAttributes", "DescribeTags"]);
  });

  it("is the tags of a pipeline, a rule on events and a log group", async () => {
    const tags = OWNED.map(({ Key, Value }) => ({ key: Key, value: Value }));
    pipelines.on(ListPipelineTags).resolves({ tags });
    events.on(ListRuleTags).resolves({ Tags: OWNED });
    logs.on(ListGroupTags).resolves({ tags: Object.fromEntries(OWNED.map(({ Key, Value }) => [Key, Value])) });
    for (const kind of [Pipeline, Rule, LogGroup])
      expect(await kind.observe(mocked(), known("app", "arn:app"))).toMatchObject({ id: "app", owner: OWNER });
    expect(sent()).toEqual(["ListTagsForResource", "ListTagsForResource", "ListTagsForResource"]);
    pipelines.on(ListPipelineTags).rejects(awsError("ResourceNotFoundException", "no such pipeline"));
    events.on(ListRuleTags).rejects(awsError("ResourceNotFoundException", "no such rule"));
    logs.on(ListGroupTags).rejects(awsError("ResourceNotFoundException", "no such group"));
    for (const kind of [Pipeline, Rule, LogGroup])
      expect(await kind.observe(mocked(), known("app", "arn:app"))).toBeUndefined();
  });

  it("is a VPC without its DNS settings", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: "vpc-1", State: "available", Tags: OWNED }] });
    expect(await Vpc.observe(mocked(), known("vpc-1"))).toMatchObject({ id: "vpc-1", owner: OWNER, ready: true });
    expect(sent()).toEqual(["DescribeVpcs"]);
  });
});
