import type { ImageIdentifier } from "@aws-sdk/client-ecr";
import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { markDeployed, unmarked } from "../aws/ecr/deployed.ts";
import { UNRELEASED_TAG } from "../aws/ecs/released.ts";
import { absent } from "../aws/errors.ts";
import { serviceOf } from "./revision.ts";
import { isJob, type ServiceRef } from "./service-ref.ts";
import { ownContainer } from "./own-container.ts";

/** Tags the service's running image as deployed, so that later builds do not expire it. */
export async function markRunning(ref: ServiceRef): Promise<void> {
  const image = await runningImage(ref);
  if (image) await markDeployed(ref.aws, ref.names.repository, image);
}

/** Whether the service's running image is not tagged yet, which is the last step of a release. */
export async function isUnmarked(ref: ServiceRef): Promise<boolean> {
  const image = await runningImage(ref);
  return image !== undefined && (await unmarked(ref.aws, ref.names.repository, image)) !== undefined;
}

/** The image of the stack's own repository that the service runs, if it runs one. */
async function runningImage(ref: ServiceRef): Promise<ImageIdentifier | undefined> {
  const { aws, names } = ref;
  // A job runs the newest revision of its family.
  const taskDefinition = isJob(ref) ? names.taskFamily : (await serviceOf(ref))?.taskDefinition;
  if (taskDefinition === undefined) return undefined;
  const described = await absent(aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition })), "ClientException");
  const image = ownContainer(ref, described?.taskDefinition?.containerDefinitions)?.image ?? "";
  const [, repository, imageTag, imageDigest] =
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^:@]+))?(?:@(.+))?$/.exec(image) ?? [];
  if (repository !== names.repository || imageTag === UNRELEASED_TAG) return undefined;
  return imageDigest === undefined ? { imageTag: imageTag ?? "latest" } : { imageDigest };
}
