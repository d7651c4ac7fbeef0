import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  PutImageCommand,
  type ImageIdentifier,
} from "@aws-sdk/client-ecr";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";

/** The prefix of the tags on deployed images, so that the lifecycle policy counts them separately. */
export const DEPLOYED = "deployed-";

const isMarked = (tags: readonly string[]): boolean => tags.some((tag) => tag.startsWith(DEPLOYED));

/** The digest of an existing image that is not tagged as deployed. */
export async function unmarked(aws: Aws, repositoryName: string, image: ImageIdentifier): Promise<string | undefined> {
  const described = await absent(
    aws.ecr(new DescribeImagesCommand({ repositoryName, imageIds: [image] })),
    "ImageNotFoundException",
    "RepositoryNotFoundException",
  );
  const { imageDigest, imageTags = [] } = described?.imageDetails?.[0] ?? {};
  return isMarked(imageTags) ? undefined : imageDigest;
}

/** Whether any image of a repository is tagged as deployed. */
export async function isAnyMarked(aws: Aws, repositoryName: string): Promise<boolean> {
  const filter = { tagStatus: "TAGGED" } as const;
  for (let nextToken: string | undefined; ;) {
    const page = await absent(
      aws.ecr(new DescribeImagesCommand({ repositoryName, filter, nextToken })),
      "RepositoryNotFoundException",
    );
    if (page?.imageDetails?.some(({ imageTags = [] }) => isMarked(imageTags))) return true;
    nextToken = page?.nextToken;
    if (nextToken === undefined) return false;
  }
}

/**
 * Tags an image as deployed, so that unapproved builds cannot expire it: "an image that matches the
 * tagging requirements of a rule can't be expired by a rule with a lower priority" (Amazon ECR user guide, lifecycle policies). Adds a
 * tag, which an immutable repository also accepts; an image that no longer exists, or is already tagged, is left unchanged.
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
    // Another process tagged it at the same moment.
    "ImageAlreadyExistsException",
    "ImageTagAlreadyExistsException",
  );
}
