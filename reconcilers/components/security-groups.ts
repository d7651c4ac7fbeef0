import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../src/aws/ec2/security-group-rules.ts";
import { BALANCER_TAG, OPEN_TAG, PRIVATE_SUBNETS_TAG, SHARING_GROUP } from "../../src/aws/shared-stack.ts";
import { text, type AnyHandle, type Input, type Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

/**
 * The security group of a load balancer, without its rules: its peers are known only once the services' groups exist. Without a CDN another
 * group has the inbound rules.
 */
export const balancerGroup = (scope: Scope, name: string, { vpcId }: Network, isOpen: boolean) =>
  scope.add("security/balancer-group", SecurityGroup, {
    name,
    description: isOpen
      ? "Load balancer: out to the tasks only"
      : "Load balancer: in from CloudFront only, out to the tasks only",
    vpcId,
  });

/**
 * The security group that lets users reach a load balancer without CDN. A group of its own: while a stack gets a CDN, or gives it up, both ways
 * are open, and CloudFront's prefix list leaves no room for others in a group.
 */
export const openGroup = (scope: Scope, name: string, { vpcId }: Network) =>
  scope.add("security/open-group", SecurityGroup, {
    name,
    description: "Load balancer: in from balancer.allowFrom",
    vpcId,
  });

/** Its rules: created after `others`, so that no one is let in before requests are routed. */
export const openRules = (
  scope: Scope,
  {
    groupId,
    allowFrom,
    ports,
    after,
  }: {
    groupId: Output<string>;
    allowFrom: readonly string[];
    ports: readonly number[];
    after: readonly AnyHandle[];
  },
) =>
  scope.add(
    "security/open-rules",
    SecurityGroupRules,
    {
      groupId,
      ingress: ports.flatMap((port) => allowFrom.map((peer) => rule("tcp", port, peer, ""))),
      egress: [],
    },
    { after },
  );

/**
 * The security group that tasks of other stacks are in, besides their own: it lets the load balancer and the VPC endpoints name them before
 * they exist. Its tags carry to those stacks the ids of the private subnets, without a CDN that there is none (`openAddress`), and the name of
 * an internal load balancer, which only that stack can tell.
 */
export const sharingGroup = (
  scope: Scope,
  name: string,
  { vpcId, privateSubnetIds }: Network,
  { openAddress, balancerName }: { openAddress: string | undefined; balancerName: string | undefined },
) =>
  scope.add(
    SHARING_GROUP,
    SecurityGroup,
    { name, description: "Tasks of the stacks that share this one; their own groups have the rules", vpcId },
    undefined,
    {
      [PRIVATE_SUBNETS_TAG]: privateSubnetIds.reduce(
        (all, id, index) => (index === 0 ? id : text`${all} ${id}`),
        text``,
      ),
      ...(openAddress === undefined ? {} : { [OPEN_TAG]: openAddress }),
      ...(balancerName === undefined ? {} : { [BALANCER_TAG]: balancerName }),
    },
  );

/**
 * Lets CloudFront reach the load balancer by HTTPS. A group of its own: the prefix list counts as 55 of the 60 rules that a group may have, and
 * while a stack gets a domain, or loses it, both ports are open.
 */
export function httpsGroup(scope: Scope, name: string, { vpcId }: Network, prefixList: string) {
  const { groupId } = scope.add("security/https-group", SecurityGroup, {
    name,
    description: "Load balancer: in from CloudFront by HTTPS",
    vpcId,
  });
  const rules = scope.add("security/https-rules", SecurityGroupRules, {
    groupId,
    ingress: [rule("tcp", 443, prefixList, "")],
    egress: [],
  });
  return { groupId, rules };
}

/** The security group of a service's tasks, without its rules. */
export const tasksGroup = (scope: Scope, name: string, { vpcId }: Network) =>
  scope.add("security/tasks-group", SecurityGroup, {
    name,
    description: "Tasks: in from the load balancer only, out to HTTPS and DNS only",
    vpcId,
  });

/** The security group of a peer, the port that it listens on, and the description of the rule. */
export interface Peer {
  readonly groupId: Output<string>;
  readonly port: number;
  readonly description: string;
}

/** Inbound from CloudFront's prefix list, if no other group lets requests in; outbound to the tasks, those of other stacks (`sharing`) on any port. */
export const balancerRules = (
  scope: Scope,
  {
    groupId,
    prefixList,
    targets,
    sharing,
  }: {
    groupId: Output<string>;
    prefixList: string | undefined;
    targets: readonly Peer[];
    sharing?: Output<string> | undefined;
  },
) =>
  scope.add("security/balancer-rules", SecurityGroupRules, {
    groupId,
    // The prefix list counts as 55 of the 60 rules that a group may have, so there is room for one port only.
    ingress: prefixList === undefined ? [] : [rule("tcp", 80, prefixList, "")],
    egress: [
      ...targets.map((target) => rule("tcp", target.port, target.groupId, target.description)),
      ...(sharing ? [{ ...rule("tcp", 1, sharing, "To the tasks of other stacks"), toPort: 65_535 }] : []),
    ],
  });

/** Inbound from the clients of the service; outbound to the services that it calls, to HTTPS and to DNS. */
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
      // Names with IPv6 addresses are reached by IPv6 first: without this rule, calls would wait for it in vain.
      ...(network.hasIpv6 ? [rule("tcp", 443, "::/0", "HTTPS by IPv6")] : []),
      // The VPC's resolver has an address in the VPC's first range ("Amazon DNS attributes", VPC User Guide); a user's own DNS server may
      // be in any range.
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
