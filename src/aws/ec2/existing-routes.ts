// Where the subnets of an existing network lead: a subnet without an association of its own uses the VPC's main route table.
import type { Route, RouteTable, VpcEndpoint } from "@aws-sdk/client-ec2";
import type { NamedSubnet, NetworkReading } from "./existing-vpc.ts";

const ANYWHERE = "0.0.0.0/0";

/** A network that was read, and what is to be known beside it. */
interface Ways {
  readonly reading: NetworkReading;
  /** It belongs to another account, and what is not shown may exist all the same. */
  readonly isShared: boolean;
  readonly region: string;
}

/** The table that a subnet is associated with, or else the VPC's main one (VPC User Guide, "Subnet route tables"). */
function tableOf({ tables }: NetworkReading, id: string): RouteTable | undefined {
  const own = tables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === id));
  return own ?? tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
}

/**
 * The routes of a table that lead out of the VPC: the default one, both halves of it, or one to a prefix list that is no gateway
 * endpoint's, whose ranges are not known here.
 */
function waysOut({ Routes = [] }: RouteTable): Route[] {
  const all = Routes.filter(({ DestinationCidrBlock }) => DestinationCidrBlock === ANYWHERE);
  if (all.length > 0) return all;
  const halves = ["0.0.0.0/1", "128.0.0.0/1"].flatMap((half) =>
    Routes.filter(({ DestinationCidrBlock }) => DestinationCidrBlock === half),
  );
  if (halves.length > 1) return halves;
  return Routes.filter((route) => route.DestinationPrefixListId && !route.GatewayId?.startsWith("vpce-"));
}

const targetOf = (route: Route): string =>
  route.NatGatewayId ??
  route.TransitGatewayId ??
  route.GatewayId ??
  route.VpcPeeringConnectionId ??
  route.InstanceId ??
  route.NetworkInterfaceId ??
  route.LocalGatewayId ??
  route.CoreNetworkArn ??
  "somewhere else";

const said = ({ setting, id }: NamedSubnet) => `${setting}: ${id}`;

/** Why requests from the internet would not reach a load balancer in a public subnet. */
export function publicRoute({ reading, isShared }: Ways, subnet: NamedSubnet): string[] {
  const table = tableOf(reading, subnet.id);
  if (!table)
    return isShared
      ? []
      : [`${said(subnet)} has no route table that AWS tells of. Associate one with it, then run again.`];
  const wanted = `Add a route for ${ANYWHERE} to the internet gateway of the VPC to ${table.RouteTableId}, or name a public subnet.`;
  const [route] = (table.Routes ?? []).filter(({ DestinationCidrBlock }) => DestinationCidrBlock === ANYWHERE);
  if (!route) return [`${said(subnet)} is not public: ${table.RouteTableId} has no route for ${ANYWHERE}. ${wanted}`];
  const { GatewayId: gateway } = route;
  if (!gateway?.startsWith("igw-"))
    return [
      `${said(subnet)} is not public: ${table.RouteTableId} leads ${ANYWHERE} to ${targetOf(route)}, not to an internet gateway. ${wanted}`,
    ];
  const isAttached = reading.internetGateways.includes(gateway) || (isShared && reading.internetGateways.length === 0);
  if (route.State === "blackhole" || !isAttached)
    return [`${said(subnet)} leads ${ANYWHERE} to ${gateway}, which is not attached to the VPC. ${wanted}`];
  return [];
}

/** Whether a private subnet leads out; `isClosed`: it does not, and tasks in it depend on VPC endpoints. */
export function privateRoute(
  { reading, isShared }: Ways,
  subnet: NamedSubnet,
): { isClosed: boolean; problems: string[] } {
  const table = tableOf(reading, subnet.id);
  if (!table)
    return {
      isClosed: false,
      problems: isShared
        ? []
        : [`${said(subnet)} has no route table that AWS tells of. Associate one with it, then run again.`],
    };
  const ways = waysOut(table);
  const problems = ways.flatMap((route) => {
    const it = `${said(subnet)}: ${table.RouteTableId} leads ${route.DestinationCidrBlock ?? route.DestinationPrefixListId} to ${targetOf(route)}`;
    if (route.State === "blackhole")
      return [`${it}, which does not exist any more. Correct the route, or name another subnet.`];
    if (route.GatewayId?.startsWith("igw-"))
      return [
        `${it}, and a task has no public address to reach the internet with. Name a subnet that leads out through a NAT gateway, a transit gateway or the like.`,
      ];
    return [];
  });
  return { isClosed: ways.length === 0, problems };
}

/**
 * Without a route out, tasks on Fargate start only with VPC endpoints: "Amazon ECR interface VPC endpoints" of the ECR User Guide (ecr.api,
 * ecr.dkr, and S3, where the layers are), "Amazon ECS interface VPC endpoints" of the ECS Developer Guide (logs for awslogs). Interface
 * endpoints answer to the services' own names only with private DNS, which needs both DNS attributes of the VPC (AWS PrivateLink Guide,
 * "Access an AWS service using an interface VPC endpoint", prerequisites).
 */
export function endpointProblems(ways: Ways, closed: readonly NamedSubnet[], needed: readonly string[]): string[] {
  const [first] = closed;
  // Whoever has subnets shared with them is not shown the endpoints of the VPC's owner.
  const { reading } = ways;
  const { inside } = reading;
  if (!first || ways.isShared || !inside) return [];
  const without = `${first.setting}: ${closed.map(({ id }) => id).join(", ")} have no route out of the VPC`;
  const lacking = [...needed, "s3"].filter((service) => !closed.every((one) => isReached(ways, one, service)));
  const names = lacking.map((service) => `com.amazonaws.${ways.region}.${service}`);
  const problems: string[] = [];
  if (names.length > 0)
    problems.push(
      `${without}, and the VPC lacks the endpoints that tasks then need to start: ${names.join(", ")}. Add them (interface endpoints with private DNS, s3 as a gateway endpoint in the subnets' route tables), add a route through a NAT gateway, or name other subnets.`,
    );
  const off = [
    ...(inside.dns.support ? [] : ["DNS resolution (enableDnsSupport)"]),
    ...(inside.dns.hostnames ? [] : ["DNS hostnames (enableDnsHostnames)"]),
  ];
  if (off.length > 0)
    problems.push(
      `${without}, and ${off.join(" and ")} of ${reading.vpc.VpcId} ${off.length > 1 ? "are" : "is"} off, so VPC endpoints do not answer to the names of their services. Turn ${off.length > 1 ? "them" : "it"} on, or name subnets with a route out.`,
    );
  return problems;
}

function isReached({ reading, region }: Ways, { id }: NamedSubnet, service: string): boolean {
  const tableId = tableOf(reading, id)?.RouteTableId ?? "";
  return (reading.inside?.endpoints ?? []).some(
    (endpoint) =>
      endpoint.ServiceName === `com.amazonaws.${region}.${service}` &&
      isThere(endpoint) &&
      (endpoint.VpcEndpointType === "Gateway"
        ? (endpoint.RouteTableIds?.includes(tableId) ?? false)
        : (endpoint.PrivateDnsEnabled ?? true)),
  );
}

/** EC2 spells the states in small letters, the SDK's own list does not. */
const isThere = ({ State }: VpcEndpoint): boolean => ["available", "pending"].includes((State ?? "").toLowerCase());
