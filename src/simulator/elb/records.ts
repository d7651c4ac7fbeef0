import type { Action, RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { refuse } from "../errors.ts";
import type { Cut } from "../pages.ts";
import { visible, type Lagging, type Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

/** What all records of the service have. */
export interface ElbRecord {
  arn: string;
  tags: SimTags;
}

export interface SimLoadBalancer extends ElbRecord {
  name: string;
  hash: string;
  scheme: string;
  vpcId: string;
  subnetIds: string[];
  /** Whether it has IPv6 addresses too. */
  isDualStack?: boolean;
  groupIds: string[];
  attributes: Record<string, string>;
  createdAt: number;
  readyAt: number;
  interfaceIds: string[];
}

export interface SimTargetGroup extends ElbRecord, Lagging {
  name: string;
  vpcId: string;
  protocol: string;
  port: number;
  targetType: string;
  health: { path: string; matcher: string; interval: number; timeout: number; healthy: number; unhealthy: number };
  attributes: Record<string, string>;
  /** From when ECS knows that a load balancer forwards to it; left out: none ever has. */
  associatedAt?: number;
}

export interface SimListener extends ElbRecord {
  loadBalancerArn: string;
  port: number;
  protocol: string;
  actions: Action[];
  /** Of an HTTPS listener. */
  certificateArn?: string | undefined;
  sslPolicy?: string | undefined;
  otherCertificates?: string[];
}

export interface SimListenerRule extends ElbRecord, Lagging {
  listenerArn: string;
  priority: number;
  conditions: RuleCondition[];
  actions: Action[];
}

/** A target of a group, as it was registered. */
export interface SimTarget {
  id: string;
  port: number;
  health: "initial" | "healthy" | "unhealthy" | "draining";
  reason?: string;
  description?: string;
}

export const balancers = (sim: Sim) => sim.table<SimLoadBalancer>("elb.loadBalancers");
export const targetGroups = (sim: Sim) => sim.table<SimTargetGroup>("elb.targetGroups");
export const listeners = (sim: Sim) => sim.table<SimListener>("elb.listeners");
export const rules = (sim: Sim) => sim.table<SimListenerRule>("elb.rules");

/** The target groups that the service tells of by now. */
export function seenGroups(sim: Sim): Record<string, SimTargetGroup> {
  return Object.fromEntries(visible(targetGroups(sim), sim).map((group) => [group.arn, group]));
}

/** Until when a target group counts as used by what was just taken off it. */
export const usedUntil = (sim: Sim) => sim.table<number>("~elb.uses");

/**
 * Actions that are dropped keep counting for a moment: the delete of a target group in them is refused (terraform-provider-aws,
 * internal/service/elbv2/target_group.go, resourceTargetGroupDelete: asks again for two minutes on "is currently in use by a listener or a rule").
 */
export function dropActions(sim: Sim, actions: readonly Action[]): void {
  for (const arn of groupsIn(actions)) usedUntil(sim)[arn] = sim.in(sim.world.random() * TIMING.release);
}

const lookup =
  <T>(table: (sim: Sim) => Record<string, T>, code: string, what: string) =>
  (sim: Sim, arn: string | undefined): T =>
    table(sim)[arn ?? ""] ?? refuse(code, `One or more ${what} not found`);

/** The record of an ARN, or the service's refusal where there is none. */
export const balancerOf = lookup(balancers, "LoadBalancerNotFoundException", "load balancers");
/**
 * One that was just made is not found yet (terraform-provider-aws, internal/service/elbv2/target_group.go, resourceTargetGroupCreate: asks for up
 * to five minutes before it sets anything).
 */
/** How many resources a call describes at most. */
export const MOST_AT_ONCE = 20;

/**
 * "You can specify up to 20 load balancers in a single call" (botocore elbv2, DescribeLoadBalancers). Of target groups, and of names, no
 * limit is documented: they are held to the same one.
 */
export function checkCount(...lists: readonly (readonly string[] | undefined)[]): void {
  if (lists.some((list = []) => list.length > MOST_AT_ONCE))
    refuse("ValidationError", `The maximum number of resources in a call is ${MOST_AT_ONCE}`);
}

export const targetGroupOf = lookup(seenGroups, "TargetGroupNotFoundException", "target groups");
export const listenerOf = lookup(listeners, "ListenerNotFoundException", "listeners");
export const ruleOf = lookup(rules, "RuleNotFoundException", "rules");

/** Refuses actions that lead to a target group that is not there. */
export function checkActions(sim: Sim, actions: readonly Action[] = [], from?: string): Action[] {
  if (actions.length === 0) refuse("ValidationError", "A listener action must be specified");
  for (const { Type, TargetGroupArn, FixedResponseConfig, RedirectConfig } of actions) {
    // botocore elbv2, RedirectActionConfig, Protocol: "You cannot redirect HTTPS to HTTP."
    if (Type === "redirect" && from === "HTTPS" && RedirectConfig?.Protocol === "HTTP")
      refuse("InvalidLoadBalancerActionException", "You cannot redirect HTTPS to HTTP");
    if (Type === "forward") targetGroupOf(sim, TargetGroupArn);
    else if (Type === "fixed-response" && !/^[245]\d\d$/.test(FixedResponseConfig?.StatusCode ?? ""))
      refuse("InvalidLoadBalancerActionException", "The fixed response's status code is not valid");
  }
  return [...actions];
}

/** The groups that actions forward to. */
export const groupsIn = (actions: readonly Action[]) => actions.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);

/** How the service cuts its lists into pages. */
export const PAGES: Cut = { usual: 400, code: "ValidationError" };

/** Refuses a name that no load balancer or target group may have. */
export function checkName(name: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name) || name.startsWith("internal-"))
    refuse(
      "ValidationError",
      `The name '${name}' cannot be longer than '32' characters or has characters that are not valid`,
    );
  return name;
}
