// Putting a policy makes it or overwrites the one of that name, alarms included, which AWS makes in the account by itself. It
// cannot be tagged: it is ours when it hangs on our service under our name.
import {
  DeleteScalingPolicyCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
} from "@aws-sdk/client-application-auto-scaling";
import type { Aws, AwsKind } from "../aws.ts";
import { everyPage } from "../pages.ts";
import { CROSSED, DESIRED_COUNT, resourceIdOf, unregistered } from "./shared.ts";

export interface ScalingPolicySpec {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The service's name. */
  service: string;
  metric: "ECSServiceAverageCPUUtilization" | "ECSServiceAverageMemoryUtilization";
  /** Percent. */
  target: number;
  /** Seconds. */
  scaleInCooldown: number;
  /** Seconds. */
  scaleOutCooldown: number;
}

export interface ScalingPolicyAttrs {
  arn: string;
}

export const ScalingPolicy: AwsKind<ScalingPolicySpec, ScalingPolicyAttrs> = {
  type: "autoscaling/scaling-policy",
  tagged: false,
  immutable: ["name", "cluster", "service"],
  unique: ["name", "cluster", "service"],
  usual: {},

  async observe(aws, look) {
    const { knownId, spec } = look;
    const resourceId = resourceIdOf(spec);
    if (resourceId === undefined) return undefined;
    const policies = await look.snapshot.once(`autoscaling/scaling-policy ${resourceId}`, () =>
      everyPage(async (NextToken) => {
        const command = new DescribeScalingPoliciesCommand({ ...DESIRED_COUNT, ResourceId: resourceId, NextToken });
        const page = await aws.autoScaling(command);
        return { items: page.ScalingPolicies, next: page.NextToken };
      }),
    );
    const policy =
      policies.find(({ PolicyARN }) => PolicyARN === knownId) ??
      policies.find(({ PolicyName }) => PolicyName === spec.name);
    const arn = policy?.PolicyARN;
    if (!policy || arn === undefined) return undefined;
    const tracking = policy.TargetTrackingScalingPolicyConfiguration;
    return {
      id: arn,
      attrs: { arn },
      spec: {
        name: policy.PolicyName,
        cluster: spec.cluster,
        service: spec.service,
        metric: tracking?.PredefinedMetricSpecification?.PredefinedMetricType as ScalingPolicySpec["metric"] | undefined,
        target: tracking?.TargetValue,
        scaleInCooldown: tracking?.ScaleInCooldown,
        scaleOutCooldown: tracking?.ScaleOutCooldown,
      },
      owner: look.owner,
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const arn = await put(aws, spec);
    await making.created(arn);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, _observed, spec) {
    await put(aws, spec);
  },

  async delete(aws, { spec }) {
    const ResourceId = resourceIdOf(spec);
    const command = new DeleteScalingPolicyCommand({ ...DESIRED_COUNT, PolicyName: spec.name, ResourceId });
    await unregistered(aws.autoScaling(command, { notYet: CROSSED }));
  },
};

async function put(aws: Aws, spec: ScalingPolicySpec): Promise<string> {
  const { PolicyARN } = await aws.autoScaling(
    new PutScalingPolicyCommand({
      ...DESIRED_COUNT,
      PolicyName: spec.name,
      ResourceId: resourceIdOf(spec),
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: spec.target,
        PredefinedMetricSpecification: { PredefinedMetricType: spec.metric },
        ScaleInCooldown: spec.scaleInCooldown,
        ScaleOutCooldown: spec.scaleOutCooldown,
      },
    }),
    // CloudWatch or ECS could not be asked on our behalf yet.
    { notYet: [...CROSSED, { code: "FailedResourceAccessException" }] },
  );
  return PolicyARN ?? "";
}
