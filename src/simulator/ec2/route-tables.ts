import type {
  AssociateRouteTableCommandInput,
  AssociateRouteTableCommandOutput,
  CreateRouteCommandInput,
  CreateRouteTableCommandInput,
  CreateRouteTableCommandOutput,
  DeleteRouteCommandInput,
  DeleteRouteTableCommandInput,
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesCommandOutput,
  DisassociateRouteTableCommandInput,
  ReplaceRouteTableAssociationCommandInput,
  ReplaceRouteTableAssociationCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { type Answer, type Operations, type Sim } from "../sim.ts";
import { liveNetworkInterfaces } from "./network-interfaces.ts";
import {
  described,
  egressOnlyGatewayOf,
  internetGatewayOf,
  routeTableOf,
  subnetOf,
  vpcOf,
  type SimInternetGateway,
  type SimNatGateway,
  type SimRouteTable,
  type SimVpc,
} from "./records.ts";
import { drop, listed, passes, rangeOf, tagsOf, visibleFrom, withToken } from "./shared.ts";

const tables = (sim: Sim) => sim.table<SimRouteTable>("ec2.routeTables");

/**
 * Whether a route has a working target: a route to a gateway that is deleted or detached is a black hole (EC2 API reference, "Route":
 * state).
 */
const leads = (sim: Sim, target: string) =>
  target.startsWith("nat-")
    ? (sim.table<SimNatGateway>("ec2.natGateways")[target]?.goneAt ?? Number.POSITIVE_INFINITY) > sim.now &&
      target in sim.table("ec2.natGateways")
    : target.startsWith("eni-")
      ? liveNetworkInterfaces(sim).some(({ id }) => id === target)
      : target.startsWith("eigw-")
        ? target in sim.table("ec2.egressOnlyGateways")
        : sim.table<SimInternetGateway>("ec2.internetGateways")[target]?.vpcId !== undefined;

const targetField = (target: string) =>
  target.startsWith("nat-")
    ? { NatGatewayId: target }
    : target.startsWith("eni-")
      ? { NetworkInterfaceId: target }
      : target.startsWith("eigw-")
        ? { EgressOnlyInternetGatewayId: target }
        : { GatewayId: target };

const destinationField = (destination: string) =>
  destination.includes(":") ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination };

const answerOf = (sim: Sim, table: SimRouteTable) => ({
  RouteTableId: table.id,
  VpcId: table.vpcId,
  OwnerId: sim.account,
  Tags: table.tags,
  Routes: [
    {
      DestinationCidrBlock: sim.table<SimVpc>("ec2.vpcs")[table.vpcId]?.cidr,
      GatewayId: "local",
      State: "active" as const,
      Origin: "CreateRouteTable" as const,
    },
    // Each range of the VPC has a local route ("Route table concepts", VPC User Guide).
    ...[sim.table<SimVpc>("ec2.vpcs")[table.vpcId]?.ipv6?.cidr].flatMap((range) =>
      range === undefined
        ? []
        : [
            {
              DestinationIpv6CidrBlock: range,
              GatewayId: "local",
              State: "active" as const,
              Origin: "CreateRouteTable" as const,
            },
          ],
    ),
    ...table.routes.map(({ destination, target }) => ({
      ...destinationField(destination),
      ...targetField(target),
      State: leads(sim, target) ? ("active" as const) : ("blackhole" as const),
      Origin: "CreateRoute" as const,
    })),
  ],
  Associations: [
    ...(table.main
      ? [{ Main: true, RouteTableId: table.id, RouteTableAssociationId: `rtbassoc-main-${table.id.slice(4)}` }]
      : []),
    ...Object.entries(table.associations).map(([id, SubnetId]) => ({
      RouteTableAssociationId: id,
      RouteTableId: table.id,
      SubnetId,
      Main: false,
      AssociationState: { State: "associated" as const },
    })),
    ...Object.entries(table.edges ?? {}).map(([id, GatewayId]) => ({
      RouteTableAssociationId: id,
      RouteTableId: table.id,
      GatewayId,
      Main: false,
      AssociationState: { State: "associated" as const },
    })),
  ],
});

/** The table that an association belongs to. */
const holderOf = (sim: Sim, association: string | undefined): SimRouteTable =>
  Object.values(tables(sim)).find(({ associations, edges }) => (association ?? "") in { ...associations, ...edges }) ??
  refuse("InvalidAssociationID.NotFound", `The association ID '${association}' does not exist`);

function targetOf(input: CreateRouteCommandInput, sim: Sim): string {
  const { NatGatewayId: nat, GatewayId: gateway, NetworkInterfaceId: eni } = input;
  if (eni !== undefined) {
    if (!liveNetworkInterfaces(sim).some(({ id }) => id === eni))
      refuse("InvalidNetworkInterfaceID.NotFound", `The networkInterface ID '${eni}' does not exist`);
    return eni;
  }
  if (nat !== undefined) {
    if (!(nat in sim.table("ec2.natGateways")))
      refuse("InvalidNatGatewayID.NotFound", `The natGateway ID '${nat}' does not exist`);
    return nat;
  }
  const { EgressOnlyInternetGatewayId: egress } = input;
  if (egress !== undefined) return egressOnlyGatewayOf(sim, egress).id;
  return internetGatewayOf(sim, gateway).id;
}

