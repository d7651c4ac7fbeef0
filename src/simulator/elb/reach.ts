import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { lets } from "../ec2/reach.ts";
import { aclsLet } from "../ec2/acls.ts";
import type { SimSecurityGroup, SimSubnet } from "../ec2/records.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { balancers, groupsIn, listeners, rules, targetGroups } from "./records.ts";

/** The load balancers that use a target group, through a listener or a rule. */
export function usersOf(sim: Sim, arn: string): string[] {
  const direct = Object.values(listeners(sim)).filter(({ actions }) => groupsIn(actions).includes(arn));
  const byRule = Object.values(rules(sim))
    .filter(({ actions }) => groupsIn(actions).includes(arn))
    .flatMap(({ listenerArn }) => listeners(sim)[listenerArn] ?? []);
  return [...new Set([...direct, ...byRule].map(({ loadBalancerArn }) => loadBalancerArn))];
}

/**
 * Refuses actions that forward to a target group of another load balancer (API reference, CreateRule: TargetGroupAssociationLimit; user guide, "Target
 * groups for your Application Load Balancers": "Each target group can be associated with only one load balancer").
 */
export function demandAlone(sim: Sim, balancer: string, actions: readonly Action[]): Action[] {
  for (const arn of groupsIn(actions)) {
    const users = usersOf(sim, arn);
    if (users.some((other) => other !== balancer))
      refuse(
        "TargetGroupAssociationLimitException",
        `The following target groups cannot be associated with more than one load balancer: '${arn}'`,
      );
    const group = targetGroups(sim)[arn];
    if (group && users.length === 0) group.associatedAt = sim.now + TIMING.association * 1000;
  }
  return [...actions];
}

/**
 * Whether a load balancer that uses the target group gets through to a target with these groups on `port`: its own groups have to let the
 * request and the health check out, and the target's have to let them in (ELB user guide, "Security groups for your Application Load
 * Balancer": "outbound to the target security group, on the instance listener and health check port"). A group that no one uses, and a
 * target without groups, is not judged. The network ACLs have to let through what comes from each of its subnets.
 */
export function reaches(
  sim: Sim,
  targetGroupArn: string,
  groupIds: readonly string[] = [],
  port: number,
  subnetId?: string,
): boolean {
  const groups = sim.table<SimSecurityGroup>("ec2.securityGroups");
  const of = (ids: readonly string[]) => ids.flatMap((id) => groups[id] ?? []);
  const users = usersOf(sim, targetGroupArn).flatMap((arn) => balancers(sim)[arn] ?? []);
  const targets = of(groupIds);
  if (users.length === 0 || targets.length === 0) return true;
  return users.some((user) => {
    const own = of(user.groupIds);
    const subnets = sim.table<SimSubnet>("ec2.subnets");
    const target = subnets[subnetId ?? ""];
    if (target && user.subnetIds.some((id) => subnets[id] && !aclsLet(sim, subnets[id], target, port))) return false;
    const out = own.some(({ egress }) => egress.some((rule) => lets(rule, port, groupIds)));
    return out && targets.some(({ ingress }) => ingress.some((rule) => lets(rule, port, user.groupIds)));
  });
}
