import type { Names } from "../../src/config/naming.ts";
import { NOT_SUSPENDED, ScalableTarget } from "../../src/aws/autoscaling/scalable-target.ts";
import { ScalingPolicy } from "../../src/aws/autoscaling/scaling-policy.ts";
import type { ScalingMetric } from "../../src/aws/autoscaling/metric.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import type { ScalingSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

export interface ScalingProps {
  readonly names: Pick<Names, "cluster" | "scalingPolicies">;
  readonly service: { readonly name: Output<string> };
  readonly settings: ScalingSettings;
  /** The load metric, and its target per task; omit to scale on CPU and memory only. */
  readonly load?: { readonly metric: Input<ScalingMetric>; readonly target: number } | undefined;
  /** Whether an approved deployment has deployed an image to the service. */
  readonly released: boolean;
}

/** The task count limits of a service, and the metrics that it scales on. */
export function scaling(scope: Scope, { names, service, settings, load, released }: ScalingProps) {
  const { min, max, cpuTarget, memoryTarget, scaleInCooldown, scaleOutCooldown } = settings;
  const target = scope.add("scaling/target", ScalableTarget, {
    cluster: names.cluster,
    service: service.name,
    // Registering raises the desired count to the minimum at once, so the minimum is zero until the first release.
    min: released ? min : 0,
    max,
    suspended: NOT_SUSPENDED,
    policies: [names.scalingPolicies.cpu, names.scalingPolicies.memory, ...(load ? [names.scalingPolicies.load] : [])],
  });
  const policy = (id: string, name: string, metric: Input<ScalingMetric>, value: number) =>
    scope.add(
      `scaling/${id}`,
      ScalingPolicy,
      {
        name,
        cluster: names.cluster,
        service: service.name,
        metric,
        target: value,
        scaleInCooldown,
        scaleOutCooldown,
        disableScaleIn: false,
      },
      { after: [target] },
    );
  policy("cpu-policy", names.scalingPolicies.cpu, "ECSServiceAverageCPUUtilization", cpuTarget);
  policy("memory-policy", names.scalingPolicies.memory, "ECSServiceAverageMemoryUtilization", memoryTarget);
  if (load) policy("load-policy", names.scalingPolicies.load, load.metric, load.target);
}
