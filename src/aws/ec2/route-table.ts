// Routes and associations are not separate resources on AWS, so the table declares all of them; a route may point to a NAT
// gateway that is not visible everywhere in EC2 yet, and a subnet has only one table and is moved, not added.
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type Route,
  type RouteTable as Table,
  type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { allDone } from "../../all-done.ts";
import type { Look } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import { absent, hasCode } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldRouteTable } from "./obstacles.ts";
import { ownEgressOnlyGateways } from "./egress-only-gateway.ts";
import { ownInternetGateways } from "./internet-gateway.ts";
import { ownNatGateways } from "./nat-gateway.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { clientToken, IN_USE, notSeenYet, sorted, tagSpecifications } from "./shared.ts";

/** A destination's CIDR and the id of the internet, NAT or egress-only gateway that it goes to. */
export type Routes = Readonly<Record<string, string>>;

export interface RouteTableSpec {
  vpcId: string;
  routes: Routes;
  /** Sorted. */
  subnetIds: string[];
  tags: Tags;
}

export interface RouteTableAttrs {
  routeTableId: string;
}

const tables = ec2Resources<Table>("ec2/route-table", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeRouteTablesCommand({ RouteTableIds: ids, Filters: filters, NextToken }));
    return { items: page.RouteTables, next: page.NextToken };
  },
  idOf: ({ RouteTableId }) => RouteTableId,
  notFound: "InvalidRouteTableID.NotFound",
});

