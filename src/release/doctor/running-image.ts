import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { DescribeTaskDefinitionCommand, type Service } from "@aws-sdk/client-ecs";
import { absent, hasCode } from "../../aws/errors.ts";
import type { ServiceRef } from "../service-ref.ts";
import { ownContainer } from "../own-container.ts";

/** The image of a task definition revision. */
export interface Image {
  /** `family:revision`. */
  readonly revision: string;
  readonly uri: string;
  /** `elsewhere`: in another account's registry, or in another region. */
  readonly found: "there" | "missing" | "no repository" | "elsewhere";
}

/** Reads the image that the service runs, or would run: of its revision, or else of the family's latest. */
export async function imageOf({ aws, names }: ServiceRef, service: Service | undefined): Promise<Image | undefined> {
  const taskDefinition = service?.taskDefinition ?? names.taskFamily;
  // ECS has no specific error code for a missing family or revision.
  const answer = await absent(
    aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition })),
    "ClientException",
    "InvalidParameterException",
  );
  const definition = answer?.taskDefinition;
  if (!definition) return undefined;
  const uri = ownContainer({ names }, definition.containerDefinitions)?.image ?? "";
  const revision = `${definition.family}:${definition.revision}`;
  const [, account, region, repositoryName, imageTag = "latest", imageDigest] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^:@]+))?(?:@(.+))?$/.exec(uri) ?? [];
  if (account !== aws.account || region !== aws.region) return { revision, uri, found: "elsewhere" };
  try {
    const imageIds = [imageDigest === undefined ? { imageTag } : { imageDigest }];
    const asked = aws.ecr(new DescribeImagesCommand({ repositoryName, imageIds }));
    const images = (await absent(asked, "ImageNotFoundException"))?.imageDetails ?? [];
    return { revision, uri, found: images.length > 0 ? "there" : "missing" };
  } catch (error) {
    if (!hasCode(error, "RepositoryNotFoundException")) throw error;
    return { revision, uri, found: "no repository" };
  }
}
