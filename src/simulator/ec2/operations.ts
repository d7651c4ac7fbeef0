import { changing, type Operations } from "../sim.ts";
import { flowLogOperations } from "./flow-logs.ts";
import { gatewayOperations } from "./gateways.ts";
import { ipv6Operations } from "./ipv6.ts";
import { natGatewayOperations, sweepNatGateways } from "./nat-gateways.ts";
import { networkAclOperations } from "./network-acls.ts";
import { networkInterfaceOperations, purgeNetworkInterfaces } from "./network-interfaces.ts";
import { otherOperations } from "./others.ts";
import { prefixListOperations } from "./prefix-lists.ts";
import { routeTableOperations } from "./route-tables.ts";
import { securityGroupOperations } from "./security-groups.ts";
import { subnetOperations } from "./subnets.ts";
import { tagOperations } from "./tags.ts";
import { sweepVpcEndpoints, vpcEndpointOperations } from "./vpc-endpoints.ts";
import { vpcOperations } from "./vpc.ts";
import { zoneOperations } from "./zones.ts";

/** EC2, as far as the topology needs it. What time has taken away goes out of the world before anything else is changed. */
export const ec2: Operations = changing(
  {
    ...flowLogOperations,
    ...gatewayOperations,
    ...ipv6Operations,
    ...natGatewayOperations,
    ...networkAclOperations,
    ...networkInterfaceOperations,
    ...otherOperations,
    ...prefixListOperations,
    ...routeTableOperations,
    ...securityGroupOperations,
    ...subnetOperations,
    ...tagOperations,
    ...vpcEndpointOperations,
    ...vpcOperations,
    ...zoneOperations,
  },
  (sim) => {
    sweepNatGateways(sim);
    sweepVpcEndpoints(sim);
    purgeNetworkInterfaces(sim);
  },
);
