import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { registrationLike, specOf, type Described } from "../aws/ecs/definition.ts";
import { describedRevision, isActive, latestRevision, registerRevision } from "../aws/ecs/revisions.ts";
import { UPDATE_NOT_YET } from "../aws/ecs/shared.ts";
import { TaskDefinition } from "../aws/ecs/task-definition.ts";
import { absent } from "../aws/errors.ts";
import { diff } from "../engine/diff.ts";
import type { ReleaseEvent } from "./events.ts";
import type { Followed } from "./follow.ts";
import { releases, type Release } from "./history.ts";
import { revisionIn, serviceOf } from "./revision.ts";
import { settle } from "./settle.ts";
import { isJob, serviceName, type ServiceRef } from "./service-ref.ts";

/** There is no release to roll back to, or not the requested one. */
export class NoSuchRelease extends Error {
  override readonly name = "NoSuchRelease";
}

/** The target of a rollback: an earlier image, with the current settings. */
export interface Way {
  /** The running `family:revision`. */
  readonly from: string;
  /** The `family:revision` whose image will run again. */
  readonly to: string;
  readonly image: string;
  /** The release that registered it; missing if a revision without a known release was requested. */
  readonly release: Release | undefined;
  /** Settings that were different then, such as `container.environment.DB_URL`: they keep their current values. */
  readonly kept: readonly string[];
  /** The running revision, and the earlier one. */
  readonly now: Described;
  readonly earlier: Described;
}

/** How many releases are searched. */
const LOOKED_THROUGH = 50;

/**
 * The rollback to the release before the running one, or to `wanted`, which is an execution id or its prefix, an image
 * tag, or a revision such as `7` or `shop-dev:7`. Throws `NoSuchRelease` with the available releases.
 */
export async function rollbackTarget(ref: ServiceRef, wanted?: string): Promise<Way> {
  const { taskFamily, service: name } = ref.names;
  const now = await revisionNow(ref);
  if (!now)
    throw new NoSuchRelease(
      `${isJob(ref) ? `Job ${serviceName(ref)}` : `Service ${name}`} does not exist. To create it: npx fairlead reconcile`,
    );
  const from = revisionIn(now.definition.taskDefinitionArn);
  const deployed = (await releases(ref, LOOKED_THROUGH)).filter(
    ({ ending, revision }) => ending === "live" && revision !== undefined,
  );
  const running = imageIn(ref, now) ?? "";
  const release =
    wanted === undefined ? releaseBefore(deployed, from, running) : deployed.find((one) => matches(one, wanted));
  const number = new RegExp(`^(?:${taskFamily}:)?(\\d+)$`).exec(wanted ?? "")?.[1];
  const to = release?.revision ?? (number === undefined ? undefined : `${taskFamily}:${number}`);
  // A deregistered revision still has its image.
  const before = to === undefined ? undefined : await describedRevision(ref.aws, to);
  const image = before && imageIn(ref, before);
  if (to !== undefined && before && image !== undefined) {
    await checkImageExists(ref, to, image);
    return { from, to, image, release, kept: differing(ref, now, before), now, earlier: before };
  }
  const known = deployed.map(({ executionId, revision }) => `${executionId} (${revision})`).join(", ");
  throw new NoSuchRelease(
    wanted === undefined
      ? `There is no release before the running one (${from}). Deployed so far: ${known || "none"}.`
      : `There is no release ${wanted} to roll back to. Deployed so far: ${known || "none"}.`,
  );
}

/** What the service runs, or of a job the newest revision, which its runs are of. */
async function revisionNow(ref: ServiceRef): Promise<Described | undefined> {
  if (isJob(ref)) return latestRevision(ref.aws, ref.names.taskFamily);
  const service = await serviceOf(ref);
  return service && describedRevision(ref.aws, service.taskDefinition ?? "");
}

/** The image of the application's container. */
const imageIn = ({ names }: ServiceRef, { definition }: Described): string | undefined =>
  definition.containerDefinitions?.find(({ name }) => name === names.container)?.image;

/** The newest release before the running one with a different image. */
function releaseBefore(deployed: readonly Release[], from: string, running: string): Release | undefined {
  const runs = ({ revision, image }: Release) =>
    revision === from ||
    (image !== undefined &&
      (image.uri === running || (image.digest !== undefined && running.endsWith(`@${image.digest}`))));
  const at = deployed.findIndex(runs);
  // If none is known to run, a change of settings has registered a revision on top of the newest release.
  const later = deployed.slice(Math.max(0, at) + 1);
  return later.find((release) => !runs(release));
}

const matches = ({ executionId, image, revision }: Release, wanted: string) =>
  (wanted.length >= 4 && executionId.startsWith(wanted)) ||
  image?.tag === wanted ||
  revision === wanted ||
  revision?.endsWith(`:${wanted}`) === true;

/** The paths of the settings, except the image, in which the two revisions differ. */
function differing({ names }: ServiceRef, now: Described, before: Described): string[] {
  const settingsOf = ({ definition }: Described) => {
    const { image: _image, status: _status, ...settings } = specOf(definition, names.container);
    return settings;
  };
  return diff(TaskDefinition, settingsOf(now), undefined, settingsOf(before)).differences.map(({ path }) => path);
}

/** Throws if the image is no longer in the repository: its tasks could not start. */
async function checkImageExists(ref: ServiceRef, revision: string, image: string): Promise<void> {
  const { repository: repositoryName } = ref.names;
  const [, imageTag, imageDigest] = new RegExp(`/${repositoryName}(?::([^@]+))?(?:@(.+))?$`).exec(image) ?? [];
  if (!image.startsWith(`${ref.aws.account}.`) || (imageTag ?? imageDigest) === undefined) return;
  const imageIds = [imageDigest === undefined ? { imageTag } : { imageDigest }];
  const found = await absent(
    ref.aws.ecr(new DescribeImagesCommand({ repositoryName, imageIds })),
    "ImageNotFoundException",
  );
  if (!found)
    throw new NoSuchRelease(
      `Cannot roll back to ${revision}: its image ${image} is no longer in the repository. registry.keepImages sets how many images are kept.`,
    );
}

/** Deploys the earlier image with the current settings, and follows the deployment. */
export async function rollback(
  ref: ServiceRef,
  { to, image, kept, now, earlier: before }: Way,
  tell: (event: ReleaseEvent) => void,
  signal?: AbortSignal,
): Promise<Followed> {
  const startedAt = ref.clock.now();
  const { cluster, service: name, container } = ref.names;
  const again = () =>
    registerRevision(
      ref.aws,
      registrationLike(now, (one) => (one.name === container ? image : one.image)),
    );
  if (isJob(ref)) {
    // A job always runs the newest revision.
    const revision = revisionIn(await again());
    return { ending: "live", why: undefined, revision };
  }
  // The earlier revision is deployed as it is if it is active and its settings are the same.
  const taskDefinition = kept.length === 0 && isActive(before) ? to : await again();
  const { service } = await ref.aws.ecs(new UpdateServiceCommand({ cluster, service: name, taskDefinition }), {
    notYet: UPDATE_NOT_YET,
  });
  const primary = service?.deployments?.find(({ status }) => status === "PRIMARY");
  return settle(ref, { deployment: primary?.id, startedAt }, tell, signal);
}
