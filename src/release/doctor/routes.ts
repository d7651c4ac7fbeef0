import type { NatGateway, RouteTable, Subnet } from "@aws-sdk/client-ec2";
import type { ServiceRef } from "../service-ref.ts";
import { endpointsVerdict } from "./endpoints.ts";
import { broken, count, list, ok, sentence, waiting, type Verdict } from "./hop.ts";
import { owned, parts, type Network } from "./network.ts";
import type { Seen } from "./seen.ts";

const ANYWHERE = "0.0.0.0/0";

export const publicRoutesVerdict = async (ref: ServiceRef, seen: Seen): Promise<Verdict> =>
  withOwnerFix(ref, await publicRoutes(ref, seen));

export const privateRoutesVerdict = async (ref: ServiceRef, seen: Seen): Promise<Verdict> =>
  withOwnerFix(ref, await privateRoutes(ref, seen));

/** A problem in a network that the stack does not own must be fixed by the network's owner. */
function withOwnerFix({ stack }: ServiceRef, verdict: Verdict): Verdict {
  const { vpc } = stack.network;
  if (vpc === undefined || verdict.state !== "broken") return verdict;
  return {
    ...verdict,
    fix: `Ask the owner of VPC ${vpc} to change it: Fairlead uses that VPC but does not modify it.`,
  };
}

async function publicRoutes(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const network = await parts(seen.network, "vpcId", "subnets", "tables", "gateways");
  const subnets = subnetsOf(ref, network, "public");
  for (const [n, subnet] of subnets.entries()) {
    if (!subnet) return broken(missing(ref, network, "public", n));
    const it = `Public subnet ${subnet.SubnetId}`;
    const route = defaultRoute(network, subnet);
    if (!route) return broken(`${it} has no route to ${ANYWHERE}.`);
    if (!route.GatewayId?.startsWith("igw-"))
      return broken(`${it} routes ${ANYWHERE} to ${targetOf(route)}, not to an internet gateway.`);
    if (!network.gateways.some(({ InternetGatewayId }) => InternetGatewayId === route.GatewayId))
      return broken(`${it} routes ${ANYWHERE} to ${route.GatewayId}, which is not attached to the VPC.`);
  }
  const gateways = network.gateways.flatMap(({ InternetGatewayId }) => InternetGatewayId ?? []);
  return ok(
    `${count(subnets.length, "public subnet")} route ${ANYWHERE} to internet gateway ${list(gateways)} (attached).`,
  );
}

async function privateRoutes(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  if (ref.stack.network.tasks === "public")
    return ok(
      "No tasks run in the private subnets: network.tasks is public, and the public subnets' routes are theirs.",
    );
  const network = await parts(seen.network, "vpcId", "subnets", "tables");
  const subnets = subnetsOf(ref, network, "private");
  const gone = subnets.findIndex((subnet) => !subnet);
  if (gone >= 0) return broken(missing(ref, network, "private", gone));
  const all = subnets.flatMap((subnet) => subnet ?? []);
  if (ref.stack.network.nat === "none") {
    const tables = all.map((subnet) => tableOf(network, subnet));
    return endpointsVerdict(ref, await parts(seen.network, "endpoints", "groups", "ranges"), tables);
  }
  if (ref.stack.network.vpc !== undefined) return existingRoutes(ref, seen, network, all);
  const { nats } = await parts(seen.network, "nats");
  const verdicts = all.map((subnet) => natVerdict(ref, { ...network, nats }, subnet));
  const ways = [...new Set(all.map((subnet) => defaultRoute(network, subnet)?.NatGatewayId ?? ""))];
  const gateways = ways.length === 1 ? "gateway" : "gateways";
  return (
    verdicts.find(({ state }) => state === "broken") ??
    verdicts.find(({ state }) => state === "waiting") ??
    ok(`${count(all.length, "private subnet")} route ${ANYWHERE} to NAT ${gateways} ${list(ways)} (available).`)
  );
}

