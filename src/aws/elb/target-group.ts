// A target group is created without a load balancer, but belongs to one at most; and only its health check and its attributes
// can be changed in place: another protocol needs another target group. Its port is ignored: targets have their own.
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  type ProtocolEnum,
  type TargetGroup as AwsTargetGroup,
  type TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Look } from "../../engine/resource-kind.ts";
import { ahead } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { wholeArn, defineKind } from "../define-kind.ts";
import { tagList, type Tags } from "../tags.ts";
import { readTogether } from "../together.ts";
import { asRecorded } from "../to-delete.ts";
import { heldTargetGroup } from "./obstacles.ts";
import {
  AT_ONCE,
  askForTags,
  attributeChanges,
  attributesFrom,
  changeTags,
  foreignAttributes,
  isArn,
  notSeenYet,
  ownedIn,
  tagsIfThere,
  tagsOf,
  type Attributes,
} from "./shared.ts";

export interface TargetGroupSpec {
  /** At most 32 letters, digits and hyphens. */
  name: string;
  vpcId: string;
  /** `HTTP`: the protocol between load balancer and targets. */
  protocol: ProtocolEnum;
  port: number;
  /** `ip`: the target type of Fargate tasks. */
  targetType: TargetTypeEnum;
  healthCheck: HealthCheck;
  /** AWS's attributes by key, such as `deregistration_delay.timeout_seconds`; others are left unchanged. */
  attributes: Attributes;
  tags: Tags;
}

