import type { Names } from "../../src/config/naming.ts";
import { NOT_SUSPENDED, ScalableTarget } from "../../src/aws/autoscaling/scalable-target.ts";
import { ScheduledAction } from "../../src/aws/autoscaling/scheduled-action.ts";
import { ScalingPolicy } from "../../src/aws/autoscaling/scaling-policy.ts";
import { limitChanges, mayIdle } from "../../src/config/counts.ts";
import type { ScalingMetric } from "../../src/aws/autoscaling/metric.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import type { ScalingSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import { idleScaling } from "./idle-scaling.ts";

export interface ScalingProps {
  readonly names: Pick<Names, "cluster" | "service" | "scalingPolicies" | "scalingWindows">;
  readonly service: { readonly name: Output<string> };
  readonly settings: ScalingSettings;
  /** The load metric, and its target per task; omit to scale on CPU and memory only. */
  readonly load?: { readonly metric: Input<ScalingMetric>; readonly target: number } | undefined;
  /** The name of the queue without whose messages the service may have no task; omit if it has none. */
  readonly queue?: Output<string> | undefined;
  /** Whether an approved deployment has deployed an image to the service. */
  readonly released: boolean;
  /** Whether `wake` wants its tasks to run now. */
  readonly waking: boolean;
}

/** The task count limits of a service, and the metrics that it scales on. */
export function scaling(scope: Scope, { names, service, settings, load, queue, released, waking }: ScalingProps) {
  const { min, max, cpuTarget, memoryTarget, scaleInCooldown, scaleOutCooldown } = settings;
  // A window would start tasks without an image.
  const actions = released ? windowActions(names, settings) : [];
  // So would the first message.
  const idles = released && queue !== undefined && mayIdle(settings);
  const { cpu, memory, load: onLoad, fromZero, toZero } = names.scalingPolicies;
  const target = scope.add("scaling/target", ScalableTarget, {
    cluster: names.cluster,
    service: service.name,
    // Registering raises the desired count to the minimum at once, so the minimum is zero until the first release.
    min: released ? min : 0,
    max,
    suspended: NOT_SUSPENDED,
    policies: [cpu, memory, ...(load ? [onLoad] : []), ...(idles ? [fromZero, toZero] : [])],
    // A stack that is woken gets its usual limits, also in a window.
    ...(actions.length === 0
      ? {}
      : { scheduled: actions.map(({ action, bounds }) => ({ name: action, ...(waking ? {} : bounds) })) }),
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
  policy("cpu-policy", cpu, "ECSServiceAverageCPUUtilization", cpuTarget);
  policy("memory-policy", memory, "ECSServiceAverageMemoryUtilization", memoryTarget);
  if (load) policy("load-policy", onLoad, load.metric, load.target);
  if (idles) idleScaling(scope, { names, service, target, queue, settings });
  for (const { id, action, bounds, schedule, timezone } of actions)
    scope.add(
      `scaling/${id}`,
      ScheduledAction,
      { name: action, cluster: names.cluster, service: service.name, schedule, timezone, bounds },
      { after: [target] },
    );
}

/** Two scheduled actions for each window. */
const windowActions = ({ scalingWindows }: Pick<Names, "scalingWindows">, settings: ScalingSettings) =>
  limitChanges(settings).map(({ window, edge, ...change }) => ({
    ...change,
    id: `${window}-${edge}`,
    action: `${scalingWindows}-${window}-${edge}`,
  }));