export const routeTableOperations = {
  CreateRouteTable(input: CreateRouteTableCommandInput, sim): Answer<CreateRouteTableCommandOutput> {
    const id = withToken(sim, "CreateRouteTable", input, () => {
      const made = sim.id("rtb");
      tables(sim)[made] = {
        id: made,
        vpcId: vpcOf(sim, input.VpcId).id,
        main: false,
        routes: [],
        associations: {},
        tags: tagsOf(input.TagSpecifications),
        visibleAt: visibleFrom(sim),
      };
      return made;
    });
    return { RouteTable: answerOf(sim, tables(sim)[id] ?? routeTableOf(sim, id)), ClientToken: input.ClientToken };
  },

  DescribeRouteTables(input: DescribeRouteTablesCommandInput, sim): Answer<DescribeRouteTablesCommandOutput> {
    const asked = described(sim, input.RouteTableIds, routeTableOf);
    const found = (asked ?? listed<SimRouteTable>(sim, "ec2.routeTables")).filter((table) =>
      passes(input.Filters, table.tags, {
        "vpc-id": table.vpcId,
        "association.subnet-id": Object.values(table.associations),
      }),
    );
    return { RouteTables: found.map((table) => answerOf(sim, table)) };
  },

  CreateRoute(input: CreateRouteCommandInput, sim) {
    const table = routeTableOf(sim, input.RouteTableId);
    const destination = destinationOf(input);
    if (destination.includes(":") && !vpcOf(sim, table.vpcId).ipv6)
      refuse("InvalidParameterValue", `The VPC ${table.vpcId} has no IPv6 CIDR block, so no route to ${destination}.`);
    if (!destination.includes(":") && input.EgressOnlyInternetGatewayId !== undefined)
      refuse("InvalidParameterValue", "An egress-only internet gateway routes IPv6 traffic only.");
    if (table.routes.some((route) => route.destination === destination))
      refuse("RouteAlreadyExists", `The route identified by ${destination} already exists.`);
    table.routes.push({ destination, target: targetOf(input, sim) });
    return { Return: true };
  },

  ReplaceRoute(input: CreateRouteCommandInput, sim) {
    const route = routeTo(routeTableOf(sim, input.RouteTableId), destinationOf(input));
    route.target = targetOf(input, sim);
    return {};
  },

  DeleteRoute(input: DeleteRouteCommandInput, sim) {
    const table = routeTableOf(sim, input.RouteTableId);
    const route = routeTo(table, destinationOf(input));
    table.routes = table.routes.filter((other) => other !== route);
    return {};
  },

  AssociateRouteTable(input: AssociateRouteTableCommandInput, sim): Answer<AssociateRouteTableCommandOutput> {
    const table = routeTableOf(sim, input.RouteTableId);
    if (input.GatewayId !== undefined) {
      const edge = sim.id("rtbassoc");
      (table.edges ??= {})[edge] = internetGatewayOf(sim, input.GatewayId).id;
      return { AssociationId: edge, AssociationState: { State: "associated" } };
    }
    const subnet = subnetOf(sim, input.SubnetId);
    if (Object.values(tables(sim)).some(({ associations }) => Object.values(associations).includes(subnet.id)))
      refuse(
        "Resource.AlreadyAssociated",
        `the specified association for route table ${table.id} conflicts with an existing association`,
      );
    const id = sim.id("rtbassoc");
    table.associations[id] = subnet.id;
    return { AssociationId: id, AssociationState: { State: "associated" } };
  },

  ReplaceRouteTableAssociation(
    input: ReplaceRouteTableAssociationCommandInput,
    sim,
  ): Answer<ReplaceRouteTableAssociationCommandOutput> {
    const { AssociationId: before = "" } = input;
    const from = holderOf(sim, before);
    const to = routeTableOf(sim, input.RouteTableId);
    const subnetId = from.associations[before] ?? "";
    delete from.associations[before];
    const id = sim.id("rtbassoc");
    to.associations[id] = subnetId;
    return { NewAssociationId: id, AssociationState: { State: "associated" } };
  },

  DisassociateRouteTable(input: DisassociateRouteTableCommandInput, sim) {
    const { AssociationId: id = "" } = input;
    const holder = holderOf(sim, id);
    delete holder.associations[id];
    delete holder.edges?.[id];
    return {};
  },

  DeleteRouteTable(input: DeleteRouteTableCommandInput, sim) {
    const table = routeTableOf(sim, input.RouteTableId);
    if (table.main || Object.keys({ ...table.associations, ...table.edges }).length > 0)
      refuse("DependencyViolation", `The routeTable '${table.id}' has dependencies and cannot be deleted.`);
    drop(sim, "ec2.routeTables", table.id);
    return {};
  },
} satisfies Operations;

/** What a route is for: an IPv4 range, or an IPv6 range in AWS's form. */
function destinationOf({
  DestinationCidrBlock: ipv4,
  DestinationIpv6CidrBlock: ipv6,
}: DeleteRouteCommandInput): string {
  if (ipv6 !== undefined) return ipv6;
  rangeOf(ipv4 ?? "");
  return ipv4 ?? "";
}

const routeTo = (table: SimRouteTable, destination = "") =>
  table.routes.find((route) => route.destination === destination) ??
  refuse("InvalidRoute.NotFound", `no route with destination-cidr-block ${destination} in route table ${table.id}`);
