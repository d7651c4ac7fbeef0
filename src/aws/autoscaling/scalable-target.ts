// RegisterScalableTarget creates or updates a target, keeps omitted members, and moves the service's desired count into the bounds
// immediately; deregistering also deletes the scaling policies.
import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type ScheduledAction,
  type SuspendedState,
} from "@aws-sdk/client-application-auto-scaling";
import { some } from "../beyond.ts";
import { beforeRelease, RAISED_TAG } from "./release-min.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { taggedOnes } from "../tagging.ts";
import { tagChanges, type Tags } from "../tags.ts";
import type { Seen } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import {
  askForTags,
  CROSSED,
  DESIRED_COUNT,
  policiesOf,
  registered,
  resourceIdOf,
  schedulesOf,
  tagsOf,
  unregistered,
} from "./shared.ts";

export interface ScalableTargetSpec {
  /** The cluster's name. */
  cluster: string;
  /** The service's name. */
  service: string;
  min: number;
  max: number;
  /** Suspended scaling activities; none, unless someone suspended them manually. */
  suspended: SuspendedState;
  /** The names of the stack's own policies (not written to AWS). Other policies also change the count, and a plan shows them. */
  policies: readonly string[];
  /** The stack's own scheduled actions, if it has any (not written to AWS): once one has run, its bounds are not drift. */
  scheduled?: readonly ScheduledBounds[];
  tags: Tags;
}

/** The bounds that a scheduled action sets; without any, those that it has set are drift like all others. */
export interface ScheduledBounds {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
}

/** Nothing suspended: AWS's default (botocore application-autoscaling, SuspendedState). */
export const NOT_SUSPENDED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

export interface ScalableTargetAttrs {
  /** `service/<cluster>/<service>`. */
  resourceId: string;
  arn: string;
}

