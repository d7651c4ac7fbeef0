import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  type ScalableTarget,
  type ScalingPolicy,
  type ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { tagListLower, tagsFrom, type Tags } from "../tags.ts";

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
/** A scalable target with its tags, read once for it and for the policies that go with it; `undefined` where there is none. */
export async function registered(
  aws: Aws,
  snapshot: Snapshot,
  resourceId: string,
): Promise<{ readonly target: ScalableTarget; readonly arn: string; readonly tags: Tags } | undefined> {
  const target = await snapshot.batch("autoscaling/scalable-target", resourceId, 50, async (ids) => {
    const answer = await aws.autoScaling(new DescribeScalableTargetsCommand({ ...DESIRED_COUNT, ResourceIds: ids }));
    return new Map((answer.ScalableTargets ?? []).map((found) => [found.ResourceId ?? "", found]));
  });
  const arn = target?.ScalableTargetARN;
  if (!target || arn === undefined) return undefined;
  const tags = await snapshot.once(`autoscaling/tags ${arn}`, () => tagsOf(aws, arn));
  return tags && { target, arn, tags };
}

export async function tagsOf(aws: Aws, ResourceARN: string | undefined): Promise<Tags | undefined> {
  const command = new ListTagsForResourceCommand({ ResourceARN });
  const found = await absent(aws.autoScaling(command), "ResourceNotFoundException");
  return found && tagsFrom(tagListLower(found.Tags ?? {}));
}

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
