import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Build } from "@aws-sdk/client-codebuild";
import { DescribeImagesCommand, type ImageDetail, type ImageIdentifier } from "@aws-sdk/client-ecr";
import { absent } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import { buildsOf, logOf } from "./build-log.ts";
import type { ApprovalSubject } from "./events.ts";
import type { Action } from "./executions.ts";
import { DEPLOYED } from "../aws/ecr/deployed.ts";
import type { ServiceRef } from "./service-ref.ts";

/** An image that a release deploys. */
export type Image = NonNullable<ApprovalSubject["image"]>;

/** How many of a log's last lines are searched for the image definitions that the build has printed. */
const LAST = 100;

/**
 * The image that a build made: the one that its image definitions name, where it printed them, and otherwise what was pushed while it
 * ran.
 */
export async function imageOf(ref: ServiceRef, build: Build | undefined): Promise<Image | undefined> {
  if (!build || build.buildStatus !== "SUCCEEDED") return undefined;
  const uri = await definedIn(ref, build);
  if (uri !== undefined) return imageCalled(ref, uri);
  const pushed = await pushedBy(ref, build);
  if (!pushed) return undefined;
  return { uri: `${repositoryUri(ref)}:${pushed.tag}`, tag: pushed.tag, digest: pushed.digest };
}

/** The image that the build among an execution's actions made. */
export async function builtImage(ref: ServiceRef, actions: readonly Action[]): Promise<Image | undefined> {
  const id = actions.findLast(({ category }) => category === "Build")?.externalId;
  return id === undefined ? undefined : imageOf(ref, (await buildsOf(ref, [id]))[0]);
}

async function definedIn(ref: ServiceRef, build: Build): Promise<string | undefined> {
  const place = logOf(build);
  if (!place) return undefined;
  // From the head where it is omitted or true; only a stated `false` reads the end.
  const command = new GetLogEventsCommand({ ...place, limit: LAST, startFromHead: false });
  const page = await absent(ref.aws.logs(command), "ResourceNotFoundException");
  const text = (page?.events ?? []).map(({ message = "" }) => message).join("\n");
  // The command that writes the definitions is in the log too, with places to fill in.
  const uris = [...text.matchAll(/"imageUri"\s*:\s*"([^"\s%$]+)"/g)].flatMap(([, uri]) => uri ?? []);
  if (ref.stack.services.length < 2) return uris.at(-1);
  // A build of several images names each in the repository of its service.
  return uris.findLast((uri) => uri.split(/[:@]/)[0] === repositoryUri(ref));
}

async function imageCalled(ref: ServiceRef, uri: string): Promise<Image> {
  const [, repository = uri, tag = "", digest] = /^(.+?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(uri) ?? [];
  if (repository !== repositoryUri(ref)) return { uri, tag, digest };
  const [found] = await imagesIn(
    ref,
    digest === undefined ? { imageTag: tag === "" ? "latest" : tag } : { imageDigest: digest },
  );
  return { uri, tag: tag === "" ? (tagIn(found?.imageTags) ?? "") : tag, digest: digest ?? found?.imageDigest };
}

/** The registry's address ends otherwise in China. */
const repositoryUri = ({ aws, names }: ServiceRef) =>
  `${aws.account}.dkr.ecr.${aws.region}.amazonaws.com${aws.partition === "aws-cn" ? ".cn" : ""}/${names.repository}`;

/** The tag that names a build: not `latest`, which will be another image's tomorrow, and none that says where it was deployed. */
const tagIn = (tags: readonly string[] = []): string | undefined =>
  tags.find((name) => name !== "latest" && !name.startsWith(DEPLOYED)) ?? tags[0];

/** The images of the repository, or the one that is meant. */
async function imagesIn(ref: ServiceRef, one?: ImageIdentifier): Promise<ImageDetail[]> {
  const { repository: repositoryName } = ref.names;
  const imageIds = one === undefined ? {} : { imageIds: [one] };
  const reading = everyPage(async (nextToken) => {
    const page = await ref.aws.ecr(new DescribeImagesCommand({ repositoryName, nextToken, ...imageIds }));
    return { items: page.imageDetails, next: page.nextToken };
  });
  return (await absent(reading, "ImageNotFoundException", "RepositoryNotFoundException")) ?? [];
}

async function pushedBy(ref: ServiceRef, { startTime, endTime }: Build) {
  if (!startTime || !endTime) return undefined;
  const pushed = (await imagesIn(ref))
    .filter(({ imagePushedAt: at }) => at && at >= startTime && at <= endTime)
    .toSorted((one, other) => (other.imagePushedAt?.getTime() ?? 0) - (one.imagePushedAt?.getTime() ?? 0));
  for (const { imageTags = [], imageDigest: digest } of pushed) {
    const tag = tagIn(imageTags);
    if (tag !== undefined) return { tag, digest };
  }
  return undefined;
}
