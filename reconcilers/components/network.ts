import { EgressOnlyGateway } from "../../src/aws/ec2/egress-only-gateway.ts";
import { ElasticIp } from "../../src/aws/ec2/elastic-ip.ts";
import { InternetGateway } from "../../src/aws/ec2/internet-gateway.ts";
import { NatGateway } from "../../src/aws/ec2/nat-gateway.ts";
import { RouteTable } from "../../src/aws/ec2/route-table.ts";
import { Subnet } from "../../src/aws/ec2/subnet.ts";
import { Vpc } from "../../src/aws/ec2/vpc.ts";
import { parseCidr, partOf } from "../../src/config/cidr.ts";
import { subnetRange } from "../../src/config/ipv6.ts";
import { derived, Output, whenCreated, whenReady, type AnyHandle } from "../../src/engine/output.ts";
import type { OwnNetwork } from "../../src/config/stack.ts";
import { networkAcls } from "./network-acls.ts";
import type { Scope } from "../scope.ts";

const ANYWHERE = "0.0.0.0/0";
const ANYWHERE_IPV6 = "::/0";

/** The properties of a network that other components use, whether the stack creates it or uses an existing one. */
export interface Network {
  readonly vpcId: Output<string>;
  /** The IPv4 ranges of the VPC. */
  readonly ranges: readonly string[];
  /** Whether it has an IPv6 range too, of which tasks get addresses. */
  readonly hasIpv6: boolean;
  readonly publicSubnetIds: readonly Output<string>[];
  readonly privateSubnetIds: readonly Output<string>[];
  /** The route tables of the private subnets that the stack may add routes to. */
  readonly privateRouteTableIds: readonly Output<string>[];
  /** Those of the subnets that tasks run in. */
  readonly taskRouteTableIds: readonly Output<string>[];
  /** The internet gateway, where the stack creates one: without it AWS refuses what is to be reached from the internet. */
  readonly gateways: readonly AnyHandle[];
  /** What must exist besides before a resource in a public subnet can be reached from the internet. */
  readonly wayIn: readonly AnyHandle[];
  readonly tasks: TaskPlaces;
}

/** Where tasks run. */
export interface TaskPlaces {
  readonly subnetIds: readonly Output<string>[];
  /** Without a NAT gateway, a task in a public subnet needs a public IP address to reach anything. */
  readonly publicIp: boolean;
  /** What must exist before a task is started. */
  readonly routes: readonly AnyHandle[];
  /** What must be ready before a task can reach the internet. */
  readonly wayOut: readonly AnyHandle[];
}

/** What is created of a network. */
type NetworkProps = Omit<OwnNetwork, "vpc" | "zonesAreDefault" | "endpoints">;

