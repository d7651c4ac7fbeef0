import {
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  UpdateDistributionCommand,
  type DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import { GetPipelineCommand, ListPipelinesCommand, UpdatePipelineCommand } from "@aws-sdk/client-codepipeline";
import { DescribeRouteTablesCommand, CreateRouteCommand } from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand, PutLifecyclePolicyCommand } from "@aws-sdk/client-ecr";
import {
  CreateListenerCommand,
  DescribeLoadBalancersCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListRulesCommand, PutTargetsCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import {
  GetBucketLifecycleConfigurationCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { StackConfig } from "../../src/index.ts";
import { Stage } from "../support/stage.ts";

interface Row {
  readonly what: string;
  readonly change: (aws: Aws) => Promise<unknown>;
  /** The resource that shows it, and in which words: the path of a difference, or what is unmanaged. */
  readonly id: string;
  readonly shown: string;
  /** Put back by the next reconcile, or left where it is by that and by an edit of the same resource. */
  readonly fate: "reverted" | "kept";
  readonly edit?: StackConfig;
}

/** Changes the distribution's config, as the console does: the whole of it is written. */
const onDistribution = (edit: (config: DistributionConfig) => Partial<DistributionConfig>) => async (aws: Aws) => {
  const { DistributionList: list } = await aws.cloudFront(new ListDistributionsCommand({}));
  const { Id } = list?.Items?.[0] ?? {};
  const { ETag: IfMatch, DistributionConfig: config } = await aws.cloudFront(new GetDistributionConfigCommand({ Id }));
  if (!config) throw new Error("the distribution has no config");
  const DistributionConfig = { ...config, ...edit(config) };
  await aws.cloudFront(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig }));
};

const balancerArn = async (aws: Aws) =>
  (await aws.elb(new DescribeLoadBalancersCommand({}))).LoadBalancers?.[0]?.LoadBalancerArn;

const EDGE = "edge/distribution";
const CHEAPER: StackConfig = { edge: { priceClass: "PriceClass_200" } };
const distribution = (
  what: string,
  edit: (config: DistributionConfig) => Partial<DistributionConfig>,
  shown: string,
  fate: Row["fate"] = "kept",
): Row => ({ what, change: onDistribution(edit), id: EDGE, shown, fate, edit: CHEAPER });

