import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../src/aws/ec2/security-group-rules.ts";
import type { AnyHandle, Input, Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

/** The security group of a load balancer, without its rules: whom it talks to is known once the services' groups are. */
export const balancerGroup = (scope: Scope, name: string, { vpcId }: Network) =>
  scope.add("security/balancer-group", SecurityGroup, {
    name,
    description: "Load balancer: in from CloudFront only, out to the tasks only",
    vpcId,
  });

/** The security group of a service's tasks, without its rules. */
export const tasksGroup = (scope: Scope, name: string, { vpcId }: Network) =>
  scope.add("security/tasks-group", SecurityGroup, {
    name,
    description: "Tasks: in from the load balancer only, out to HTTPS and DNS only",
    vpcId,
  });

/** A security group at the other end of a connection, the port that is listened on, and what the rule says of it. */
export interface Peer {
  readonly groupId: Output<string>;
  readonly port: number;
  readonly description: string;
}

/** In from CloudFront, whose addresses are the prefix list; out to the tasks. */
export const balancerRules = (
  scope: Scope,
  { groupId, prefixList, targets }: { groupId: Output<string>; prefixList: string; targets: readonly Peer[] },
) =>
  scope.add("security/balancer-rules", SecurityGroupRules, {
    groupId,
    // The prefix list counts as 55 rules of the 60 that a group may have: room for one port. Its own name says what it is.
    ingress: [rule("tcp", 80, prefixList, "")],
    egress: targets.map((target) => rule("tcp", target.port, target.groupId, target.description)),
  });

/** In from those that ask the service, out to those that it asks, to HTTPS and to DNS. */
export const tasksRules = (
  scope: Scope,
  {
    groupId,
    from,
    to,
    network,
  }: { groupId: Output<string>; from: readonly Peer[]; to: readonly Peer[]; network: Network },
): AnyHandle =>
  scope.add("security/tasks-rules", SecurityGroupRules, {
    groupId,
    ingress: from.map((peer) => rule("tcp", peer.port, peer.groupId, peer.description)),
    egress: [
      rule("tcp", 443, "0.0.0.0/0", "HTTPS: registry, logs, AWS"),
      // The VPC's resolver has an address of the VPC's first range ("Amazon DNS attributes", VPC User Guide); a server of the user's own
      // may be in any.
      ...network.ranges.flatMap((range) => [
        rule("tcp", 53, range, "DNS inside the VPC"),
        rule("udp", 53, range, "DNS inside the VPC"),
      ]),
      ...to.map((peer) => rule("tcp", peer.port, peer.groupId, peer.description)),
    ],
  });

const rule = (protocol: "tcp" | "udp", port: number, peer: Input<string>, description: string) => ({
  protocol,
  fromPort: port,
  toPort: port,
  peer,
  description,
});