/** The VPC and its zones: public subnets behind an internet gateway, private subnets behind NAT gateways or without internet access. */
export function network(
  scope: Scope,
  { cidr, zones, publicZones, publicSubnets, privateSubnets, nat, tasks, acls, ipv6 }: NetworkProps,
  isAsleep = false,
): Network {
  const vpc = scope.add("network/vpc", Vpc, {
    cidr,
    dnsSupport: true,
    dnsHostnames: true,
    ...(ipv6 && { ipv6: true as const }),
  });
  const gateway = scope.add("network/internet-gateway", InternetGateway, { vpcId: vpc.vpcId });

  const subnets = (name: string, inZones: readonly string[], cidrs: readonly string[], mapPublicIp: boolean) =>
    inZones.map((zone, n) =>
      scope.add(`network/${name}-${n + 1}`, Subnet, {
        vpcId: vpc.vpcId,
        cidr: cidrs[n] ?? "",
        zone,
        mapPublicIp,
        ...(ipv6 && { ipv6Cidr: derived(vpc.ipv6Cidr, (range) => rangeOf(range, cidr, cidrs[n] ?? "")) }),
      }),
    );
  const publics = subnets("public", publicZones, publicSubnets, true);
  const privates = subnets("private", zones, privateSubnets, false);

  const publicRoutes = scope.add("network/public-routes", RouteTable, {
    vpcId: vpc.vpcId,
    routes: {
      [ANYWHERE]: gateway.internetGatewayId,
      ...(ipv6 && { [ANYWHERE_IPV6]: after(gateway.internetGatewayId, vpc.ipv6Cidr) }),
    },
    subnetIds: publics.map(({ subnetId }) => subnetId),
  });

  const natCount = nat === "perZone" ? zones.length : nat === "single" ? 1 : 0;
  const nats = publics.slice(0, natCount).flatMap(({ subnetId }, n) => {
    const address = scope.add(`network/nat-address-${n + 1}`, ElasticIp, {});
    // The address stays, so that others who allow it need not be told when the stack wakes.
    if (isAsleep) return [];
    // A NAT gateway created before the internet gateway is attached fails a minute later, with Gateway.NotAttached.
    return [
      scope.add(
        `network/nat-${n + 1}`,
        NatGateway,
        { subnetId, allocationId: address.allocationId },
        { ready: [gateway] },
      ),
    ];
  });

  const egress = ipv6 ? scope.add("network/egress-only-gateway", EgressOnlyGateway, { vpcId: vpc.vpcId }) : undefined;

  // A route points to a new gateway only once that gateway is available; until then the old one carries outbound traffic. One table per
  // zone, each with a route to the NAT gateway of its zone, or to the only one.
  const privateRoutes = privates.map(({ subnetId }, n) => {
    const through = nats[n] ?? nats[0];
    return scope.add(`network/private-routes-${n + 1}`, RouteTable, {
      vpcId: vpc.vpcId,
      routes: {
        ...(through && { [ANYWHERE]: whenReady(through.natGatewayId) }),
        ...(egress && { [ANYWHERE_IPV6]: after(egress.egressOnlyGatewayId, vpc.ipv6Cidr) }),
      },
      subnetIds: [subnetId],
    });
  });

  const vpcId = vpc.vpcId;
  const publicSubnetIds = publics.map(({ subnetId }) => subnetId);
  const privateSubnetIds = privates.map(({ subnetId }) => subnetId);
  const privateRouteTableIds = privateRoutes.map(({ routeTableId }) => routeTableId);
  const filters = acls
    ? networkAcls(scope, {
        settings: acls,
        vpcId,
        cidr,
        ipv6Cidr: ipv6 ? vpc.ipv6Cidr : undefined,
        subnetIds: { public: publicSubnetIds, private: privateSubnetIds },
      })
    : [];
  scope.output("vpc_id", vpcId);
  scope.output("public_subnet_ids", publicSubnetIds);
  scope.output("private_subnet_ids", privateSubnetIds);
  if (ipv6) scope.output("vpc_ipv6_cidr", vpc.ipv6Cidr);
  return {
    vpcId,
    ranges: [cidr],
    hasIpv6: ipv6,
    publicSubnetIds,
    privateSubnetIds,
    privateRouteTableIds,
    taskRouteTableIds: tasks === "public" ? [publicRoutes.routeTableId] : privateRouteTableIds,
    gateways: [gateway],
    wayIn: [publicRoutes, ...filters],
    tasks:
      tasks === "public"
        ? // Not in a second zone that is only for the load balancer.
          {
            subnetIds: publicSubnetIds.slice(0, zones.length),
            publicIp: true,
            routes: [publicRoutes, ...filters],
            wayOut: [gateway],
          }
        : { subnetIds: privateSubnetIds, publicIp: false, routes: [...privateRoutes, ...filters], wayOut: nats },
  };
}

/** The same network for kinds of which nobody knows what they need of it: its parts once all their settings are written. */
export const settled = (whole: Network): Network => ({
  ...whole,
  vpcId: whenCreated(whole.vpcId),
  publicSubnetIds: whole.publicSubnetIds.map(whenCreated),
  privateSubnetIds: whole.privateSubnetIds.map(whenCreated),
});

/** The IPv6 range of a subnet, by its place in the VPC: a subnet that replaces another one beside it needs another range. */
function rangeOf(vpcIpv6: string, vpc: string, subnet: string): string {
  const [outer, inner] = [parseCidr(vpc), parseCidr(subnet)];
  const range = outer && inner && subnetRange(vpcIpv6, partOf(outer, inner) ?? -1);
  if (range === undefined)
    throw new Error(`Subnet ${subnet} has no IPv6 range in ${vpcIpv6}, the range of VPC ${vpc}.`);
  return range;
}

/** The same value, once the VPC has its IPv6 range. */
const after = <T>(output: Output<T>, ipv6Cidr: Output<string>): Output<T> =>
  new Output([...output.edges, ...ipv6Cidr.edges], (attribute) => output.read(attribute));
