import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Build } from "@aws-sdk/client-codebuild";
import { DescribeImagesCommand, type ImageDetail, type ImageIdentifier } from "@aws-sdk/client-ecr";
import { absent } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import { buildsOf, logOf } from "./build-log.ts";
import type { ApprovalSubject } from "./events.ts";
import type { Action } from "./action.ts";
import { DEPLOYED } from "../aws/ecr/deployed.ts";
import { registryOf } from "../aws/ecr/registry.ts";
import type { ServiceRef } from "./service-ref.ts";

/** An image that a release deploys. */
export type Image = ApprovalSubject["images"][number];

/** How many trailing log lines are searched for the printed image definitions. */
const LAST = 100;

/**
 * The image that a build produced: the one in its printed image definitions, or else the one that was pushed while it
 * ran.
 */
export async function imageOf(
  ref: ServiceRef,
  build: Build | undefined,
  all: AllImages = () => imagesIn(ref),
): Promise<Image | undefined> {
  if (!build || build.buildStatus !== "SUCCEEDED") return undefined;
  return imageAmong(ref, build, await urisIn(ref, build), all);
}

/** Reads all images of the service's repository, page by page. */
export type AllImages = () => Promise<readonly ImageDetail[]>;

/** The same, but only once, for whoever asks for the images of several builds. */
export function allImagesOnce(ref: ServiceRef): AllImages {
  let reading: Promise<readonly ImageDetail[]> | undefined;
  return () => (reading ??= imagesIn(ref));
}

/** The image that an execution's build produced. */
export const builtImage = async (ref: ServiceRef, actions: readonly Action[]): Promise<Image | undefined> =>
  imageOf(ref, await buildIn(ref, actions));

/** The images that an execution's build produced: one for each repository, in the order in which the build names them. */
export async function builtImages(ref: ServiceRef, actions: readonly Action[]): Promise<readonly Image[]> {
  const build = await buildIn(ref, actions);
  if (build?.buildStatus !== "SUCCEEDED") return [];
  const uris = await urisIn(ref, build);
  const newest = [...new Map(uris.map((uri) => [repositoryIn(uri), uri])).values()];
  if (newest.length > 1) return Promise.all(newest.map((uri) => imageCalled(ref, uri)));
  const image = await imageAmong(ref, build, uris, () => imagesIn(ref));
  return image ? [image] : [];
}

async function buildIn(ref: ServiceRef, actions: readonly Action[]): Promise<Build | undefined> {
  const id = actions.findLast(({ category }) => category === "Build")?.externalId;
  return id === undefined ? undefined : (await buildsOf(ref, [id]))[0];
}

/** The service's image among those that a build defined, or else the one that was pushed while it ran. */
async function imageAmong(
  ref: ServiceRef,
  build: Build,
  uris: readonly string[],
  all: AllImages,
): Promise<Image | undefined> {
  // A build of several images names each with the repository of its service.
  const isOwn = (uri: string) => ref.stack.services.length < 2 || repositoryIn(uri) === repositoryUri(ref);
  const uri = uris.findLast(isOwn);
  if (uri !== undefined) return imageCalled(ref, uri);
  const pushed = pushedBy(build, await all());
  return pushed && { uri: `${repositoryUri(ref)}:${pushed.tag}`, tag: pushed.tag, digest: pushed.digest };
}

/** An image's repository, without tag and digest. */
export const repositoryIn = (uri: string): string => uri.split(/[:@]/)[0] ?? uri;

/** The images that a build printed image definitions of, in the order of its log. */
async function urisIn(ref: ServiceRef, build: Build): Promise<string[]> {
  const place = logOf(build);
  if (!place) return [];
  // Reads from the head if omitted or true; only an explicit `false` reads the end.
  const command = new GetLogEventsCommand({ ...place, limit: LAST, startFromHead: false });
  const page = await absent(ref.aws.logs(command), "ResourceNotFoundException");
  const text = (page?.events ?? []).map(({ message = "" }) => message).join("\n");
  // The command that writes the definitions is also in the log, with placeholders.
  return [...text.matchAll(/"imageUri"\s*:\s*"([^"\s%$]+)"/g)].flatMap(([, uri]) => uri ?? []);
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

const repositoryUri = ({ aws, names }: ServiceRef) => `${registryOf(aws)}/${names.repository}`;

/** The tag of a build: not `latest`, which moves, and not a `deployed-` tag. */
const tagIn = (tags: readonly string[] = []): string | undefined =>
  tags.find((name) => name !== "latest" && !name.startsWith(DEPLOYED)) ?? tags[0];

/** The images of the repository, or one of them. */
async function imagesIn(ref: ServiceRef, one?: ImageIdentifier): Promise<ImageDetail[]> {
  const { repository: repositoryName } = ref.names;
  const imageIds = one === undefined ? {} : { imageIds: [one] };
  const reading = everyPage(async (nextToken) => {
    const page = await ref.aws.ecr(new DescribeImagesCommand({ repositoryName, nextToken, ...imageIds }));
    return { items: page.imageDetails, next: page.nextToken };
  });
  return (await absent(reading, "ImageNotFoundException", "RepositoryNotFoundException")) ?? [];
}

function pushedBy({ startTime, endTime }: Build, images: readonly ImageDetail[]) {
  if (!startTime || !endTime) return undefined;
  const pushed = images
    .filter(({ imagePushedAt: at }) => at && at >= startTime && at <= endTime)
    .toSorted((one, other) => (other.imagePushedAt?.getTime() ?? 0) - (one.imagePushedAt?.getTime() ?? 0));
  for (const { imageTags = [], imageDigest: digest } of pushed) {
    const tag = tagIn(imageTags);
    if (tag !== undefined) return { tag, digest };
  }
  return undefined;
}
