import type { ImageIdentifier } from "@aws-sdk/client-ecr";
import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { markDeployed, unmarked } from "../aws/ecr/deployed.ts";
import { UNRELEASED_TAG } from "../aws/ecs/released.ts";
import { absent } from "../aws/errors.ts";
import { serviceOf } from "./revision.ts";
import type { Site } from "./site.ts";

/** Marks the image that the service runs as deployed, so that the repository keeps it whatever is built after it. */
export async function markRunning(site: Site): Promise<void> {
  const image = await runningImage(site);
  if (image) await markDeployed(site.aws, site.names.repository, image);
}

/** Whether the image that the service runs has yet to be marked, which is the last that a release does. */
export async function isUnmarked(site: Site): Promise<boolean> {
  const image = await runningImage(site);
  return image !== undefined && (await unmarked(site.aws, site.names.repository, image)) !== undefined;
}

/** The image of the stack's own repository that the service runs, if it runs one. */
async function runningImage(site: Site): Promise<ImageIdentifier | undefined> {
  const { aws, names } = site;
  const service = await serviceOf(site);
  if (!service?.taskDefinition) return undefined;
  const described = await absent(
    aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition })),
    "ClientException",
  );
  const containers = described?.taskDefinition?.containerDefinitions ?? [];
  const image = (containers.find(({ name }) => name === names.container) ?? containers[0])?.image ?? "";
  const [, repository, imageTag, imageDigest] =
    /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^:@]+))?(?:@(.+))?$/.exec(image) ?? [];
  if (repository !== names.repository || imageTag === UNRELEASED_TAG) return undefined;
  return imageDigest === undefined ? { imageTag: imageTag ?? "latest" } : { imageDigest };
}
