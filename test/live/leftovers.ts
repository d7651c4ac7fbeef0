import { DescribeScalableTargetsCommand } from "@aws-sdk/client-application-auto-scaling";
import { ListDistributionsCommand, ListResponseHeadersPoliciesCommand } from "@aws-sdk/client-cloudfront";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { BatchGetProjectsCommand } from "@aws-sdk/client-codebuild";
import { ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import { DescribeClustersCommand, DescribeServicesCommand, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { hasCode } from "../../src/aws/errors.ts";
import { GLOBAL_REGION } from "../../src/aws/tagging.ts";
import { everyPage, type Page } from "../../src/aws/pages.ts";
import type { Names } from "../../src/config/naming.ts";
import type { Services } from "./live-target.ts";

/** What is left of a stack by AWS's word. */
export interface Leftovers {
  /** Found in a service's own list, with what it is. */
  readonly left: readonly { readonly what: string; readonly id: string }[];
  /**
   * ARNs that the tagging API still names although the service's own list has nothing of the kind any more: it goes on naming what is gone
   * for a while.
   */
  readonly lagging: readonly string[];
  /** Lists that could not be read, and why not: nobody can say what is left there. */
  readonly unread: readonly { readonly what: string; readonly error: string }[];
}

/** Kinds of ARNs whose lists are read directly below, by `service` or `service:type`. */
const LISTED = [
  "cloudwatch",
  "cloudfront",
  "codebuild",
  "codepipeline",
  "ec2:elastic-ip",
  "ec2:internet-gateway",
  "ec2:natgateway",
  "ec2:network-acl",
  "ec2:route-table",
  "ec2:security-group",
  "ec2:security-group-rule",
  "ec2:subnet",
  "ec2:vpc",
  "ec2:vpc-endpoint",
  "ec2:vpc-flow-log",
  "ecr",
  "ecs",
  "elasticloadbalancing",
  "events",
  "iam",
  "logs",
  "s3",
  "secretsmanager",
  "sns",
  "application-autoscaling",
];

/** Everything of the stack that can be found: by its owner tags and by its names, without asking Fairlead or its state. */
export async function leftovers(services: Services, name: string, names: Names): Promise<Leftovers> {
  const left: { what: string; id: string }[] = [];
  const unread: { what: string; error: string }[] = [];
  await Promise.all(
    Object.entries(listsOf(services, name, names)).map(async ([what, list]) => {
      try {
        for (const id of await list()) left.push({ what, id: id ?? "?" });
      } catch (error) {
        unread.push({ what, error: (error as Error).message });
      }
    }),
  );
  const lagging: string[] = [];
  try {
    for (const arn of await tagged(services, name))
      if (isListed(arn)) lagging.push(arn);
      else left.push({ what: "tagged resource", id: arn });
  } catch (error) {
    unread.push({ what: "tagging API", error: (error as Error).message });
  }
  return { left, lagging, unread };
}

function isListed(arn: string): boolean {
  const [, , service = "", , , resource = ""] = arn.split(":");
  return LISTED.includes(service) || LISTED.includes(`${service}:${resource.split("/")[0]}`);
}

async function tagged(services: Services, name: string): Promise<string[]> {
  const TagFilters = [{ Key: "fairlead:stack", Values: [name] }];
  const found = [services.tagging, services.in(GLOBAL_REGION).tagging].map((send) =>
    everyPage(async (PaginationToken) => {
      const page = await send(new GetResourcesCommand({ TagFilters, PaginationToken }));
      return {
        items: page.ResourceTagMappingList?.map(({ ResourceARN = "" }) => ResourceARN),
        next: page.PaginationToken,
      };
    }),
  );
  return [...new Set((await Promise.all(found)).flat())];
}

type Id = string | undefined;

/** A name that is asked for and not there is an empty list. */
const orNothing = (list: Promise<Id[]>, ...codes: string[]): Promise<Id[]> =>
  list.catch((error: unknown) => {
    if (hasCode(error, ...codes)) return [];
    throw error;
  });

const named = (start: string) => (id: Id) => id?.startsWith(start) === true;

/** The lists by what they are of. */
function listsOf(services: Services, name: string, names: Names): Record<string, () => Promise<Id[]>> {
  const { prefix } = names;
  return { ...networkLists(services, name), ...namedLists(services, names, named(prefix)) };
}

function networkLists({ ec2 }: Services, name: string): Record<string, () => Promise<Id[]>> {
  const Filters = [{ Name: "tag:fairlead:stack", Values: [name] }];
  const paged = <T>(read: (token: string | undefined) => Promise<Page<T>>) => everyPage(read);
  return {
    VPC: async () => (await ec2(new DescribeVpcsCommand({ Filters }))).Vpcs?.map(({ VpcId }) => VpcId) ?? [],
    subnet: async () =>
      (await ec2(new DescribeSubnetsCommand({ Filters }))).Subnets?.map(({ SubnetId }) => SubnetId) ?? [],
    "internet gateway": async () =>
      (await ec2(new DescribeInternetGatewaysCommand({ Filters }))).InternetGateways?.map(
        ({ InternetGatewayId }) => InternetGatewayId,
      ) ?? [],
    "elastic IP address": async () =>
      (await ec2(new DescribeAddressesCommand({ Filters }))).Addresses?.map(({ AllocationId }) => AllocationId) ?? [],
    "NAT gateway": () =>
      paged(async (NextToken) => {
        const page = await ec2(new DescribeNatGatewaysCommand({ Filter: Filters, NextToken }));
        // A deleted one is listed for about an hour (API reference, DeleteNatGateway).
        const standing = page.NatGateways?.filter(({ State }) => State !== "deleted");
        return { items: standing?.map(({ NatGatewayId }) => NatGatewayId), next: page.NextToken };
      }),
    "route table": async () =>
      (await ec2(new DescribeRouteTablesCommand({ Filters }))).RouteTables?.map(({ RouteTableId }) => RouteTableId) ??
      [],
    "security group": async () =>
      (await ec2(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.map(({ GroupId }) => GroupId) ?? [],
    "network ACL": async () =>
      (await ec2(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls?.map(({ NetworkAclId }) => NetworkAclId) ??
      [],
    "flow log": async () =>
      (await ec2(new DescribeFlowLogsCommand({ Filter: Filters }))).FlowLogs?.map(({ FlowLogId }) => FlowLogId) ?? [],
    "VPC endpoint": async () =>
      (await ec2(new DescribeVpcEndpointsCommand({ Filters }))).VpcEndpoints?.filter(
        ({ State }) => State?.toLowerCase() !== "deleted",
      ).map(({ VpcEndpointId }) => VpcEndpointId) ?? [],
  };
}

function namedLists(services: Services, names: Names, own: (id: Id) => boolean): Record<string, () => Promise<Id[]>> {
  const { autoScaling, cloudFront, codeBuild, codePipeline, ecr, ecs, elb, eventBridge, iam, logs, s3 } = services;
  const { cluster, service } = names;
  const logGroups = (logGroupNamePrefix: string) =>
    everyPage(async (nextToken) => {
      const page = await logs(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
      return { items: page.logGroups?.map(({ logGroupName }) => logGroupName), next: page.nextToken };
    });
  return {
    ...optionalLists(services, names, own),
    "log group": async () => [
      ...(await logGroups(names.applicationLogGroup)),
      ...(await logGroups(names.buildLogGroup)),
      ...(await logGroups(`/aws/ecs/containerinsights/${cluster}`)),
    ],
    "load balancer": () =>
      orNothing(
        elb(new DescribeLoadBalancersCommand({ Names: [names.loadBalancer] })).then(({ LoadBalancers: found = [] }) =>
          found.map(({ LoadBalancerName }) => LoadBalancerName),
        ),
        "LoadBalancerNotFound",
      ),
    "target group": () =>
      everyPage(async (Marker) => {
        const page = await elb(new DescribeTargetGroupsCommand({ Marker }));
        return {
          items: page.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName).filter(own),
          next: page.NextMarker,
        };
      }),
    cluster: async () =>
      (await ecs(new DescribeClustersCommand({ clusters: [cluster] }))).clusters
        ?.filter(({ status }) => status !== "INACTIVE")
        .map(({ clusterName }) => clusterName) ?? [],
    service: () =>
      orNothing(
        ecs(new DescribeServicesCommand({ cluster, services: [service] })).then(({ services: found = [] }) =>
          found.filter(({ status }) => status !== "INACTIVE").map(({ serviceName }) => serviceName),
        ),
        "ClusterNotFoundException",
      ),
    "task definition": async () =>
      (await ecs(new ListTaskDefinitionsCommand({ familyPrefix: names.taskFamily }))).taskDefinitionArns ?? [],
    "scalable target": async () =>
      (
        await autoScaling(
          new DescribeScalableTargetsCommand({
            ServiceNamespace: "ecs",
            ResourceIds: [`service/${cluster}/${service}`],
          }),
        )
      ).ScalableTargets?.map(({ ResourceId }) => ResourceId) ?? [],
    distribution: () =>
      everyPage(async (Marker) => {
        const { DistributionList: page } = await cloudFront(new ListDistributionsCommand({ Marker }));
        const ours = page?.Items?.filter(({ Comment }) => Comment === names.distributionComment);
        return { items: ours?.map(({ Id }) => Id), next: page?.NextMarker };
      }),
    "response headers policy": () =>
      everyPage(async (Marker) => {
        const command = new ListResponseHeadersPoliciesCommand({ Type: "custom", Marker });
        const { ResponseHeadersPolicyList: page } = await cloudFront(command);
        const ids = page?.Items?.map((item) => item.ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name);
        return { items: ids?.filter(own), next: page?.NextMarker };
      }),
    role: () =>
      everyPage(async (Marker) => {
        const page = await iam(new ListRolesCommand({ Marker }));
        return { items: page.Roles?.map(({ RoleName }) => RoleName).filter(own), next: page.Marker };
      }),
    bucket: async () =>
      (await s3(new ListBucketsCommand({ Prefix: names.prefix }))).Buckets?.map(({ Name }) => Name).filter(own) ?? [],
    repository: () =>
      orNothing(
        ecr(new DescribeRepositoriesCommand({ repositoryNames: [names.repository] })).then(({ repositories = [] }) =>
          repositories.map(({ repositoryName }) => repositoryName),
        ),
        "RepositoryNotFoundException",
      ),
    "build project": async () =>
      (await codeBuild(new BatchGetProjectsCommand({ names: [names.buildProject, names.warmProject] }))).projects?.map(
        (one) => one.name,
      ) ?? [],
    pipeline: () =>
      everyPage(async (nextToken) => {
        const page = await codePipeline(new ListPipelinesCommand({ nextToken }));
        return { items: page.pipelines?.map((one) => one.name).filter(own), next: page.nextToken };
      }),
    "event rule": async () =>
      (await eventBridge(new ListRulesCommand({ NamePrefix: names.prefix }))).Rules?.map(({ Name }) => Name) ?? [],
  };
}

/** What only optional settings make. */
function optionalLists(
  { cloudWatch, secretsManager, sns }: Services,
  { prefix }: Names,
  own: (id: Id) => boolean,
): Record<string, () => Promise<Id[]>> {
  return {
    // Those of its deletion window are left out: it has been deleted, and AWS removes it (Secrets Manager API Reference, ListSecrets,
    // IncludePlannedDeletion: "By default, secrets scheduled for deletion aren't included").
    secret: () =>
      everyPage(async (NextToken) => {
        const Filters = [{ Key: "name" as const, Values: [`${prefix}/`] }];
        const page = await secretsManager(new ListSecretsCommand({ Filters, NextToken }));
        return { items: page.SecretList?.map(({ Name }) => Name), next: page.NextToken };
      }),
    alarm: () =>
      everyPage(async (NextToken) => {
        const page = await cloudWatch(new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken }));
        return { items: page.MetricAlarms?.map(({ AlarmName }) => AlarmName), next: page.NextToken };
      }),
    dashboard: () =>
      everyPage(async (NextToken) => {
        const page = await cloudWatch(new ListDashboardsCommand({ DashboardNamePrefix: prefix, NextToken }));
        return { items: page.DashboardEntries?.map(({ DashboardName }) => DashboardName), next: page.NextToken };
      }),
    topic: () =>
      everyPage(async (NextToken) => {
        const page = await sns(new ListTopicsCommand({ NextToken }));
        const topics = page.Topics?.map(({ TopicArn }) => TopicArn?.split(":").at(-1));
        return { items: topics?.filter(own), next: page.NextToken };
      }),
  };
}
