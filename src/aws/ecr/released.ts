import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";

/**
 * Whether `repository` holds an image with that tag: whether there is anything yet that a service could run. A repository that
 * does not exist holds none.
 */
export async function hasImage(aws: Aws, repository: string, tag: string): Promise<boolean> {
  const found = await absent(
    aws.ecr(new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag: tag }] })),
    "RepositoryNotFoundException",
    "ImageNotFoundException",
  );
  return (found?.imageDetails ?? []).length > 0;
}
