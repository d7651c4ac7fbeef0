// An interface that AWS manages goes with what it belongs to, and only AWS's description of it says what that is.
import { DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import { DescribeTagsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../aws.ts";
import { taskAs, tasksIn } from "../ecs/obstacles.ts";
import { clusterNames } from "../ecs/shared.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { isOwn, named, type Obstacle } from "../obstacles.ts";
import { namedAfter } from "../owned.ts";
import { tagsFrom } from "../tags.ts";

/** AWS's descriptions of interfaces of load balancers, NAT gateways and endpoints; anybody may write them, but AWS manages only its own. */
export const OF_BALANCER = /^ELB (.+)$/;
const OF_NAT = /^Interface for NAT Gateway (\S+)$/;
const OF_ENDPOINT = /^VPC Endpoint Interface (\S+)$/;
/** What ECS calls the interface of a task. */
export const OF_TASK = /^arn:[\w-]+:ecs:[\w-]+:\d{12}:attachment\//;
/** The types that say the same; load balancers of HTTP have none of their own. */
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
 * Whether AWS takes an interface away when what it belongs to goes. That some service of AWS made it is not enough: those of a
 * Lambda function or a database stay as long as these do, and nobody deletes these here.
 */
export const isManaged = ({ Description = "", InterfaceType, RequesterId, RequesterManaged }: NetworkInterface) =>
  OF_TASK.test(Description) ||
  RequesterId === "amazon-elb" ||
  TYPES.has(InterfaceType) ||
  (RequesterManaged === true && [OF_BALANCER, OF_NAT, OF_ENDPOINT].some((form) => form.test(Description)));

/** For so many milliseconds what is the stack's by its name, and the tasks that are in its network, are expected to go by themselves. */
const GOING = 30_000;
/** After so many milliseconds the interface of a task, whose cluster nothing tells, is not taken for one that is going. */
const STAYING = 300_000;

type Bearer = Omit<Obstacle, "how">;

/** What a managed interface belongs to, where that is there and not the stack's own; `undefined` for what goes by itself. */
export async function bearerOf(aws: Aws, one: NetworkInterface, waited: number): Promise<Bearer | undefined> {
  const { Description = "" } = one;
  const match = (form: RegExp) => form.exec(Description)?.[1];
  const [balancer, nat, endpoint] = [match(OF_BALANCER), match(OF_NAT), match(OF_ENDPOINT)];
  const bearer =
    balancer !== undefined
      ? await balancerOf(aws, balancer, waited)
      : nat !== undefined
        ? await natOf(aws, nat)
        : endpoint !== undefined
          ? await endpointOf(aws, endpoint)
          : OF_TASK.test(Description) && waited >= GOING
            ? await taskOf(aws, one, waited)
            : undefined;
  return bearer && isOwn(aws, bearer.tags ?? {}) ? undefined : bearer;
}

/** `app/<name>/<hash>`, `net/<name>/<hash>`; a classic load balancer's is its name alone. */
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
  // In small letters, unlike the SDK's own list of states.
  if (!endpoint || /^delet/i.test(endpoint.State ?? "")) return undefined;
  const tags = tagsFrom(endpoint.Tags);
  const remove = awsCommand(["ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", id], aws);
  return { what: `VPC endpoint ${id}${named(tags)} to ${endpoint.ServiceName}`, tags, remove };
}

/**
 * The task of an interface. What runs in the stack's own clusters is found there by name; nothing leads from an interface to a task of
 * another cluster, so it is told by the interface alone, and late: those of the stack's own tasks look the same while they go.
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
  return { what: "a task of ECS", show };
}
