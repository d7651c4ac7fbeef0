// An interface that AWS manages is deleted with the resource that it belongs to, and only its description says which one that is.
import { DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import { DescribeFileSystemsCommand, DescribeMountTargetsCommand } from "@aws-sdk/client-efs";
import { DescribeTagsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../aws.ts";
import { taskAs, tasksIn } from "../ecs/obstacles.ts";
import { clusterNames } from "../ecs/shared.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { isOwn, named, type Obstacle } from "../obstacles.ts";
import { namedAfter } from "../owned.ts";
import { tagsFrom } from "../tags.ts";

/** AWS's descriptions of interfaces of load balancers, NAT gateways, endpoints and mount targets; anyone may write them, but AWS manages only its own. */
export const OF_BALANCER = /^ELB (.+)$/;
const OF_NAT = /^Interface for NAT Gateway (\S+)$/;
const OF_ENDPOINT = /^VPC Endpoint Interface (\S+)$/;
/** The first is what EFS writes, the second what its API reference says (CreateMountTarget). */
const OF_MOUNT_TARGET = /^(?:EFS m|M)ount target (?:for fs-\w+ \()?(fsmt-\w+)/;
/** The description that ECS gives the interface of a task. */
export const OF_TASK = /^arn:[\w-]+:ecs:[\w-]+:\d{12}:attachment\//;
/**
 * The group that CloudFront makes in a VPC with the first VPC origin there, for interfaces that it deletes some time after the last one ("Restrict access
 * with VPC origins", CloudFront Developer Guide; AWS managed policy AWSCloudFrontVPCOriginServiceRolePolicy).
 */
export const VPC_ORIGINS_GROUP = "CloudFront-VPCOrigins-Service-SG";
/** Interface types with the same meaning; application load balancers have no type of their own. */
const TYPES = new Set<string | undefined>([
  "gateway_load_balancer",
  "gateway_load_balancer_endpoint",
  "load_balancer",
  "natGateway",
  "nat_gateway",
  "network_load_balancer",
  "vpc_endpoint",
]);

/**
 * Whether AWS deletes an interface together with the resource that it belongs to. That an AWS service created it is not enough: those of a
 * Lambda function or a database exist as long as these do, and Fairlead does not delete these.
 */
export const isManaged = ({
  Description = "",
  Groups,
  InterfaceType,
  RequesterId,
  RequesterManaged,
}: NetworkInterface) =>
  OF_TASK.test(Description) ||
  (Groups?.some(({ GroupName }) => GroupName === VPC_ORIGINS_GROUP) ?? false) ||
  RequesterId === "amazon-elb" ||
  TYPES.has(InterfaceType) ||
  (RequesterManaged === true &&
    [OF_BALANCER, OF_NAT, OF_ENDPOINT, OF_MOUNT_TARGET].some((form) => form.test(Description)));

/** For how many milliseconds resources with the stack's names, and tasks in its network, are expected to disappear by themselves. */
const GOING = 30_000;
/** After how many milliseconds the interface of a task of an unknown cluster is no longer expected to disappear. */
const STAYING = 300_000;

type Bearer = Omit<Obstacle, "how">;

/** The resource that a managed interface belongs to, if it exists and is not the stack's; `undefined` if it disappears by itself. */
export async function bearerOf(aws: Aws, one: NetworkInterface, waited: number): Promise<Bearer | undefined> {
  const { Description = "" } = one;
  const match = (form: RegExp) => form.exec(Description)?.[1];
  const [balancer, nat, endpoint, target] = [OF_BALANCER, OF_NAT, OF_ENDPOINT, OF_MOUNT_TARGET].map(match);
  const bearer =
    balancer !== undefined
      ? await balancerOf(aws, balancer, waited)
      : nat !== undefined
        ? await natOf(aws, nat)
        : endpoint !== undefined
          ? await endpointOf(aws, endpoint)
          : target !== undefined
            ? await mountTargetOf(aws, target)
            : OF_TASK.test(Description) && waited >= GOING
              ? await taskOf(aws, one, waited)
              : undefined;
  return bearer && isOwn(aws, bearer.tags ?? {}) ? undefined : bearer;
}

/** `app/<name>/<hash>`, `net/<name>/<hash>`; for a classic load balancer only its name. */
async function balancerOf(aws: Aws, path: string, waited: number): Promise<Bearer | undefined> {
  const [, name] = path.split("/");
  if (name === undefined || (namedAfter(aws.stack, name) && waited < GOING)) return undefined;
  const arn = `arn:${aws.partition}:elasticloadbalancing:${aws.region}:${aws.account}:loadbalancer/${path}`;
  const found = await absent(aws.elb(new DescribeTagsCommand({ ResourceArns: [arn] })), "LoadBalancerNotFound");
  const [described] = found?.TagDescriptions ?? [];
  if (!described) return undefined;
  return {
    what: `load balancer ${name}`,
    tags: tagsFrom(described.Tags),
    remove: awsCommand(["elbv2", "delete-load-balancer", "--load-balancer-arn", arn], aws),
  };
}

async function natOf(aws: Aws, id: string): Promise<Bearer | undefined> {
  const found = await absent(aws.ec2(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] })), "NatGatewayNotFound");
  const gateway = found?.NatGateways?.find(({ NatGatewayId }) => NatGatewayId === id);
  if (!gateway || gateway.State === "deleting" || gateway.State === "deleted") return undefined;
  const tags = tagsFrom(gateway.Tags);
  const remove = awsCommand(["ec2", "delete-nat-gateway", "--nat-gateway-id", id], aws);
  return { what: `NAT gateway ${id}${named(tags)}`, tags, remove };
}

