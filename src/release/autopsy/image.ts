import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { codeOf, hasCode, messageOf } from "../../aws/errors.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { Ask } from "./ask.ts";
import type { ImageSeen } from "./evidence.ts";

/** Describes an image; ECR is called if `look` is set and the image belongs to this account's registry. */
export async function imageSeen(ref: ServiceRef, uri: string, look: boolean, ask: Ask): Promise<ImageSeen> {
  const { account, region } = ref.aws;
  const [, owner, where, repositoryName = "", imageTag = "latest", imageDigest] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(uri) ?? [];
  const ours = owner === account && where === region;
  if (!ours || !look) return { uri, ours };
  const imageIds = [imageDigest === undefined ? { imageTag } : { imageDigest }];
  const command = new DescribeImagesCommand({ repositoryName, imageIds });
  const missing = await ask(
    `the image ${uri}`,
    ref.aws.ecr(command).then(
      ({ imageDetails = [] }) => (imageDetails.length > 0 ? undefined : `ECR has no image ${uri}`),
      (error: unknown) => {
        if (!hasCode(error, "RepositoryNotFoundException", "ImageNotFoundException")) throw error;
        return `${codeOf(error)}: ${messageOf(error)}`;
      },
    ),
  );
  return { uri, ours, ...(missing === undefined ? {} : { missing }) };
}
