import { ListPipelineExecutionsCommand } from "@aws-sdk/client-codepipeline";
import type { Service } from "@aws-sdk/client-ecs";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { revisionOnce } from "./revisions.ts";
import { describedService } from "./shared.ts";

/**
 * The tag of the image that a task definition names until a release puts one there. No build pushes it, so a service that runs by mistake
 * before its first release runs nothing, and never what was built and not approved.
 */
export const UNRELEASED_TAG = "unreleased";

/** Where a release is looked for. */
export interface ReleasePlaces {
  readonly cluster: string;
  readonly service: string;
  readonly taskFamily: string;
  readonly container: string;
  readonly pipeline: string;
}

/** Whether a deployment that the pipeline made, or a rollback to one, has put an image into the service. */
export async function isReleased(aws: Aws, snapshot: Snapshot, places: ReleasePlaces): Promise<boolean> {
  return hasReleased(aws, places, await describedService(aws, snapshot, places.cluster, places.service), snapshot);
}

/**
 * The same of a service that is known. What decides is the image of the revision that the service runs, or without a service the family's
 * latest: reconciles register revisions on top of what runs and keep its image, so only the pipeline's deploy action, which comes after the
 * approval, and a rollback put another one there. That stays true when CodePipeline has forgotten the execution (it keeps the history of an
 * execution for twelve months: CodePipeline user guide, "View executions"), and while a service sleeps at zero tasks.
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
  // Stacks used to begin with the tag `latest`, which a build pushes before it is approved: there the pipeline has to say it.
  return image.endsWith(":latest") ? hasDeployed(aws, places) : true;
}

/** The image of the revision that a service runs, or without a service of the family's latest. */
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

/**
 * Which of `repositories` (names, by whatever the caller calls them) the image lies in that each service runs. A service that runs from none
 * of them is left out. Nothing is read where there are no repositories.
 */
export async function runsFrom(
  aws: Aws,
  snapshot: Snapshot,
  services: Readonly<Record<string, ReleasePlaces | undefined>>,
  repositories: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  if (Object.keys(repositories).length === 0) return {};
  const found = await Promise.all(
    Object.entries(services).map(async ([name, places]) => {
      if (places === undefined) return [];
      const service = await describedService(aws, snapshot, places.cluster, places.service);
      const image = service && (await imageOf(aws, snapshot, places, service));
      if (image === undefined || image.endsWith(`:${UNRELEASED_TAG}`)) return [];
      const holder = Object.entries(repositories).find(([, repository]) => liesIn(image, repository));
      return holder ? [[name, holder[0]] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

const liesIn = (image: string, repository: string): boolean =>
  image.replace(/[:@].*$/, "").endsWith(`.com/${repository}`);

/** Whether the deploy action of the pipeline, which is in the stage of that name, has succeeded at least once. */
async function hasDeployed(aws: Aws, { pipeline: pipelineName }: ReleasePlaces): Promise<boolean> {
  const command = new ListPipelineExecutionsCommand({
    pipelineName,
    filter: { succeededInStage: { stageName: "Deploy" } },
    maxResults: 1,
  });
  const found = await absent(aws.codePipeline(command), "PipelineNotFoundException");
  return (found?.pipelineExecutionSummaries ?? []).length > 0;
}
