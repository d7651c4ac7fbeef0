import type {
  CreateTargetGroupCommandInput,
  CreateTargetGroupCommandOutput,
  DeleteTargetGroupCommandInput,
  DescribeTargetGroupAttributesCommandInput,
  DescribeTargetGroupAttributesCommandOutput,
  DescribeTargetGroupsCommandInput,
  DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
  ModifyTargetGroupAttributesCommandInput,
  ModifyTargetGroupAttributesCommandOutput,
  ModifyTargetGroupCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { vpcOf } from "../ec2/records.ts";
import { targetsOf } from "../ecs/targets.ts";
import { refuse, refusedAs } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { usersOf } from "./reach.ts";
import { checkCount, checkName, PAGES, seenGroups, targetGroupOf, targetGroups, usedUntil } from "./records.ts";
import type { SimTargetGroup } from "./records.ts";

const DEFAULTS: Readonly<Record<string, string>> = {
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.algorithm.type": "round_robin",
  "load_balancing.algorithm.anomaly_mitigation": "off",
  "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
  "slow_start.duration_seconds": "0",
  "stickiness.enabled": "false",
  "stickiness.type": "lb_cookie",
  "stickiness.lb_cookie.duration_seconds": "86400",
};

const answerOf = (sim: Sim, group: SimTargetGroup) => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: group.protocol as "HTTP",
  Port: group.port,
  VpcId: group.vpcId,
  TargetType: group.targetType as "ip",
  HealthCheckProtocol: "HTTP" as const,
  HealthCheckPort: "traffic-port",
  HealthCheckEnabled: true,
  HealthCheckPath: group.health.path,
  HealthCheckIntervalSeconds: group.health.interval,
  HealthCheckTimeoutSeconds: group.health.timeout,
  HealthyThresholdCount: group.health.healthy,
  UnhealthyThresholdCount: group.health.unhealthy,
  Matcher: { HttpCode: group.health.matcher },
  LoadBalancerArns: usersOf(sim, group.arn),
  ProtocolVersion: "HTTP1",
  IpAddressType: "ipv4" as const,
});

type Health = Pick<
  CreateTargetGroupCommandInput,
  | "HealthCheckPath"
  | "Matcher"
  | "HealthCheckIntervalSeconds"
  | "HealthCheckTimeoutSeconds"
  | "HealthyThresholdCount"
  | "UnhealthyThresholdCount"
>;

function healthOf(input: Health, now: SimTargetGroup["health"]): SimTargetGroup["health"] {
  const health = {
    path: input.HealthCheckPath ?? now.path,
    matcher: input.Matcher?.HttpCode ?? now.matcher,
    interval: input.HealthCheckIntervalSeconds ?? now.interval,
    timeout: input.HealthCheckTimeoutSeconds ?? now.timeout,
    healthy: input.HealthyThresholdCount ?? now.healthy,
    unhealthy: input.UnhealthyThresholdCount ?? now.unhealthy,
  };
  if (health.timeout >= health.interval)
    refuse("ValidationError", "Health check interval must be greater than the timeout.");
  if (!health.path.startsWith("/")) refuse("ValidationError", `Health check path '${health.path}' must start with '/'`);
  checkMatcher(health.matcher);
  return health;
}

/** Codes from 200 to 499, in a list or a range (botocore elbv2, Matcher.HttpCode); a range that ends before it starts has none. */
function checkMatcher(matcher: string): void {
  const isRange = (part: string) => {
    const [from = "", to = from, ...more] = part.split("-");
    return more.length === 0 && [from, to].every((code) => /^[234]\d\d$/.test(code)) && from <= to;
  };
  if (!matcher.split(",").every(isRange))
    refuse("ValidationError", `Health check matcher HTTP code '${matcher}' must be within '200-499' inclusive`);
}

const attributeList = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

