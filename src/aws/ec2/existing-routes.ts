// Routes of the subnets of an existing network: a subnet without an explicit association uses the VPC's main route table.
import type { Route, RouteTable, VpcEndpoint } from "@aws-sdk/client-ec2";
import type { NamedSubnet, NetworkReading } from "./existing-vpc.ts";

const ANYWHERE = "0.0.0.0/0";

/** A network reading with its context. */
interface Ways {
  readonly reading: NetworkReading;
  /** It belongs to another account, so resources that are not visible may still exist. */
  readonly isShared: boolean;
  readonly region: string;
}

/** The table that a subnet is associated with, or else the VPC's main one (VPC User Guide, "Subnet route tables"). */
function tableOf({ tables }: NetworkReading, id: string): RouteTable | undefined {
  const own = tables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === id));
  return own ?? tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
}

/**
 * The routes of a table that leave the VPC: the default route, both halves of it, or a route for a prefix list other than a gateway
 * endpoint's, whose CIDR blocks are not known here.
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
  "another target";

const said = ({ setting, id }: NamedSubnet) => `${setting}: ${id}`;

/** Why internet traffic would not reach a load balancer in a public subnet. */
export function publicRoute({ reading, isShared }: Ways, subnet: NamedSubnet): string[] {
  const table = tableOf(reading, subnet.id);
  if (!table)
    return isShared
      ? []
      : [`${said(subnet)} has no route table that AWS reports. Associate one with it, then run again.`];
  const wanted = `Add a route for ${ANYWHERE} to the internet gateway of the VPC to ${table.RouteTableId}, or use a public subnet.`;
  const [route] = (table.Routes ?? []).filter(({ DestinationCidrBlock }) => DestinationCidrBlock === ANYWHERE);
  if (!route) return [`${said(subnet)} is not public: ${table.RouteTableId} has no route for ${ANYWHERE}. ${wanted}`];
  const { GatewayId: gateway } = route;
  if (!gateway?.startsWith("igw-"))
    return [
      `${said(subnet)} is not public: ${table.RouteTableId} routes ${ANYWHERE} to ${targetOf(route)}, not to an internet gateway. ${wanted}`,
    ];
  const isAttached = reading.internetGateways.includes(gateway) || (isShared && reading.internetGateways.length === 0);
  if (route.State === "blackhole" || !isAttached)
    return [`${said(subnet)} routes ${ANYWHERE} to ${gateway}, which is not attached to the VPC. ${wanted}`];
  return [];
}

/** Checks the route of a private subnet out of the VPC; `isClosed`: there is none, and tasks in it depend on VPC endpoints. */
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
        : [`${said(subnet)} has no route table that AWS reports. Associate one with it, then run again.`],
    };
  const ways = waysOut(table);
  const problems = ways.flatMap((route) => {
    const it = `${said(subnet)}: ${table.RouteTableId} routes ${route.DestinationCidrBlock ?? route.DestinationPrefixListId} to ${targetOf(route)}`;
    if (route.State === "blackhole")
      return [`${it}, which no longer exists. Correct the route, or use another subnet.`];
    if (route.GatewayId?.startsWith("igw-"))
      return [
        `${it}, but a task has no public IP address to reach the internet with. Use a subnet whose route out of the VPC is a NAT gateway, a transit gateway or similar.`,
      ];
    return [];
  });
  return { isClosed: ways.length === 0, problems };
}

/**
 * Without a route out, tasks on Fargate start only with VPC endpoints: "Amazon ECR interface VPC endpoints" of the ECR User Guide (ecr.api,
 * ecr.dkr, and S3, where the layers are), "Amazon ECS interface VPC endpoints" of the ECS Developer Guide (logs for awslogs). Interface
 * endpoints resolve the services' default hostnames only with private DNS, which needs both DNS attributes of the VPC (AWS PrivateLink Guide,
 * "Access an AWS service using an interface VPC endpoint", prerequisites).
 */
export function endpointProblems(ways: Ways, closed: readonly NamedSubnet[], needed: readonly string[]): string[] {
  const [first] = closed;
  // A participant account cannot see the endpoints of the VPC's owner.
  const { reading } = ways;
  const { inside } = reading;
  if (!first || ways.isShared || !inside) return [];
  const without = `${first.setting}: ${closed.map(({ id }) => id).join(", ")} have no route out of the VPC`;
  const lacking = [...needed, "s3"].filter((service) => !closed.every((one) => isReached(ways, one, service)));
  const names = lacking.map((service) => `com.amazonaws.${ways.region}.${service}`);
  const problems: string[] = [];
  if (names.length > 0)
    problems.push(
      `${without}, and the VPC lacks the endpoints that tasks then need to start: ${names.join(", ")}. Add them (interface endpoints with private DNS, s3 as a gateway endpoint in the subnets' route tables), add a route through a NAT gateway, or use other subnets.`,
    );
  const off = [
    ...(inside.dns.support ? [] : ["DNS resolution (enableDnsSupport)"]),
    ...(inside.dns.hostnames ? [] : ["DNS hostnames (enableDnsHostnames)"]),
  ];
  if (off.length > 0)
    problems.push(
      `${without}, and ${off.join(" and ")} of ${reading.vpc.VpcId} ${off.length > 1 ? "are" : "is"} off, so the default hostnames of the services do not resolve to VPC endpoints. Turn ${off.length > 1 ? "them" : "it"} on, or use subnets with a route out.`,
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

/** EC2 returns the states in lower case, unlike the SDK's enum. */
const isThere = ({ State }: VpcEndpoint): boolean => ["available", "pending"].includes((State ?? "").toLowerCase());
