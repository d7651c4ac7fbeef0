import type { PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
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
import { executionsOf } from "./executions.ts";
import { History, type Release } from "./history.ts";
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
  const running = imageIn(ref, now) ?? "";
  const { release, deployed } = await releaseTo(ref, { wanted, from, running });
  const number = numberIn(ref, wanted);
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
      ? `There is no release before the running one (${from}). Deployed so far: ${known || "none"}. For all releases: npx fairlead releases`
      : `There is no release ${wanted} to roll back to. Deployed so far: ${known || "none"}. For all releases: npx fairlead releases`,
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

/** The revision's number, if a revision is wanted. */
const numberIn = ({ names }: ServiceRef, wanted = "") =>
  new RegExp(`^(?:${names.taskFamily}:)?(\\d+)$`).exec(wanted)?.[1];

/** What a rollback looks for, and what the service runs now. */
interface Sought {
  readonly wanted: string | undefined;
  readonly from: string;
  readonly running: string;
}

/**
 * The release to roll back to, and the releases that were read until it was found: a few of the newest mostly, however many there have been,
 * and all of them if there is none.
 */
async function releaseTo(ref: ServiceRef, { wanted, from, running }: Sought) {
  const runs = await executionsOf(ref, LOOKED_THROUGH);
  const history = new History(ref, runs);
  const isLive = ({ ending, revision }: Release) => ending === "live" && revision !== undefined;
  const isRunning = ({ revision, image }: Release) =>
    revision === from ||
    (image !== undefined &&
      (image.uri === running || (image.digest !== undefined && running.endsWith(`@${image.digest}`))));
  const named = wanted === undefined ? [] : await history.read(await runsNamed(ref, runs, wanted));
  const deployed: Release[] = named.filter(isLive);
  const exact = deployed.find((one) => wanted !== undefined && matches(one, wanted));
  if (exact) return { release: exact, deployed };
  deployed.length = 0;
  for await (const one of history.liveInTurn()) {
    if (!isLive(one)) continue;
    deployed.push(one);
    // The newest one with a different image before the one that runs.
    const isIt = wanted === undefined ? !isRunning(one) && deployed.some(isRunning) : matches(one, wanted);
    if (isIt) return { release: one, deployed };
  }
  // If none is known to run, a change of settings has registered a revision on top of the newest release.
  return { release: wanted === undefined && !deployed.some(isRunning) ? deployed[1] : undefined, deployed };
}

/** The executions that may be the wanted one by what is known of them without reading more: their ids, or when a revision was registered. */
async function runsNamed(ref: ServiceRef, runs: readonly PipelineExecutionSummary[], wanted: string) {
  const named = runs.filter(({ pipelineExecutionId: id }) => wanted.length >= SHORTEST && id?.startsWith(wanted));
  const number = named.length === 0 ? numberIn(ref, wanted) : undefined;
  if (number === undefined) return named;
  const revision = await describedRevision(ref.aws, `${ref.names.taskFamily}:${number}`);
  const at = revision?.definition.registeredAt;
  return runs.filter(
    ({ startTime, lastUpdateTime }) => at && startTime && startTime <= at && (!lastUpdateTime || at <= lastUpdateTime),
  );
}

/** A shorter text is no prefix of an execution id. */
const SHORTEST = 4;

const matches = ({ executionId, image, revision }: Release, wanted: string) =>
  (wanted.length >= SHORTEST && executionId.startsWith(wanted)) ||
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