export const ScalableTarget = defineKind<ScalableTargetSpec, ScalableTargetAttrs>({
  type: "autoscaling/scalable-target",
  fields: {
    cluster: { immutable: true, unique: true },
    service: { immutable: true, unique: true },
    min: { same: (desired, observed, { scheduled = [] }) => isOneOf(observed, desired, scheduled, "min") },
    max: { same: (desired, observed, { scheduled = [] }) => isOneOf(observed, desired, scheduled, "max") },
    suspended: {},
    policies: {},
    // Their bounds are in the scheduled actions themselves.
    scheduled: { same: (desired, observed) => namesOf(desired) === namesOf(observed) },
    tags: {},
  },
  // It only names its service.
  traits: { markedAtOnce: true, deletedBeside: ["ecs/service"] },
  inventory: { lists: "stateless" },

  async observe(aws, look) {
    const resourceId = look.knownId ?? resourceIdOf(look.spec);
    if (resourceId === undefined) return undefined;
    // Requested before anything else is read, so that all recorded targets share a call. A failure is thrown below.
    const schedulesIn = async () => (look.toDelete ? [] : schedulesOf(aws, look.snapshot, resourceId));
    if (look.knownId !== undefined) schedulesIn().catch(() => {});
    askForTags(aws, look, resourceId);
    const found = await registered(aws, look.snapshot, resourceId);
    if (!found) return undefined;
    const { target, arn } = found;
    const [policies, schedules, raised] = await Promise.all([
      policiesOf(aws, look.snapshot, resourceId),
      schedulesIn(),
      beforeRelease(
        aws,
        look.snapshot,
        found,
        (min) => look.spec.min !== undefined && isOneOf(min, look.spec.min, look.spec.scheduled ?? [], "min"),
      ),
    ]);
    const others = policies.filter(({ PolicyName = "" }) => !look.spec.policies?.includes(PolicyName));
    const [, cluster, service] = resourceId.split("/");
    return {
      id: resourceId,
      attrs: { resourceId, arn },
      spec: {
        cluster,
        service,
        min: raised.min,
        max: target.MaxCapacity,
        suspended: { ...NOT_SUSPENDED, ...target.SuspendedState },
        policies: look.spec.policies,
        ...(look.spec.scheduled === undefined ? {} : { scheduled: look.spec.scheduled }),
        tags: raised.tags,
      },
      ready: true,
      drifted: some(raised.drifted),
      unmanaged: [
        ...raised.notes,
        ...others.map(({ PolicyName }) => `scaling policy ${PolicyName}`),
        ...othersThan(look.spec.scheduled, schedules).map(
          (action) => `scheduled action ${action.ScheduledActionName} (${action.Schedule})`,
        ),
      ],
    };
  },

  /** Those of the stack's services, so that the calls do not grow with what others have; all in the region, where nobody tells which these are. */
  async list(aws, _ids, snapshot = new Snapshot()) {
    const services = await taggedOnes(aws, snapshot, afterSlash("ecs", "service"));
    if (services) {
      const found = await Promise.all(services.map(({ id }) => registered(aws, snapshot, `service/${id}`)));
      const there = found.filter((one) => one !== undefined);
      return ownedAmong(
        aws,
        there.map(({ target, tags }) => ({ id: target.ResourceId ?? "", tags: async () => tags })),
      );
    }
    const all = await everyPage(async (NextToken) => {
      // A dimension can only be asked for together with resources.
      const page = await aws.autoScaling(new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", NextToken }));
      return { items: page.ScalableTargets, next: page.NextToken };
    });
    const candidates = all.filter(({ ResourceId }) => namedAfter(`service/${aws.stack}`, ResourceId));
    return ownedAmong(
      aws,
      candidates.map(({ ResourceId: id = "", ScalableTargetARN }) => ({
        id,
        tags: () => tagsOf(aws, ScalableTargetARN),
      })),
    );
  },

  async create(aws, spec, making) {
    const resourceId = resourceIdOf(spec);
    const { ScalableTargetARN: arn = "" } = await aws.autoScaling(
      new RegisterScalableTargetCommand({
        ...DESIRED_COUNT,
        ResourceId: resourceId,
        MinCapacity: spec.min,
        MaxCapacity: spec.max,
        SuspendedState: spec.suspended,
        Tags: { ...spec.tags },
      }),
      {
        // It is an upsert, but rejects tags for a target that already exists: a retry after a lost response would fail.
        once: true,
        notYet: [
          ...CROSSED,
          { code: "ValidationException", says: "ECS service doesn't exist" },
          // AWS creates the service-linked role for scaling on first use.
          { code: "ValidationException", says: "Unable to assume IAM role" },
        ],
      },
    );
    await making.created(resourceId);
    return { id: resourceId, attrs: { resourceId, arn } };
  },

  async update(aws, observed, spec, changed) {
    const { id: ResourceId, attrs } = observed;
    // Omitted members keep their values.
    const input = {
      ...(changed.has("min") || changed.has("max") ? boundsFor(observed.spec, spec, changed) : {}),
      ...(changed.has("suspended") ? { SuspendedState: spec.suspended } : {}),
    };
    if (Object.keys(input).length > 0)
      await aws.autoScaling(new RegisterScalableTargetCommand({ ...DESIRED_COUNT, ResourceId, ...input }), {
        notYet: CROSSED,
      });
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    const ResourceARN = attrs.arn;
    if (Object.keys(write).length > 0) await aws.autoScaling(new TagResourceCommand({ ResourceARN, Tags: write }));
    // Where the release has ended that left it behind; otherwise it is not among the observed tags.
    const TagKeys = RAISED_TAG in (observed.spec.tags ?? {}) ? [...new Set([...remove, RAISED_TAG])] : remove;
    if (TagKeys.length > 0) await aws.autoScaling(new UntagResourceCommand({ ResourceARN, TagKeys }));
  },

  async delete(aws, observed) {
    const command = new DeregisterScalableTargetCommand({ ...DESIRED_COUNT, ResourceId: observed.id });
    await unregistered(aws.autoScaling(command, { notYet: CROSSED }));
  },
});

/** Where a release has left its minimum raised in a window, the one that is set again is the window's: it is observed as the minimum (`beforeRelease`). */
function boundsFor(observed: Seen<ScalableTargetSpec>, spec: ScalableTargetSpec, changed: ReadonlySet<string>) {
  const { min = spec.min, tags = {} } = observed;
  const usual = { MinCapacity: spec.min, MaxCapacity: spec.max };
  if (!(RAISED_TAG in tags) || !isOneOf(min, spec.min, spec.scheduled ?? [], "min")) return usual;
  return { MinCapacity: min, ...(changed.has("max") ? { MaxCapacity: spec.max } : {}) };
}

/**
 * Whether a bound is the desired one, or one that a scheduled action of the stack has set since (botocore application-autoscaling,
 * PutScheduledAction.ScalableTargetAction: "The new minimum and maximum capacity").
 */
const isOneOf = (observed: number, desired: number, scheduled: readonly ScheduledBounds[], bound: "min" | "max") =>
  observed === desired || scheduled.some((action) => action[bound] === observed);

const namesOf = (actions: readonly ScheduledBounds[] = []): string =>
  actions
    .map(({ name }) => name)
    .toSorted()
    .join();

const othersThan = (own: readonly ScheduledBounds[] = [], all: readonly ScheduledAction[]) =>
  all.filter(({ ScheduledActionName }) => !own.some(({ name }) => name === ScheduledActionName));
