import type { Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { addNetworkInterface } from "./network-interfaces.ts";
import { subnetOf, type SimNetworkInterface, type SimSecurityGroup } from "./records.ts";

/**
 * What CloudFront makes in a VPC for its VPC origins: one group, and interfaces in the subnets of the load balancer, with its tag ("Restrict access
 * with VPC origins", CloudFront Developer Guide; AWS managed policy AWSCloudFrontVPCOriginServiceRolePolicy). Nothing says when it deletes the group:
 * here it never does, and the interfaces stay for a while after the origin.
 */
const GROUP = "CloudFront-VPCOrigins-Service-SG";
const TAG = { Key: "aws.cloudfront.vpcorigin", Value: "enabled" };

/** Puts CloudFront's interfaces into subnets. */
export function addServiceInterfaces(sim: Sim, subnetIds: readonly string[]): string[] {
  return subnetIds.map((subnetId) => {
    const groupId = serviceGroup(sim, subnetOf(sim, subnetId).vpcId);
    const made = addNetworkInterface(sim, {
      subnetId,
      groupIds: [groupId],
      description: "CloudFront VPC origin",
      requesterId: "amazon-cloudfront",
    });
    made.tags = [TAG];
    return made.id;
  });
}

/** The group of the VPC, made with the first origin in it. */
function serviceGroup(sim: Sim, vpcId: string): string {
  const groups = sim.table<SimSecurityGroup>("ec2.securityGroups");
  const standing = Object.values(groups).find((group) => group.vpcId === vpcId && group.name === GROUP);
  if (standing) return standing.id;
  const id = sim.id("sg");
  groups[id] = {
    id,
    vpcId,
    name: GROUP,
    description: "Security group for CloudFront VPC origins",
    ingress: [],
    egress: [{ protocol: "-1", from: -1, to: -1, peer: "0.0.0.0/0" }],
    tags: [TAG],
    visibleAt: sim.now,
  };
  return id;
}

/** Takes the interfaces of an origin away that is gone at `goneAt`, some time later. */
export function removeServiceInterfaces(sim: Sim, ids: readonly string[], goneAt: number): void {
  const interfaces = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
  for (const id of ids) {
    const own = interfaces[id];
    if (own) own.goneAt = goneAt + (sim.in(TIMING.vpcOriginInterfaces) - sim.now);
  }
}
