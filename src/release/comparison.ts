import { describedRevision } from "../aws/ecs/revisions.ts";
import type { ApprovalSubject, Source } from "./events.ts";
import { actionsOf, executionsOf } from "./executions.ts";
import { commitsBetween } from "./git.ts";
import { builtImages, repositoryIn } from "./image.ts";
import { serviceOf } from "./revision.ts";
import { isJob, type ServiceRef } from "./service-ref.ts";
import { filesOf, sourceOf } from "./upload.ts";
import { ownContainer } from "./own-container.ts";

/** What a release changes against what runs. */
export interface Comparison {
  /** The images that run, one for each service that was released; a rollback may have brought back those of an older release. */
  readonly images: readonly string[];
  /** The release that they come from, if it is among the last ones. */
  readonly executionId?: string;
  readonly source?: Source;
  /** The paths of files that were added, changed or removed since then, if both sources list theirs. */
  readonly files?: readonly string[];
  /** The subjects of the commits since then, newest first, if the checkout in the current folder has both. */
  readonly commits?: readonly string[];
}

/** How many of the last releases are searched for the one that runs. */
const SEARCHED = 20;
const TRIED = 3;

/** Compares a release that waits with what the services run; `undefined` if none of them has been released. */
export async function comparisonOf(
  refs: readonly ServiceRef[],
  subject: ApprovalSubject,
  directory: string,
): Promise<Comparison | undefined> {
  const [ref] = refs;
  if (!ref) return undefined;
  const own = new Set(subject.images.map(({ uri }) => repositoryIn(uri)));
  const running = await Promise.all(refs.filter((one) => !isJob(one)).map(imageRunning));
  // A service that was never released runs an image that is in no repository yet.
  const images = [...new Set(running.flatMap((image) => (own.has(repositoryIn(image ?? "")) ? (image ?? []) : [])))];
  const succeeded = (await executionsOf(ref, SEARCHED)).filter(
    ({ status, pipelineExecutionId }) => status === "Succeeded" && pipelineExecutionId !== subject.executionId,
  );
  if (succeeded.length === 0) return undefined;
  for (const { pipelineExecutionId: executionId = "", sourceRevisions: [revision] = [] } of succeeded.slice(0, TRIED)) {
    const built = await builtImages(ref, await actionsOf(ref, executionId));
    const version = revision?.revisionId;
    if (version === undefined || !images.every((image) => built.some(({ uri }) => uri === image))) continue;
    const [source, before, now] = await Promise.all([
      sourceOf(ref, version),
      filesOf(ref, version),
      filesOf(ref, subject.source.version),
    ]);
    const paths = before && now ? [...new Set([...before.keys(), ...now.keys()])].toSorted() : undefined;
    const files = paths?.filter((path) => before?.get(path) !== now?.get(path));
    const commits = await commitsBetween(directory, source.commit, subject.source.commit);
    return { images, executionId, source, ...(files && { files }), ...(commits && { commits }) };
  }
  return { images };
}

/** The image of the service's own container in the revision that it runs. */
async function imageRunning(ref: ServiceRef): Promise<string | undefined> {
  const taskDefinition = (await serviceOf(ref))?.taskDefinition;
  const described = taskDefinition === undefined ? undefined : await describedRevision(ref.aws, taskDefinition);
  return ownContainer(ref, described?.definition.containerDefinitions)?.image;
}