export const RouteTable = ec2Kind<RouteTableSpec, RouteTableAttrs, Table>(tables, {
  fields: {
    vpcId: { immutable: true },
    routes: { keyed: true },
    subnetIds: {},
    tags: {},
  },
  // A route to a gateway that is detached becomes a black hole (EC2 API Reference, Route: state). A subnet waits: a policy that permits by tags
  // may refuse to take off an association that went with its subnet. So does a NAT gateway, through which tasks that stop reach the internet.
  traits: { addsFirst: true, deletedBeside: ["ec2/internet-gateway"] },

  canonical: (spec) => ({ ...spec, subnetIds: sorted(spec.subnetIds) }),

  async read(aws, table, look) {
    const routes = routesOf(table);
    const own = await ownRoutes(aws, routes, look);
    return {
      attrs: { routeTableId: table.RouteTableId ?? "" },
      spec: {
        vpcId: table.VpcId,
        routes,
        subnetIds: sorted(associationsOf(table).map(({ SubnetId = "" }) => SubnetId)),
      },
      handles: associationIds(table),
      unmanaged: some(unmanagedOf(table)),
      ...(own.length > 0 ? { own: { routes: own } } : {}),
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const { RouteTable: table } = await aws.ec2(
      new CreateRouteTableCommand({
        VpcId: spec.vpcId,
        TagSpecifications: tagSpecifications("route-table", spec.tags),
        ClientToken: clientToken(making, spec.vpcId),
      }),
      { once: true, notYet: notSeenYet("InvalidVpcID.NotFound") },
    );
    const routeTableId = table?.RouteTableId ?? "";
    await making.created(routeTableId);
    const routed = setRoutes(aws, routeTableId, {}, spec.routes);
    await allDone([routed, ...spec.subnetIds.map((subnetId) => associate(aws, routeTableId, subnetId, routed))]);
    return { id: routeTableId, attrs: { routeTableId } };
  },

  async update(aws, observed, spec, { addOnly = false } = { note: () => {} }) {
    const { routes = {}, subnetIds = [] } = observed.spec;
    await setRoutes(aws, observed.id, routes, addOnly ? { ...routes, ...spec.routes } : spec.routes);
    const joining = spec.subnetIds.filter((id) => !subnetIds.includes(id));
    await allDone(joining.map((id) => associate(aws, observed.id, id)));
    const left = subnetIds.filter((id) => !spec.subnetIds.includes(id));
    if (!addOnly) await disassociate(aws, observed.id, left);
  },

  async delete(aws, { id: RouteTableId, spec: { subnetIds = [] }, handles }) {
    await disassociate(aws, RouteTableId, subnetIds, handles);
    const notYet = unlessHeld(aws, heldRouteTable(aws, RouteTableId), IN_USE);
    await aws.ec2(new DeleteRouteTableCommand({ RouteTableId }), { notYet });
  },
});

/** Gateways by how their ids begin, with the routes to one of the stack's own that are the stack's, even if the state is lost. */
const GATEWAYS = [
  { begins: "nat-", of: ownNatGateways, isOurs: () => true },
  { begins: "eigw-", of: ownEgressOnlyGateways, isOurs: () => true },
  // People add routes to an internet gateway for single addresses; these stay.
  { begins: "igw-", of: ownInternetGateways, isOurs: (to: string) => to === "0.0.0.0/0" || to === "::/0" },
];

/** The destinations of the stack's routes that neither the config nor the state has. */
async function ownRoutes(aws: Aws, routes: Routes, { spec, snapshot }: Look<RouteTableSpec>): Promise<string[]> {
  const strange = Object.entries(routes).filter(([to]) => !spec.routes?.[to]);
  const own = await Promise.all(
    strange.map(async ([to, id]) => {
      const gateways = GATEWAYS.find(({ begins, isOurs }) => id.startsWith(begins) && isOurs(to));
      return gateways && (await gateways.of(aws, snapshot)).has(id) ? [to] : [];
    }),
  );
  return own.flat();
}

/** The associations with subnets; the main table also has one with the VPC. */
const associationsOf = ({ Associations = [] }: Table): RouteTableAssociation[] =>
  Associations.filter(
    ({ SubnetId, AssociationState }) => SubnetId !== undefined && !AssociationState?.State?.startsWith("disassociat"),
  );

/** The associations' ids by subnet. One of a subnet that is moved to another table gets another id. */
const associationIds = (table: Table): Record<string, string> =>
  Object.fromEntries(
    associationsOf(table).map(({ SubnetId = "", RouteTableAssociationId = "" }) => [SubnetId, RouteTableAssociationId]),
  );

/** The static routes for CIDR blocks: AWS's local and propagated routes are omitted. */
function routesOf({ Routes = [] }: Table): Routes {
  const routes: Record<string, string> = {};
  for (const route of Routes) {
    const destination = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
    const target = targetIn(route);
    if (!destination || !target || target === "local" || route.Origin === "EnableVgwRoutePropagation") continue;
    routes[destination] = target;
  }
  return routes;
}

const targetIn = (route: Route): string | undefined =>
  route.GatewayId ??
  route.NatGatewayId ??
  route.VpcPeeringConnectionId ??
  route.TransitGatewayId ??
  route.EgressOnlyInternetGatewayId ??
  route.LocalGatewayId ??
  route.CarrierGatewayId ??
  route.CoreNetworkArn ??
  route.OdbNetworkArn ??
  // Last: a route to a NAT instance has both, and the interface is the actual target.
  route.NetworkInterfaceId ??
  route.InstanceId;

/** Unmanaged settings other than routes for CIDR blocks; gateway endpoints write their own routes for prefix lists. */
const unmanagedOf = ({ Routes = [], PropagatingVgws = [] }: Table): string[] => [
  ...PropagatingVgws.map(({ GatewayId }) => `propagation from ${GatewayId}`),
  ...Routes.filter((route) => route.DestinationPrefixListId && !targetIn(route)?.startsWith("vpce-")).map(
    (route) => `route ${route.DestinationPrefixListId} to ${targetIn(route)}`,
  ),
];

async function setRoutes(aws: Aws, RouteTableId: string, now: Routes, wanted: Routes) {
  const notYet = notSeenYet(
    "InvalidNatGatewayID.NotFound",
    "NatGatewayNotFound",
    "InvalidGatewayID.NotFound",
    "InvalidInternetGatewayID.NotFound",
    "InvalidRouteTableID.NotFound",
  );
  for (const [cidr, target] of Object.entries(wanted)) {
    if (now[cidr] === target) continue;
    const route = { RouteTableId, ...destinationOf(cidr), ...targetOf(target) };
    const replace = () => aws.ec2(new ReplaceRouteCommand(route), { notYet });
    if (cidr in now) await replace();
    else
      try {
        await aws.ec2(new CreateRouteCommand(route), { notYet });
      } catch (error) {
        if (!hasCode(error, "RouteAlreadyExists")) throw error;
        await replace();
      }
  }
  for (const cidr of Object.keys(now))
    if (!(cidr in wanted))
      await absent(aws.ec2(new DeleteRouteCommand({ RouteTableId, ...destinationOf(cidr) })), "InvalidRoute.NotFound");
}

/** An unmanaged route may be for IPv6; it is deleted like any other undeclared route. */
const destinationOf = (cidr: string) =>
  cidr.includes(":") ? { DestinationIpv6CidrBlock: cidr } : { DestinationCidrBlock: cidr };
const targetOf = (id: string) =>
  id.startsWith("nat-")
    ? { NatGatewayId: id }
    : id.startsWith("eigw-")
      ? { EgressOnlyInternetGatewayId: id }
      : { GatewayId: id };

/** Associates a subnet with the table; one that another table still serves is moved only once this one has its routes (`routed`). */
async function associate(aws: Aws, RouteTableId: string, SubnetId: string, routed?: Promise<void>) {
  const notYet = notSeenYet("InvalidRouteTableID.NotFound", "InvalidSubnetID.NotFound");
  try {
    await aws.ec2(new AssociateRouteTableCommand({ RouteTableId, SubnetId }), { notYet });
  } catch (error) {
    if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
    const holders = await tables.filtered(aws, [{ Name: "association.subnet-id", Values: [SubnetId] }]);
    const held = holders.flatMap(associationsOf).find((association) => association.SubnetId === SubnetId);
    if (!held) throw error;
    if (held.RouteTableId === RouteTableId) return;
    await routed;
    await aws.ec2(
      new ReplaceRouteTableAssociationCommand({ AssociationId: held.RouteTableAssociationId, RouteTableId }),
      { notYet },
    );
  }
}

/**
 * Disassociates subnets from the table; one that was moved to another table in the meantime stays there. `known`: the ids of associations, if they
 * were read before; a delete that is refused tells of those that were made since.
 */
async function disassociate(
  aws: Aws,
  id: string,
  subnetIds: readonly string[],
  known?: Readonly<Record<string, string>>,
) {
  if (subnetIds.length === 0) return;
  const table = known ? undefined : await tables.byId(aws, id);
  const ids = known ?? (table ? associationIds(table) : {});
  const leaving = subnetIds.flatMap((subnetId) => ids[subnetId] ?? []);
  await allDone(
    leaving.map((AssociationId) =>
      absent(aws.ec2(new DisassociateRouteTableCommand({ AssociationId })), "InvalidAssociationID.NotFound"),
    ),
  );
}