/** Whether private subnets that the stack does not own have any route out, or else the endpoints that tasks need. */
async function existingRoutes(
  ref: ServiceRef,
  seen: Seen,
  network: Pick<Network, "tables">,
  subnets: readonly Subnet[],
): Promise<Verdict> {
  const closed = subnets.filter((subnet) => !defaultRoute(network, subnet));
  const ways = subnets.flatMap((subnet) => {
    const route = defaultRoute(network, subnet);
    return route ? [{ subnet, route }] : [];
  });
  for (const { subnet, route } of ways) {
    const it = `Private subnet ${subnet.SubnetId} routes ${ANYWHERE} to ${targetOf(route)}`;
    if (route.State === "blackhole") return broken(`${it}, which no longer exists.`);
    if (route.GatewayId?.startsWith("igw-"))
      return broken(`${it}, but tasks have no public IP address to reach the internet with.`);
  }
  if (closed.length > 0) {
    const tables = closed.map((subnet) => tableOf(network, subnet));
    return endpointsVerdict(ref, await parts(seen.network, "endpoints", "groups", "ranges"), tables);
  }
  const targets = [...new Set(ways.map(({ route }) => targetOf(route)))];
  return ok(`${count(subnets.length, "private subnet")} route ${ANYWHERE} to ${list(targets)}.`);
}

/** Whether one private subnet has a route out through a working NAT gateway, and in its own zone if each zone has one. */
function natVerdict(
  { stack }: ServiceRef,
  network: Pick<Network, "subnets" | "tables" | "nats">,
  subnet: Subnet,
): Verdict {
  const it = `Private subnet ${subnet.SubnetId}`;
  const route = defaultRoute(network, subnet);
  if (!route)
    return broken(`${it} has no route to ${ANYWHERE}, so its tasks cannot reach the registry or the log service.`);
  const id = route.NatGatewayId;
  if (id === undefined) return broken(`${it} routes ${ANYWHERE} to ${targetOf(route)}, not to a NAT gateway.`);
  const gateway = network.nats.find(({ NatGatewayId }) => NatGatewayId === id);
  const through = `${it} routes ${ANYWHERE} to NAT gateway ${id}`;
  if (!gateway) return broken(`${through}, which does not exist.`);
  if (gateway.State === "pending") return waiting(`${through}, which is still being created.`);
  if (gateway.State !== "available") return broken(`${through}, which is ${stateOf(gateway)}`);
  const zone = network.subnets.find(({ SubnetId }) => SubnetId === gateway.SubnetId)?.AvailabilityZone;
  if (stack.network.nat === "perZone" && zone !== subnet.AvailabilityZone)
    return broken(`${through} in zone ${zone} instead of its own zone ${subnet.AvailabilityZone}.`);
  return ok(`${through} (available).`);
}

const stateOf = ({ State, FailureMessage, FailureCode }: NatGateway): string =>
  sentence(State === "failed" ? `failed (${FailureMessage ?? FailureCode ?? "AWS gave no reason"})` : `${State}`);

/** The stack's subnets of one tier, by zone; `undefined` for a missing one. */
export function subnetsOf({ aws, stack }: ServiceRef, { subnets }: Pick<Network, "subnets">, sort: Sort) {
  const { network } = stack;
  return network.vpc === undefined
    ? (sort === "public" ? network.publicZones : network.zones).map((_, n) =>
        owned(aws, subnets, `network/${sort}-${n + 1}`),
      )
    : network[`${sort}Subnets`].map((id) => subnets.find(({ SubnetId }) => SubnetId === id));
}

type Sort = "public" | "private";

function missing({ stack }: ServiceRef, { vpcId }: Pick<Network, "vpcId">, sort: Sort, n: number): string {
  const { network } = stack;
  if (network.vpc !== undefined) return `VPC ${network.vpc} has no subnet ${network[`${sort}Subnets`][n]}.`;
  if (vpcId === undefined) return "No VPC has the stack's tags.";
  return `VPC ${vpcId} has no subnet with the tags of ${sort}-${n + 1}.`;
}

/** The route table of a subnet, or else the VPC's main one. */
function tableOf({ tables }: Pick<Network, "tables">, { SubnetId }: Subnet): RouteTable | undefined {
  const own = tables.find(({ Associations = [] }) => Associations.some((one) => one.SubnetId === SubnetId));
  return own ?? tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
}

const defaultRoute = (network: Pick<Network, "tables">, subnet: Subnet) =>
  tableOf(network, subnet)?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === ANYWHERE);

const targetOf = (route: NonNullable<ReturnType<typeof defaultRoute>>): string =>
  route.NatGatewayId ??
  route.GatewayId ??
  route.TransitGatewayId ??
  route.VpcPeeringConnectionId ??
  route.NetworkInterfaceId ??
  "another target";