export interface HealthCheck {
  path: string;
  /** The HTTP statuses that mean healthy: `200`, `200-299`. */
  matcher: string;
  /** Seconds; more than `timeout`. */
  interval: number;
  /** Seconds. */
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export interface TargetGroupAttrs {
  arn: string;
  name: string;
  /** `targetgroup/<name>/<hash>`: its name in CloudWatch and Application Auto Scaling. */
  fullName: string;
}

export const TargetGroup = defineKind<TargetGroupSpec, TargetGroupAttrs>({
  type: "elb/target-group",
  fields: {
    name: { immutable: true, unique: true },
    vpcId: { immutable: true },
    protocol: { immutable: true },
    // The port of targets that are registered without one (botocore elbv2, CreateTargetGroup.Port: "used unless you specify a port override
    // when registering the target"). ECS registers each task with its container's port, and health checks go to the port that a target is
    // registered with (HealthCheckPort, `traffic-port`): so one group serves tasks of an old port and a new one, and keeps its own.
    port: { same: () => true },
    targetType: { immutable: true },
    healthCheck: {},
    attributes: { keyed: "provider-filled" },
    tags: {},
  },
  traits: { markedAtOnce: true },
  inventory: { idIn: wholeArn("elasticloadbalancing", "targetgroup") },

  async observe(aws, look) {
    if (look.toDelete && isArn(look.knownId))
      return asRecorded(look, await tagsIfThere(aws, look.snapshot, look.knownId));
    askForTags(aws, look);
    const settingsIn = ahead(look, isArn(look.knownId) ? look.knownId : undefined, (TargetGroupArn) =>
      absent(aws.elb(new DescribeTargetGroupAttributesCommand({ TargetGroupArn })), ABSENT),
    );
    const group = await findGroup(aws, look);
    const TargetGroupArn = group?.TargetGroupArn;
    if (!group || TargetGroupArn === undefined) return undefined;
    const [settings, tags] = await Promise.all([
      settingsIn(TargetGroupArn),
      tagsOf(aws, look.snapshot, TargetGroupArn),
    ]);
    if (!settings) return undefined;
    const attributes = attributesFrom(settings.Attributes, DEFAULTS);
    return {
      id: TargetGroupArn,
      attrs: attrsOf(group),
      spec: {
        name: group.TargetGroupName,
        vpcId: group.VpcId,
        protocol: group.Protocol,
        port: group.Port,
        targetType: group.TargetType,
        healthCheck: {
          path: group.HealthCheckPath ?? "/",
          matcher: group.Matcher?.HttpCode ?? "",
          interval: group.HealthCheckIntervalSeconds ?? 0,
          timeout: group.HealthCheckTimeoutSeconds ?? 0,
          healthyThreshold: group.HealthyThresholdCount ?? 0,
          unhealthyThreshold: group.UnhealthyThresholdCount ?? 0,
        },
        attributes,
        tags,
      },
      unmanaged: some(foreignAttributes(attributes, look.spec.attributes, DEFAULTS), unmanagedIn(group, USUAL)),
      ready: true,
    };
  },

  async list(aws) {
    const all = await everyPage(async (Marker) => {
      const page = await aws.elb(new DescribeTargetGroupsCommand({ Marker }));
      return { items: page.TargetGroups, next: page.NextMarker };
    });
    return ownedIn(
      aws,
      all,
      ({ TargetGroupName }) => TargetGroupName,
      ({ TargetGroupArn }) => TargetGroupArn,
    );
  },

  async create(aws, spec, making) {
    const { TargetGroups } = await aws.elb(
      new CreateTargetGroupCommand({
        Name: spec.name,
        VpcId: spec.vpcId,
        Protocol: spec.protocol,
        Port: spec.port,
        TargetType: spec.targetType,
        ...healthCheckOf(spec),
        Tags: tagList(spec.tags),
      }),
      // A VPC that EC2 has just created: "The VPC ID 'vpc-1' is not found".
      { once: true, notYet: [{ code: "ValidationError", says: "is not found", budget: 60 }] },
    );
    const attrs = attrsOf(TargetGroups?.[0] ?? {});
    await making.created(attrs.arn);
    await setAttributes(aws, attrs.arn, DEFAULTS, spec.attributes, notSeenYet(ABSENT));
    return { id: attrs.arn, attrs };
  },

  async update(aws, observed, spec, changed) {
    const TargetGroupArn = observed.id;
    if (changed.has("healthCheck"))
      await aws.elb(new ModifyTargetGroupCommand({ TargetGroupArn, ...healthCheckOf(spec) }));
    await setAttributes(aws, TargetGroupArn, observed.spec.attributes ?? {}, spec.attributes);
    await changeTags(aws, TargetGroupArn, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    await absent(
      // Its listeners and rules are deleted at the same time, or with their load balancer.
      aws.elb(new DeleteTargetGroupCommand({ TargetGroupArn: observed.id }), {
        notYet: unlessHeld(aws, heldTargetGroup(aws, observed.id), IN_USE),
      }),
      ABSENT,
    );
  },
});

const ABSENT = "TargetGroupNotFound";

/** Five minutes; terraform-provider-aws waits two (internal/service/elbv2/target_group.go, on the same error). */
const IN_USE: readonly NotYet[] = [{ code: "ResourceInUse", budget: 300 }];

/** What Fairlead or AWS sets ("TargetGroup" in the API reference of Elastic Load Balancing v2). */
const USUAL: Usual = {
  TargetGroupArn: SET,
  TargetGroupName: SET,
  Protocol: SET,
  Port: SET,
  VpcId: SET,
  TargetType: SET,
  LoadBalancerArns: SET,
  HealthCheckEnabled: SET,
  HealthCheckPath: SET,
  Matcher: SET,
  HealthCheckIntervalSeconds: SET,
  HealthCheckTimeoutSeconds: SET,
  HealthyThresholdCount: SET,
  UnhealthyThresholdCount: SET,
  HealthCheckProtocol: "HTTP",
  HealthCheckPort: "traffic-port",
  ProtocolVersion: "HTTP1",
  IpAddressType: "ipv4",
};

/** AWS's defaults for the attributes of an `ip` target group of an application load balancer (TargetGroupAttribute). */
const DEFAULTS: Attributes = {
  "deregistration_delay.timeout_seconds": "300",
  "load_balancing.algorithm.anomaly_mitigation": "off",
  "load_balancing.algorithm.type": "round_robin",
  "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
  "slow_start.duration_seconds": "0",
  "stickiness.app_cookie.cookie_name": "",
  "stickiness.app_cookie.duration_seconds": "86400",
  "stickiness.enabled": "false",
  "stickiness.lb_cookie.duration_seconds": "86400",
  "stickiness.type": "lb_cookie",
  "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
};

async function findGroup(aws: Aws, look: Look<TargetGroupSpec>): Promise<AwsTargetGroup | undefined> {
  const { knownId, snapshot, spec } = look;
  const byArn = async (TargetGroupArns: string[]) => {
    const { TargetGroups = [] } = await aws.elb(new DescribeTargetGroupsCommand({ TargetGroupArns }));
    return new Map(TargetGroups.map((group) => [group.TargetGroupArn ?? "", group]));
  };
  // An unrecorded group probably does not exist, which would fail a call for several.
  const byName = (name: string) =>
    snapshot.once(`elb/target-group ${name}`, async () => {
      const found = await absent(aws.elb(new DescribeTargetGroupsCommand({ Names: [name] })), ABSENT);
      return found?.TargetGroups?.[0];
    });
  const known = isArn(knownId)
    ? await snapshot.batch("elb/target-group", knownId, AT_ONCE, (arns) => readTogether(arns, byArn, ABSENT))
    : undefined;
  return known ?? (spec.name === undefined ? undefined : byName(spec.name));
}

const attrsOf = ({ TargetGroupArn = "", TargetGroupName = "" }: AwsTargetGroup): TargetGroupAttrs => ({
  arn: TargetGroupArn,
  name: TargetGroupName,
  fullName: TargetGroupArn.slice(TargetGroupArn.lastIndexOf(":") + 1),
});

const healthCheckOf = ({ healthCheck }: TargetGroupSpec) => ({
  HealthCheckPath: healthCheck.path,
  Matcher: { HttpCode: healthCheck.matcher },
  HealthCheckIntervalSeconds: healthCheck.interval,
  HealthCheckTimeoutSeconds: healthCheck.timeout,
  HealthyThresholdCount: healthCheck.healthyThreshold,
  UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
});

async function setAttributes(
  aws: Aws,
  TargetGroupArn: string,
  now: Attributes,
  wanted: Attributes,
  notYet: readonly NotYet[] = [],
) {
  const Attributes = attributeChanges(wanted, now, DEFAULTS);
  if (Attributes.length > 0)
    await aws.elb(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }), { notYet });
}
