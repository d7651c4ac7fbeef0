import { ListPipelineExecutionsCommand } from "@aws-sdk/client-codepipeline";
import type { Service } from "@aws-sdk/client-ecs";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { revisionOnce } from "./revisions.ts";
import { describedService } from "./shared.ts";

/**
 * The tag of the placeholder image in a task definition before the first release. No build pushes it, so a service that is started by
 * mistake before its first release runs nothing, and never an image that was built but not approved.
 */
export const UNRELEASED_TAG = "unreleased";

/** Where to look for a release. */
export interface ReleasePlaces {
  readonly cluster: string;
  readonly service: string;
  readonly taskFamily: string;
  readonly container: string;
  readonly pipeline: string;
}

/**
 * Whether a deployment by the pipeline, or a rollback to one, has set the service's image. `isNew`: nothing is recorded of the stack, so that
 * there is probably no service, and the family is asked for at once.
 */
export async function isReleased(aws: Aws, snapshot: Snapshot, places: ReleasePlaces, isNew = false): Promise<boolean> {
  if (isNew) revisionOnce(aws, snapshot, places.taskFamily).catch(() => {});
  return hasReleased(aws, places, await describedService(aws, snapshot, places.cluster, places.service), snapshot);
}

/**
 * The same for a known service. The image of the revision that the service runs decides, or without a service that of the family's
 * latest revision: a reconcile registers revisions on top of the running one and keeps its image, so only the pipeline's deploy action,
 * which follows the approval, and a rollback change it. That remains true after CodePipeline has dropped the execution (it keeps the history
 * of an execution for twelve months: CodePipeline user guide, "View executions"), and while a service is scaled to zero.
 */
export async function hasReleased(
  aws: Aws,
  places: ReleasePlaces,
  service: Pick<Service, "desiredCount" | "taskDefinition"> | undefined,
  snapshot = new Snapshot(),
): Promise<boolean> {
  if ((service?.desiredCount ?? 0) > 0) return true;
  const image = await imageOf(aws, snapshot, places, service);
  if (image === undefined || image.endsWith(`:${UNRELEASED_TAG}`)) return false;
  // Stacks used to start with the tag `latest`, which a build pushes before it is approved: for these the pipeline's history decides.
  return image.endsWith(":latest") ? hasDeployed(aws, places) : true;
}

/** The image of the revision that a service runs, or without a service that of the family's latest. */
async function imageOf(
  aws: Aws,
  snapshot: Snapshot,
  { taskFamily, container }: ReleasePlaces,
  service: Pick<Service, "taskDefinition"> | undefined,
): Promise<string | undefined> {
  const found = await revisionOnce(aws, snapshot, service?.taskDefinition ?? taskFamily);
  const containers = found?.definition.containerDefinitions ?? [];
  return (containers.find(({ name }) => name === container) ?? containers[0])?.image;
}

/** What the caller calls the repository of an image, given without tag and digest; `undefined` for those that it does not ask for. */
export type Holder = (repository: string) => string | undefined;

/**
 * The repository that the image of each service or job is in, in the caller's words: of the revision that runs, or will. One that runs from none
 * that `holder` knows is omitted. Nothing is read without one.
 */
export async function runsFrom(
  aws: Aws,
  snapshot: Snapshot,
  services: Readonly<Record<string, ReleasePlaces | undefined>>,
  holder: Holder | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (holder === undefined) return {};
  const found = await Promise.all(
    Object.entries(services).map(async ([name, places]) => {
      if (places === undefined) return [];
      const service = await describedService(aws, snapshot, places.cluster, places.service);
      // A job has no service, and runs the family's latest revision; so does whatever becomes a service in this run.
      const image = await imageOf(aws, snapshot, places, service);
      if (image === undefined || image.endsWith(`:${UNRELEASED_TAG}`)) return [];
      const held = holder(image.replace(/[:@].*$/, ""));
      return held === undefined ? [] : [[name, held] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** Whether the deploy action of the pipeline, in the stage of that name, has succeeded at least once. */
async function hasDeployed(aws: Aws, { pipeline: pipelineName }: ReleasePlaces): Promise<boolean> {
  const command = new ListPipelineExecutionsCommand({
    pipelineName,
    filter: { succeededInStage: { stageName: "Deploy" } },
    maxResults: 1,
  });
  const found = await absent(aws.codePipeline(command), "PipelineNotFoundException");
  return (found?.pipelineExecutionSummaries ?? []).length > 0;
}
