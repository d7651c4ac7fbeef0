import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  PutImageCommand,
  type ImageIdentifier,
} from "@aws-sdk/client-ecr";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";

/** What the tags begin with that mark images which were deployed, so that the lifecycle policy counts those by themselves. */
export const DEPLOYED = "deployed-";

/** The digest of an image that is there and is not marked as deployed. */
export async function unmarked(aws: Aws, repositoryName: string, image: ImageIdentifier): Promise<string | undefined> {
  const described = await absent(
    aws.ecr(new DescribeImagesCommand({ repositoryName, imageIds: [image] })),
    "ImageNotFoundException",
    "RepositoryNotFoundException",
  );
  const { imageDigest, imageTags = [] } = described?.imageDetails?.[0] ?? {};
  return imageTags.some((tag) => tag.startsWith(DEPLOYED)) ? undefined : imageDigest;
}

/**
 * Marks an image as deployed, so that builds which were never approved cannot push it out of the repository: "an image that matches the
 * tagging requirements of a rule can't be expired by a rule with a lower priority" (Amazon ECR user guide, lifecycle policies). Sets one
 * more tag, which an immutable repository takes as well; an image that is gone, or is marked already, stays as it is.
 */
export async function markDeployed(aws: Aws, repositoryName: string, image: ImageIdentifier): Promise<void> {
  const imageDigest = await unmarked(aws, repositoryName, image);
  if (imageDigest === undefined) return;
  const { images: [whole] = [] } = await aws.ecr(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
  );
  if (whole?.imageManifest === undefined) return;
  const { imageManifest, imageManifestMediaType } = whole;
  const imageTag = `${DEPLOYED}${imageDigest.slice(imageDigest.indexOf(":") + 1).slice(0, 12)}`;
  await absent(
    aws.ecr(new PutImageCommand({ repositoryName, imageManifest, imageManifestMediaType, imageDigest, imageTag })),
    // It was marked by somebody else at the same moment.
    "ImageAlreadyExistsException",
    "ImageTagAlreadyExistsException",
  );
}
