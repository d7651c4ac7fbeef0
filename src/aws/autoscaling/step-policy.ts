// A step policy does nothing by itself: an alarm of the stack's own names it among its actions, and Application Auto Scaling then changes the
// count by the step that fits how far beyond the alarm's threshold the metric is. PutScalingPolicy overwrites the policy of that name.
import {
  DeleteScalingPolicyCommand,
  PutScalingPolicyCommand,
  type AdjustmentType,
  type MetricAggregationType,
  type StepAdjustment,
} from "@aws-sdk/client-application-auto-scaling";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import {
  CROSSED,
  DESIRED_COUNT,
  NOT_REGISTERED,
  ownerOfTarget,
  placeOf,
  policiesOf,
  resourceIdOf,
  unregistered,
} from "./shared.ts";

export interface StepPolicySpec {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The service's name. */
  service: string;
  /** What `by` of a step means: a number of tasks more or fewer, or the number of tasks itself. */
  adjustment: AdjustmentType;
  steps: readonly Step[];
  /** Seconds in which what a scale-out has added counts as part of the next one, and no scale-in follows another. */
  cooldown: number;
  /** How the metric's values of a period become one. */
  aggregation: MetricAggregationType;
}

/** What is done where the metric is so far from the alarm's threshold: from `from`, and to below `to`. */
export interface Step {
  readonly from?: number;
  readonly to?: number;
  readonly by: number;
}

export interface StepPolicyAttrs {
  arn: string;
}

/** Whether an alarm's action is a scaling policy (Service Authorization Reference, "Amazon EC2 Auto Scaling": `autoscaling`, for ECS too). */
export const isPolicyArn = (arn: string): boolean => /^arn:[^:]+:autoscaling:[^:]*:[^:]*:scalingPolicy:/.test(arn);

export const StepPolicy = defineKind<StepPolicySpec, StepPolicyAttrs>({
  type: "autoscaling/step-policy",
  fields: {
    name: { immutable: true, unique: true },
    cluster: { immutable: true, unique: true },
    service: { immutable: true, unique: true },
    adjustment: {},
    steps: {},
    cooldown: {},
    aggregation: {},
  },
  traits: { ownerless: true },

  async observe(aws, look) {
    const place = placeOf(look);
    if (!place) return undefined;
    const { resourceId, cluster, service, name } = place;
    const policies = await policiesOf(aws, look.snapshot, resourceId);
    const policy = policies.find(({ PolicyName }) => PolicyName === name);
    if (!policy) return undefined;
    const stepping = policy.StepScalingPolicyConfiguration;
    return {
      id: `${resourceId}/${name}`,
      attrs: { arn: policy.PolicyARN ?? "" },
      spec: {
        name,
        cluster,
        service,
        adjustment: stepping?.AdjustmentType,
        steps: stepping?.StepAdjustments?.map(stepIn),
        // botocore application-autoscaling, StepScalingPolicyConfiguration: what is meant where nothing is said.
        cooldown: stepping && (stepping.Cooldown ?? 300),
        aggregation: stepping && (stepping.MetricAggregationType ?? "Average"),
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

const stepIn = ({
  MetricIntervalLowerBound: from,
  MetricIntervalUpperBound: to,
  ScalingAdjustment: by = 0,
}: StepAdjustment) => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  by,
});

async function put(aws: Aws, spec: StepPolicySpec): Promise<string> {
  const { PolicyARN } = await aws.autoScaling(
    new PutScalingPolicyCommand({
      ...DESIRED_COUNT,
      PolicyName: spec.name,
      ResourceId: resourceIdOf(spec),
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: spec.adjustment,
        StepAdjustments: spec.steps.map(({ from, to, by }) => ({
          ...(from === undefined ? {} : { MetricIntervalLowerBound: from }),
          ...(to === undefined ? {} : { MetricIntervalUpperBound: to }),
          ScalingAdjustment: by,
        })),
        Cooldown: spec.cooldown,
        MetricAggregationType: spec.aggregation,
      },
    }),
    { notYet: [...CROSSED, { code: "FailedResourceAccessException" }, NOT_REGISTERED] },
  );
  return PolicyARN ?? "";
}