const ROWS: readonly Row[] = [
  distribution(
    "a geo restriction",
    () => ({ Restrictions: { GeoRestriction: { RestrictionType: "whitelist", Quantity: 1, Items: ["JP"] } } }),
    "Restrictions.GeoRestriction.RestrictionType whitelist",
  ),
  distribution(
    "access logs",
    () => ({ Logging: { Enabled: true, IncludeCookies: false, Bucket: "l.s3.amazonaws.com", Prefix: "" } }),
    "Logging",
  ),
  distribution("a root object", () => ({ DefaultRootObject: "index.html" }), "DefaultRootObject index.html"),
  distribution(
    "another origin",
    ({ Origins }) => {
      const Items = [...(Origins?.Items ?? []), ...(Origins?.Items ?? []).map((one) => ({ ...one, Id: "theirs" }))];
      return { Origins: { Quantity: Items.length, Items } };
    },
    "Origins theirs",
  ),
  distribution(
    "a function on a behavior",
    ({ DefaultCacheBehavior }) => ({
      DefaultCacheBehavior: {
        TargetOriginId: undefined,
        ViewerProtocolPolicy: undefined,
        ...DefaultCacheBehavior,
        FunctionAssociations: {
          Quantity: 1,
          Items: [{ EventType: "viewer-request", FunctionARN: "arn:aws:cloudfront::123456789012:function/f" }],
        },
      },
    }),
    "CacheBehavior *.FunctionAssociations",
  ),
  distribution(
    "a path before the origin's",
    ({ Origins }) => ({
      Origins: { Quantity: 1, Items: (Origins?.Items ?? []).map((one) => ({ ...one, OriginPath: "/beta" })) },
    }),
    "Origin.OriginPath",
    "reverted",
  ),
  distribution(
    "another behavior",
    ({ CacheBehaviors }) => {
      const [first] = CacheBehaviors?.Items ?? [];
      if (!first) throw new Error("there is no behavior");
      const Items = [...(CacheBehaviors?.Items ?? []), { ...first, PathPattern: "/beta/*" }];
      return { CacheBehaviors: { Quantity: Items.length, Items } };
    },
    "behaviors",
    "reverted",
  ),
  {
    what: "a lifecycle rule beside the bucket's own",
    async change(aws) {
      const { Buckets } = await aws.s3(new ListBucketsCommand({}));
      const Bucket = Buckets?.find(({ Name }) => Name?.includes("artifact"))?.Name;
      const { Rules = [] } = await aws.s3(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      const theirs = { ID: "theirs", Status: "Enabled", Filter: { Prefix: "x/" }, Expiration: { Days: 1 } } as const;
      await aws.s3(
        new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [...Rules, theirs] } }),
      );
    },
    id: "delivery/artifact-bucket",
    shown: "Lifecycle rule theirs",
    fate: "kept",
    edit: { delivery: { artifactRetentionDays: 11 } },
  },
  {
    what: "another lifecycle policy of the repository",
    async change(aws) {
      const { repositories } = await aws.ecr(new DescribeRepositoriesCommand({}));
      const selection = { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 1 };
      const rules = [{ rulePriority: 1, selection, action: { type: "expire" } }];
      await aws.ecr(
        new PutLifecyclePolicyCommand({
          repositoryName: repositories?.[0]?.repositoryName,
          lifecyclePolicyText: JSON.stringify({ rules }),
        }),
      );
    },
    id: "registry/repository",
    shown: "lifecycle",
    fate: "reverted",
  },
  {
    what: "another stage of the pipeline",
    async change(aws) {
      const { pipelines } = await aws.codePipeline(new ListPipelinesCommand({}));
      const { pipeline } = await aws.codePipeline(new GetPipelineCommand({ name: pipelines?.[0]?.name }));
      const approval = pipeline?.stages?.find(({ name }) => name === "Approval");
      if (!pipeline || !approval) throw new Error("the pipeline has no approval");
      const stages = [...(pipeline.stages ?? []), { ...approval, name: "Again" }];
      await aws.codePipeline(new UpdatePipelineCommand({ pipeline: { ...pipeline, stages } }));
    },
    id: "delivery/pipeline",
    shown: "stages",
    fate: "reverted",
  },
  {
    what: "an input given to the rule's target",
    async change(aws) {
      const { Rules } = await aws.eventBridge(new ListRulesCommand({}));
      const Rule = Rules?.[0]?.Name;
      const { Targets = [] } = await aws.eventBridge(new ListTargetsByRuleCommand({ Rule }));
      const changed = Targets.map((target) => ({ ...target, Input: "{}" }));
      await aws.eventBridge(new PutTargetsCommand({ Rule, Targets: changed }));
    },
    id: "delivery/source-rule",
    shown: "targets[0].strays",
    fate: "reverted",
  },
  {
    what: "an attribute of the load balancer",
    async change(aws) {
      const Attributes = [{ Key: "routing.http2.enabled", Value: "false" }];
      await aws.elb(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: await balancerArn(aws), Attributes }));
    },
    id: "balancer/load-balancer",
    shown: "attributes.routing.http2.enabled false",
    fate: "kept",
    edit: { balancer: { idleTimeout: 99 } },
  },
  {
    what: "a listener beside ours",
    async change(aws) {
      const FixedResponseConfig = { StatusCode: "200", ContentType: "text/plain", MessageBody: "theirs" };
      await aws.elb(
        new CreateListenerCommand({
          LoadBalancerArn: await balancerArn(aws),
          Port: 8080,
          Protocol: "HTTP",
          DefaultActions: [{ Type: "fixed-response", FixedResponseConfig }],
        }),
      );
    },
    id: "balancer/http-listener",
    shown: "listener HTTP:8080 beside it",
    fate: "kept",
  },
  {
    what: "a route in our table",
    async change(aws) {
      const { RouteTables = [] } = await aws.ec2(new DescribeRouteTablesCommand({}));
      const open = RouteTables.find(({ Routes }) => Routes?.some(({ GatewayId }) => GatewayId?.startsWith("igw-")));
      const GatewayId = open?.Routes?.find((route) => route.GatewayId?.startsWith("igw-"))?.GatewayId;
      await aws.ec2(
        new CreateRouteCommand({ RouteTableId: open?.RouteTableId, DestinationCidrBlock: "192.0.2.0/24", GatewayId }),
      );
    },
    id: "network/public-routes",
    shown: "routes.192.0.2.0/24",
    fate: "kept",
  },
];

describe("a change outside Fairlead", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage({});
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  /** What a plan shows of one resource: the paths that differ, or what is unmanaged. */
  async function shown(id: string, fate: Row["fate"]): Promise<readonly string[]> {
    const { json } = await stage.run("plan");
    const action = json.actions.find((one) => one.id === id) as
      | ((typeof json.actions)[number] & { readonly foreign: readonly string[] })
      | undefined;
    return fate === "kept" ? (action?.foreign ?? []) : (action?.differences ?? []).map(({ path }) => path);
  }

  it.each(ROWS)("is shown and $fate: $what", async ({ change, id, shown: words, fate, edit }) => {
    const back = stage.keep();
    await stage.meddle(change);
    const isShown = async () => (await shown(id, fate)).some((one) => one.startsWith(words));
    expect(await isShown()).toBe(true);
    if (edit) stage.edit(edit);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await isShown()).toBe(fate === "kept");
    stage.edit({});
    back();
  });
});
