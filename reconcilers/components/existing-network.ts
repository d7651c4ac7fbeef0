import type { ExistingNetwork } from "../../src/config/stack.ts";
import { text } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

/**
 * A network that exists already: plain ids, and no resource, so that nothing of it can be tagged, changed or deleted. `ranges` are the
 * VPC's, as AWS tells them.
 */
export function existingNetwork(
  scope: Scope,
  { vpc, publicSubnets, privateSubnets }: ExistingNetwork,
  ranges: readonly string[],
): Network {
  const all = (ids: readonly string[]) => ids.map((id) => text`${id}`);
  scope.output("vpc_id", text`${vpc}`);
  scope.output("public_subnet_ids", all(publicSubnets));
  scope.output("private_subnet_ids", all(privateSubnets));
  return {
    vpcId: vpc,
    ranges,
    publicSubnetIds: publicSubnets,
    privateSubnetIds: privateSubnets,
    privateRouteTableIds: [],
    wayIn: [],
    privateRoutes: [],
    wayOut: [],
  };
}
