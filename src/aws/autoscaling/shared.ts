import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  type ScalableTarget,
  type ScalingPolicy,
  type ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import type { Look } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import { ahead, recordedArn } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { isOfStack } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagListLower, tagsFrom, type Tags } from "../tags.ts";

/** The scaled dimension: the desired count of an ECS service. */
export const DESIRED_COUNT = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

/** Another change of the same target is in progress. */
export const CROSSED: readonly NotYet[] = [{ code: "ConcurrentUpdateException", budget: 60 }];

/** A target that was registered moments ago (hashicorp/terraform-provider-aws#427). */
export const NOT_REGISTERED: NotYet = { code: "ObjectNotFoundException", says: "No scalable target", budget: 60 };

/** A service's resource id in Application Auto Scaling; `undefined` if a name is not known yet. */
export function resourceIdOf(names: { cluster: string; service: string }): string;
export function resourceIdOf(names: { cluster?: string | undefined; service?: string | undefined }): string | undefined;
export function resourceIdOf({ cluster, service }: { cluster?: string | undefined; service?: string | undefined }) {
  return cluster === undefined || service === undefined ? undefined : `service/${cluster}/${service}`;
}

/** All policies of a service, including unmanaged ones. Concurrent callers share one call. */
export const policiesOf = (aws: Aws, snapshot: Snapshot, ResourceId: string): Promise<ScalingPolicy[]> =>
  snapshot.once(`autoscaling/scaling-policy ${ResourceId}`, () =>
    everyPage(async (NextToken) => {
      const command = new DescribeScalingPoliciesCommand({ ...DESIRED_COUNT, ResourceId, NextToken });
      const page = await aws.autoScaling(command);
      return { items: page.ScalingPolicies, next: page.NextToken };
    }),
  );

/**
 * All scheduled actions of a service: they change its bounds on a schedule. The call filters by one service or by none, so several
 * services share the account's first page, which has 50 (botocore application-autoscaling, DescribeScheduledActions.MaxResults). If there are
 * more, whosever they are, each service is requested separately.
 */
export async function schedulesOf(aws: Aws, snapshot: Snapshot, resourceId: string): Promise<ScheduledAction[]> {
  const read = (ResourceId: string) =>
    everyPage(async (NextToken) => {
      const command = new DescribeScheduledActionsCommand({ ...DESIRED_COUNT, ResourceId, NextToken });
      const page = await aws.autoScaling(command);
      return { items: page.ScheduledActions, next: page.NextToken };
    });
  const found = await snapshot.batch(
    "autoscaling/scheduled-action",
    resourceId,
    Number.POSITIVE_INFINITY,
    async (ids) => {
      const each = () => new Map(ids.map((id) => [id, read(id)]));
      if (ids.length === 1) return each();
      const { ServiceNamespace, ScalableDimension } = DESIRED_COUNT;
      const { ScheduledActions = [], NextToken } = await aws.autoScaling(
        new DescribeScheduledActionsCommand({ ServiceNamespace }),
      );
      if (NextToken !== undefined) return each();
      const counts = ScheduledActions.filter((action) => action.ScalableDimension === ScalableDimension);
      return new Map(ids.map((id) => [id, counts.filter(({ ResourceId }) => ResourceId === id)]));
    },
  );
  return found ?? [];
}

type TagsIn = (arn: string) => Promise<Tags | undefined>;

const aheadOf = (resourceId: string) => `autoscaling/tags ahead ${resourceId}`;

/** Asks for the tags of a recorded target beside the target itself: `registered` takes them. */
export function askForTags(aws: Aws, look: Look<object>, resourceId: string): void {
  if (!look.expected) return;
  const tagsIn: TagsIn = ahead(look, recordedArn(look), (arn) => tagsOf(aws, arn));
  void look.snapshot.once(aheadOf(resourceId), async () => tagsIn);
}

/** A scalable target with its tags, read once for the target and its policies; `undefined` if it does not exist. */
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
  const tags = await snapshot.once(`autoscaling/tags ${arn}`, async () => {
    const tagsIn = await snapshot.once(aheadOf(resourceId), async () => undefined as TagsIn | undefined);
    return tagsIn ? tagsIn(arn) : tagsOf(aws, arn);
  });
  return tags && { target, arn, tags };
}

export async function tagsOf(aws: Aws, ResourceARN: string | undefined): Promise<Tags | undefined> {
  const command = new ListTagsForResourceCommand({ ResourceARN });
  const found = await absent(aws.autoScaling(command), "ResourceNotFoundException");
  return found && tagsFrom(tagListLower(found.Tags ?? {}));
}

/** Runs a deletion; a target or policy that no longer exists is a success. AWS's message for that is the same with either code. */
export async function unregistered(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const gone =
      hasCode(error, "ObjectNotFoundException") ||
      (hasCode(error, "ValidationException") &&
        /^No (scalable target|scaling policy|scheduled action) found/.test(messageOf(error)));
    if (!gone) throw error;
  }
}

/** What a policy or a scheduled action is found by, which the spec of each of them has. */
export interface OfTarget {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The service's name. */
  service: string;
}

/** Where a policy or a scheduled action is, by its id or its spec: the scalable target, and its own name there; `undefined` if not known yet. */
export function placeOf({ knownId, spec }: Pick<Look<OfTarget>, "knownId" | "spec">) {
  const [, cluster, service, name] = knownId?.split("/") ?? ["", spec.cluster, spec.service, spec.name];
  const resourceId = resourceIdOf({ cluster, service });
  return resourceId === undefined || name === undefined ? undefined : { resourceId, cluster, service, name };
}

/** The owner of a policy or a scheduled action, which cannot be tagged: the owner of the scalable target. `own`: the stack's mark for it. */
export async function ownerOfTarget(aws: Aws, snapshot: Snapshot, resourceId: string, own: string): Promise<string> {
  const target = await registered(aws, snapshot, resourceId);
  const owner = target && ownerOf(target.tags);
  return owner === undefined || isOfStack(aws, owner) ? own : owner;
}
