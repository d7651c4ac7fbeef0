import { NOT_SUSPENDED, ScalableTarget } from "../src/aws/autoscaling/scalable-target.ts";
import { ScalingPolicy } from "../src/aws/autoscaling/scaling-policy.ts";
import type { Compute } from "./compute.ts";
import type { Layer } from "./layer.ts";

/** How many tasks there may be, and what moves their number. */
export function scaling(layer: Layer, { service }: Compute) {
  const { names, facts } = layer;
  const { min, max, cpuTarget, memoryTarget, scaleInCooldown, scaleOutCooldown } = layer.stack.scaling;
  const target = layer.add("target", ScalableTarget, {
    cluster: names.cluster,
    service: service.name,
    // Registering raises the desired count to the minimum at once, so a service that waits for its first release has none.
    min: facts.released ? min : 0,
    max,
    suspended: NOT_SUSPENDED,
    policies: [names.scalingPolicies.cpu, names.scalingPolicies.memory],
  });
  const policy = (
    name: string,
    policyName: string,
    metric: "ECSServiceAverageCPUUtilization" | "ECSServiceAverageMemoryUtilization",
    value: number,
  ) =>
    layer.add(
      name,
      ScalingPolicy,
      {
        name: policyName,
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
}
