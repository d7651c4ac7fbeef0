import {
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  type ScalingPolicy,
  type ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { hasCode, messageOf } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** What is scaled: the desired count of an ECS service. */
export const DESIRED_COUNT = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

/** Another change of the same target is being carried out. */
export const CROSSED: readonly NotYet[] = [{ code: "ConcurrentUpdateException", budget: 60 }];

/** What Application Auto Scaling calls a service; `undefined` where a name is not known. */
export function resourceIdOf(names: { cluster: string; service: string }): string;
export function resourceIdOf(names: { cluster?: string | undefined; service?: string | undefined }): string | undefined;
export function resourceIdOf({ cluster, service }: { cluster?: string | undefined; service?: string | undefined }) {
  return cluster === undefined || service === undefined ? undefined : `service/${cluster}/${service}`;
}

/** All policies on a service, whoever made them. All who ask share the call. */
export const policiesOf = (aws: Aws, snapshot: Snapshot, ResourceId: string): Promise<ScalingPolicy[]> =>
  snapshot.once(`autoscaling/scaling-policy ${ResourceId}`, () =>
    everyPage(async (NextToken) => {
      const command = new DescribeScalingPoliciesCommand({ ...DESIRED_COUNT, ResourceId, NextToken });
      const page = await aws.autoScaling(command);
      return { items: page.ScalingPolicies, next: page.NextToken };
    }),
  );

/** All scheduled actions on a service: they move its bounds at their times. */
export const schedulesOf = (aws: Aws, snapshot: Snapshot, ResourceId: string): Promise<ScheduledAction[]> =>
  snapshot.once(`autoscaling/scheduled-action ${ResourceId}`, () =>
    everyPage(async (NextToken) => {
      const command = new DescribeScheduledActionsCommand({ ...DESIRED_COUNT, ResourceId, NextToken });
      const page = await aws.autoScaling(command);
      return { items: page.ScheduledActions, next: page.NextToken };
    }),
  );

/** Carries a removal out; what is not there any more is a success. AWS's words for that are the same under either code. */
export async function unregistered(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const gone =
      hasCode(error, "ObjectNotFoundException") ||
      (hasCode(error, "ValidationException") && /^No scal(able target|ing policy) found/.test(messageOf(error)));
    if (!gone) throw error;
  }
}