export const targetGroupOperations = {
  CreateTargetGroup(input: CreateTargetGroupCommandInput, sim): Answer<CreateTargetGroupCommandOutput> {
    const name = checkName(input.Name ?? "");
    const vpcId = refusedAs(
      () => vpcOf(sim, input.VpcId).id,
      "ValidationError",
      () => `The VPC ID '${input.VpcId}' is not found`,
    );
    const twin = Object.values(targetGroups(sim)).find((other) => other.name === name);
    if (twin) {
      if (twin.vpcId !== vpcId || twin.port !== input.Port || twin.protocol !== input.Protocol)
        refuse(
          "DuplicateTargetGroupNameException",
          `A target group with the same name '${name}' exists, but with different settings`,
        );
      return { TargetGroups: [answerOf(sim, twin)] };
    }
    const arn = sim.arn("elasticloadbalancing", `targetgroup/${name}/${sim.world.hex(16)}`);
    const group: SimTargetGroup = {
      arn,
      name,
      vpcId,
      protocol: input.Protocol ?? refuse("ValidationError", "A protocol must be specified"),
      port: input.Port ?? refuse("ValidationError", "A port must be specified"),
      targetType: input.TargetType ?? "instance",
      health: healthOf(input, { path: "/", matcher: "200", interval: 30, timeout: 5, healthy: 5, unhealthy: 2 }),
      attributes: { ...DEFAULTS },
      visibleAt: sim.in(sim.world.random() * TIMING.listLag),
      tags: tagsOfInput(input.Tags),
    };
    targetGroups(sim)[arn] = group;
    return { TargetGroups: [answerOf(sim, group)] };
  },

  DescribeTargetGroups(input: DescribeTargetGroupsCommandInput, sim): Answer<DescribeTargetGroupsCommandOutput> {
    onlyKnown("DescribeTargetGroups", input, "TargetGroupArns", "Names", "Marker", "PageSize");
    checkCount(input.TargetGroupArns, input.Names);
    const all = Object.values(seenGroups(sim));
    const named = input.Names?.map(
      (name) =>
        all.find((group) => group.name === name) ??
        refuse("TargetGroupNotFoundException", "One or more target groups not found"),
    );
    const asked = input.TargetGroupArns?.map((arn) => targetGroupOf(sim, arn)) ?? named;
    const { page, next } = pageOf(asked ?? all, { token: input.Marker, size: input.PageSize }, PAGES);
    return { TargetGroups: page.map((group) => answerOf(sim, group)), NextMarker: next };
  },

  ModifyTargetGroup(input: ModifyTargetGroupCommandInput, sim) {
    const group = targetGroupOf(sim, input.TargetGroupArn);
    group.health = healthOf(input, group.health);
    return { TargetGroups: [answerOf(sim, group)] };
  },

  DescribeTargetGroupAttributes: (
    input: DescribeTargetGroupAttributesCommandInput,
    sim,
  ): Answer<DescribeTargetGroupAttributesCommandOutput> => ({
    Attributes: attributeList(targetGroupOf(sim, input.TargetGroupArn).attributes),
  }),

  ModifyTargetGroupAttributes(
    input: ModifyTargetGroupAttributesCommandInput,
    sim,
  ): Answer<ModifyTargetGroupAttributesCommandOutput> {
    const group = targetGroupOf(sim, input.TargetGroupArn);
    for (const { Key = "", Value = "" } of input.Attributes ?? []) {
      if (!(Key in DEFAULTS)) refuse("ValidationError", `Target group attribute key '${Key}' is not recognized`);
      group.attributes[Key] = Value;
    }
    return { Attributes: attributeList(group.attributes) };
  },

  DescribeTargetHealth(input: DescribeTargetHealthCommandInput, sim): Answer<DescribeTargetHealthCommandOutput> {
    const { arn } = targetGroupOf(sim, input.TargetGroupArn);
    return {
      TargetHealthDescriptions: targetsOf(sim, arn).map(({ id, port, health, reason, description }) => ({
        Target: { Id: id, Port: port },
        HealthCheckPort: String(port),
        TargetHealth: {
          State: health,
          ...(reason === undefined ? {} : { Reason: reason as never }),
          ...(description === undefined ? {} : { Description: description }),
        },
      })),
    };
  },

  DeleteTargetGroup(input: DeleteTargetGroupCommandInput, sim) {
    const { TargetGroupArn: arn = "" } = input;
    // Deleting what is not there is a success.
    if (!(arn in targetGroups(sim))) return {};
    if (usersOf(sim, arn).length > 0 || (usedUntil(sim)[arn] ?? 0) > sim.now)
      refuse("ResourceInUseException", `Target group '${arn}' is currently in use by a listener or a rule`);
    delete targetGroups(sim)[arn];
    delete usedUntil(sim)[arn];
    return {};
  },
} satisfies Operations;
