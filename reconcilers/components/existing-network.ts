import type { ExistingNetwork } from "../../src/config/stack.ts";
import { text } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

/**
 * A network that already exists: its ids refer to no resource of the stack, so that no part of it can be tagged, changed or deleted.
 * The ranges are those of the VPC as AWS returns them.
 */
export function existingNetwork(
  scope: Scope,
  { vpc, publicSubnets, privateSubnets }: ExistingNetwork,
  { ranges, hasIpv6 }: Pick<Network, "ranges" | "hasIpv6">,
): Network {
  const vpcId = text`${vpc}`;
  const publicSubnetIds = publicSubnets.map((id) => text`${id}`);
  const privateSubnetIds = privateSubnets.map((id) => text`${id}`);
  scope.output("vpc_id", vpcId);
  scope.output("public_subnet_ids", publicSubnetIds);
  scope.output("private_subnet_ids", privateSubnetIds);
  return {
    vpcId,
    ranges,
    hasIpv6,
    publicSubnetIds,
    privateSubnetIds,
    privateRouteTableIds: [],
    taskRouteTableIds: [],
    gateways: [],
    wayIn: [],
    tasks: { subnetIds: privateSubnetIds, publicIp: false, routes: [], wayOut: [] },
  };
}
