import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { ListDistributionsCommand, ListResponseHeadersPoliciesCommand } from "@aws-sdk/client-cloudfront";
import { CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import { CreateRepositoryCommand, DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListRulesCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetBucketTaggingCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import type { Aws } from "../../../src/aws/aws.ts";
import { everyPage, type Page } from "../../../src/aws/pages.ts";
import { pageOf } from "../../../src/simulator/pages.ts";
import type { SimBucket } from "../../../src/simulator/s3/records.ts";
import { simulated } from "../../support/simulated.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => `n${String(index).padStart(3, "0")}`);

/** How many items each page has. */
async function sizes(read: (token: string | undefined) => Promise<Page<unknown>>) {
  const found: number[] = [];
  await everyPage(async (token) => {
    const page = await read(token);
    found.push(page.items?.length ?? 0);
    return page;
  });
  return found;
}

describe("a simulated page", () => {
  const cut = { usual: 2, most: 3, code: "TooMany", badToken: "BadToken" };
  const all = ["a", "b", "c", "d", "e"];

  it("is as long as usual, or as asked for, and the last one has no token", () => {
    const first = pageOf(all, { token: undefined }, cut);
    expect(first.page).toEqual(["a", "b"]);
    const second = pageOf(all, { token: first.next, size: 3 }, cut);
    expect(second).toEqual({ page: ["c", "d", "e"], next: undefined });
    expect(pageOf([], { token: undefined }, cut)).toEqual({ page: [], next: undefined });
  });

  it("is refused with the service's codes: a size that it does not sell, a token that it never gave", () => {
    const asking = (token: string | undefined, size?: number) => () => pageOf(all, { token, size }, cut);
    for (const size of [0, 4, 1.5])
      expect(asking(undefined, size)).toThrow(expect.objectContaining({ name: "TooMany" }));
    for (const token of ["2", "", "nonsense"])
      expect(asking(token)).toThrow(expect.objectContaining({ name: "BadToken" }));
  });
});

describe("the simulated lists", () => {
  it("have a hundred clusters, log groups by fifty, a hundred repositories and a hundred rules on a page", async () => {
    const { aws } = simulated();
    for (const name of upTo(101)) {
      await aws.ecs(new CreateClusterCommand({ clusterName: name }));
      await aws.logs(new CreateLogGroupCommand({ logGroupName: name }));
      await aws.ecr(new CreateRepositoryCommand({ repositoryName: name }));
      await aws.eventBridge(new PutRuleCommand({ Name: name, EventPattern: '{"source":["aws.s3"]}' }));
    }
    expect(
      await sizes(async (nextToken) => {
        const page = await aws.ecs(new ListClustersCommand({ nextToken }));
        return { items: page.clusterArns, next: page.nextToken };
      }),
    ).toEqual([100, 1]);
    expect(
      await sizes(async (nextToken) => {
        const page = await aws.logs(new DescribeLogGroupsCommand({ nextToken }));
        return { items: page.logGroups, next: page.nextToken };
      }),
    ).toEqual([50, 50, 1]);
    expect(
      await sizes(async (nextToken) => {
        const page = await aws.ecr(new DescribeRepositoriesCommand({ nextToken }));
        return { items: page.repositories, next: page.nextToken };
      }),
    ).toEqual([100, 1]);
    expect(
      await sizes(async (NextToken) => {
        const page = await aws.eventBridge(new ListRulesCommand({ NextToken, NamePrefix: "n" }));
        return { items: page.Rules, next: page.NextToken };
      }),
    ).toEqual([100, 1]);
  });

  it("return roles without their tags", async () => {
    const { aws } = simulated();
    const trust = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    for (const RoleName of upTo(3))
      await aws.iam(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags: [{ Key: "team", Value: "a" }] }));
    const first = await aws.iam(new ListRolesCommand({ MaxItems: 2 }));
    expect(first.Roles?.map(({ RoleName, Tags }) => [RoleName, Tags])).toEqual([
      ["n000", undefined],
      ["n001", undefined],
    ]);
    expect(first.IsTruncated).toBe(true);
    const last = await aws.iam(new ListRolesCommand({ Marker: first.Marker }));
    expect([last.Roles?.length, last.IsTruncated, last.Marker]).toEqual([1, false, undefined]);
  });

  it("distinguish families with an active revision from those without", async () => {
    const { aws } = simulated();
    const containerDefinitions = [{ name: "app", image: "demo" }];
    const register = async (family: string) =>
      (await aws.ecs(new RegisterTaskDefinitionCommand({ family, containerDefinitions }))).taskDefinition;
    await register("shop");
    const { taskDefinitionArn: taskDefinition } = (await register("shop-old")) ?? {};
    await register("other");
    await aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    const families = async (status?: "ALL" | "ACTIVE" | "INACTIVE") => {
      const command = new ListTaskDefinitionFamiliesCommand({ familyPrefix: "shop", ...(status ? { status } : {}) });
      return (await aws.ecs(command)).families;
    };
    expect(await families()).toEqual(["shop", "shop-old"]);
    expect(await families("ALL")).toEqual(["shop", "shop-old"]);
    expect(await families("ACTIVE")).toEqual(["shop"]);
    expect(await families("INACTIVE")).toEqual(["shop-old"]);
    const page = await aws.ecs(new ListTaskDefinitionsCommand({ maxResults: 1 }));
    expect(page.nextToken).toBeDefined();
    const rest = await aws.ecs(new ListTaskDefinitionsCommand({ nextToken: page.nextToken }));
    expect([page, rest].flatMap(({ taskDefinitionArns }) => taskDefinitionArns)).toHaveLength(2);
  });

  it("have the buckets of all regions, and only those of this one can be read here", async () => {
    const { aws, world } = simulated();
    for (const Bucket of ["demo-far", "demo-here", "other"])
      await aws.s3(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "ap-northeast-1" } }),
      );
    const far = world.table<SimBucket>("s3.buckets")["demo-far"];
    if (far) far.region = "eu-west-1";
    const { Buckets = [], ContinuationToken } = await aws.s3(
      new ListBucketsCommand({ Prefix: "demo-", MaxBuckets: 1 }),
    );
    expect(Buckets.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([["demo-far", "eu-west-1"]]);
    const rest = await aws.s3(new ListBucketsCommand({ Prefix: "demo-", ContinuationToken }));
    expect(rest.Buckets?.map(({ Name }) => Name)).toEqual(["demo-here"]);
    expect(rest.ContinuationToken).toBeUndefined();
    await expect(aws.s3(new GetBucketTaggingCommand({ Bucket: "demo-far" }))).rejects.toMatchObject({
      name: "PermanentRedirect",
      $metadata: { httpStatusCode: 301 },
    });
  });

  const refused: readonly (readonly [string, string, (aws: Aws) => Promise<unknown>])[] = [
    ["ECS", "InvalidParameterException", ({ ecs }) => ecs(new ListClustersCommand({ maxResults: 101 }))],
    [
      "ECS, where 101 clusters are named",
      "InvalidParameterException",
      ({ ecs }) => ecs(new DescribeClustersCommand({ clusters: upTo(101) })),
    ],
    [
      "Elastic Load Balancing, where 21 target groups are named",
      "ValidationError",
      ({ elb }) => elb(new DescribeTargetGroupsCommand({ TargetGroupArns: upTo(21) })),
    ],
    [
      "Elastic Load Balancing, where 21 load balancers are named",
      "ValidationError",
      ({ elb }) => elb(new DescribeLoadBalancersCommand({ LoadBalancerArns: upTo(21) })),
    ],
    [
      "Application Auto Scaling, of policies",
      "ValidationException",
      ({ autoScaling }) => autoScaling(new DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs", MaxResults: 11 })),
    ],
    [
      "Application Auto Scaling, where a dimension is given without the service whose actions are asked for",
      "ValidationException",
      ({ autoScaling }) =>
        autoScaling(
          new DescribeScheduledActionsCommand({
            ServiceNamespace: "ecs",
            ScalableDimension: "ecs:service:DesiredCount",
          }),
        ),
    ],
    [
      "an ECS cluster that is not there",
      "ClusterNotFoundException",
      ({ ecs }) => ecs(new ListServicesCommand({ cluster: "no" })),
    ],
    [
      "ECR, where names are given too",
      "InvalidParameterException",
      ({ ecr }) => ecr(new DescribeRepositoriesCommand({ repositoryNames: ["demo"], maxResults: 1 })),
    ],
    ["S3", "InvalidArgument", ({ s3 }) => s3(new ListBucketsCommand({ MaxBuckets: 10_001 }))],
    ["CloudWatch Logs", "InvalidParameterException", ({ logs }) => logs(new DescribeLogGroupsCommand({ limit: 51 }))],
    ["IAM", "ValidationError", ({ iam }) => iam(new ListRolesCommand({ Marker: "no" }))],
    ["CloudFront", "InvalidArgument", ({ cloudFront }) => cloudFront(new ListDistributionsCommand({ Marker: "no" }))],
    [
      "CloudFront's policies",
      "InvalidArgument",
      ({ cloudFront }) => cloudFront(new ListResponseHeadersPoliciesCommand({ Type: "custom", MaxItems: 101 })),
    ],
    ["CodeBuild", "InvalidInputException", ({ codeBuild }) => codeBuild(new ListProjectsCommand({ nextToken: "no" }))],
    [
      "CodePipeline",
      "InvalidNextTokenException",
      ({ codePipeline }) => codePipeline(new ListPipelinesCommand({ nextToken: "no" })),
    ],
    ["EventBridge", "InvalidToken", ({ eventBridge }) => eventBridge(new ListRulesCommand({ NextToken: "no" }))],
    [
      "Application Auto Scaling, where a dimension is given without resources",
      "ValidationException",
      ({ autoScaling }) =>
        autoScaling(
          new DescribeScalableTargetsCommand({
            ServiceNamespace: "ecs",
            ScalableDimension: "ecs:service:DesiredCount",
          }),
        ),
    ],
  ];
  it.each(refused)("refuse what %s refuses, with its own %s", async (_service, name, ask) => {
    await expect(ask(simulated().aws)).rejects.toMatchObject({ name });
  });
});
