// PutScalingPolicy creates or overwrites the policy of that name, including the alarms that AWS creates for it in the account.
// Policies cannot be tagged: a policy is the stack's if it belongs to the stack's service and has the expected name.
import { DeleteScalingPolicyCommand, PutScalingPolicyCommand } from "@aws-sdk/client-application-auto-scaling";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { metricIn, specificationOf, type ScalingMetric } from "./metric.ts";
import {
  CROSSED,
  DESIRED_COUNT,
  NOT_REGISTERED,
  policiesOf,
  ownerOfTarget,
  placeOf,
  resourceIdOf,
  unregistered,
} from "./shared.ts";

export interface ScalingPolicySpec {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The service's name. */
  service: string;
  metric: ScalingMetric;
  /** Percent, or requests in a minute, or messages. */
  target: number;
  /** Seconds. */
  scaleInCooldown: number;
  /** Seconds. */
  scaleOutCooldown: number;
  /** Only scale out, never scale in. */
  disableScaleIn: boolean;
}

export interface ScalingPolicyAttrs {
  arn: string;
}

export const ScalingPolicy = defineKind<ScalingPolicySpec, ScalingPolicyAttrs>({
  type: "autoscaling/scaling-policy",
  fields: {
    name: { immutable: true, unique: true },
    cluster: { immutable: true, unique: true },
    service: { immutable: true, unique: true },
    metric: {},
    target: {},
    scaleInCooldown: {},
    scaleOutCooldown: {},
    disableScaleIn: {},
  },
  traits: { ownerless: true },

  async observe(aws, look) {
    const place = placeOf(look);
    if (!place) return undefined;
    const { resourceId, cluster, service, name } = place;
    const policies = await policiesOf(aws, look.snapshot, resourceId);
    const policy = policies.find(({ PolicyName }) => PolicyName === name);
    if (!policy) return undefined;
    const tracking = policy.TargetTrackingScalingPolicyConfiguration;
    return {
      id: `${resourceId}/${name}`,
      attrs: { arn: policy.PolicyARN ?? "" },
      spec: {
        name,
        cluster,
        service,
        metric: metricIn(aws, tracking, { cluster: cluster ?? "", service: service ?? "" }),
        target: tracking?.TargetValue,
        scaleInCooldown: tracking?.ScaleInCooldown,
        scaleOutCooldown: tracking?.ScaleOutCooldown,
        disableScaleIn: tracking && (tracking.DisableScaleIn ?? false),
      },
      owner: await ownerOfTarget(aws, look.snapshot, resourceId, look.owner),
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const arn = await put(aws, spec);
    const id = `${resourceIdOf(spec)}/${spec.name}`;
    await making.created(id);
    return { id, attrs: { arn } };
  },

  async update(aws, _observed, spec) {
    await put(aws, spec);
  },

  async delete(aws, { spec }) {
    const ResourceId = resourceIdOf(spec);
    const command = new DeleteScalingPolicyCommand({ ...DESIRED_COUNT, PolicyName: spec.name, ResourceId });
    await unregistered(aws.autoScaling(command, { notYet: CROSSED }));
  },
});

async function put(aws: Aws, spec: ScalingPolicySpec): Promise<string> {
  const { PolicyARN } = await aws.autoScaling(
    new PutScalingPolicyCommand({
      ...DESIRED_COUNT,
      PolicyName: spec.name,
      ResourceId: resourceIdOf(spec),
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: spec.target,
        ...specificationOf(spec.metric, spec),
        ScaleInCooldown: spec.scaleInCooldown,
        ScaleOutCooldown: spec.scaleOutCooldown,
        DisableScaleIn: spec.disableScaleIn,
      },
    }),
    {
      notYet: [
        ...CROSSED,
        // Application Auto Scaling cannot call CloudWatch or ECS on our behalf yet.
        { code: "FailedResourceAccessException" },
        NOT_REGISTERED,
      ],
    },
  );
  return PolicyARN ?? "";
}