async function endpointOf(aws: Aws, id: string): Promise<Bearer | undefined> {
  const asking = aws.ec2(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  const found = await absent(asking, "InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound");
  const endpoint = found?.VpcEndpoints?.find(({ VpcEndpointId }) => VpcEndpointId === id);
  // In lower case, unlike the SDK's own list of states.
  if (!endpoint || /^delet/i.test(endpoint.State ?? "")) return undefined;
  const tags = tagsFrom(endpoint.Tags);
  const remove = awsCommand(["ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", id], aws);
  return { what: `VPC endpoint ${id}${named(tags)} to ${endpoint.ServiceName}`, tags, remove };
}

async function mountTargetOf(aws: Aws, MountTargetId: string): Promise<Bearer | undefined> {
  const asking = aws.efs(new DescribeMountTargetsCommand({ MountTargetId }));
  const [found] = (await absent(asking, "MountTargetNotFound"))?.MountTargets ?? [];
  if (!found || found.LifeCycleState?.startsWith("delet")) return undefined;
  const { FileSystemId, SubnetId } = found;
  const systems = await absent(aws.efs(new DescribeFileSystemsCommand({ FileSystemId })), "FileSystemNotFound");
  const tags = tagsFrom(systems?.FileSystems?.[0]?.Tags);
  const remove = awsCommand(["efs", "delete-mount-target", "--mount-target-id", MountTargetId], aws);
  return { what: `mount target ${MountTargetId} of ${FileSystemId}${named(tags)} in ${SubnetId}`, tags, remove };
}

/**
 * The task of an interface. Tasks in the stack's own clusters are found by name; nothing in an interface identifies a task of
 * another cluster, so it is reported by the interface alone, and late: those of the stack's own stopping tasks look the same.
 */
async function taskOf(aws: Aws, { NetworkInterfaceId: id = "" }: NetworkInterface, waited: number) {
  for (const cluster of await clusterNames(aws)) {
    const task = (await tasksIn(aws, cluster)).find(({ attachments = [] }) =>
      attachments.some(({ details = [] }) => details.some(({ value }) => value === id)),
    );
    if (task) return taskAs(aws, cluster, task);
  }
  if (waited < STAYING) return undefined;
  const show = awsCommand(["ec2", "describe-network-interfaces", "--network-interface-ids", id], aws);
  return { what: "an ECS task", show };
}
