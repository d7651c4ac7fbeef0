import { refuse } from "../errors.ts";
import { plain, type Refusal } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { UNKNOWN, type ImageContents } from "./dockerfile.ts";
import { scanAtPush } from "./scanning.ts";

export interface SimRepository {
  name: string;
  arn: string;
  uri: string;
  mutableTags: boolean;
  scanOnPush: boolean;
  policy?: string;
  lifecycle?: string;
  createdAt: number;
  tags: SimTags;
}

/** What tasks of an image do, where they do not simply run: its container exits, or its health check fails. */
export type Behaviour = "exits" | "unhealthy";

export interface SimImage {
  repository: string;
  digest: string;
  tags: string[];
  pushedAt: number;
  size: number;
  behaviour?: Behaviour;
  /** When the lifecycle policy takes it away, as things are. */
  expiresAt?: number;
  /** What is in it; left out where no one can tell. */
  contents?: ImageContents;
  /** When its scan began: at its push, where images are scanned then; left out where it has none. */
  scannedAt?: number;
  /** Which scan that is. */
  scan?: "basic" | "enhanced";
}

const missing = (sim: Sim, name: string | undefined): Refusal => [
  "RepositoryNotFoundException",
  `The repository with name '${name}' does not exist in the registry with id '${sim.account}'`,
];

/** What CreateRepository says of a repository beside its name and tags. */
type Settings = Pick<SimRepository, "mutableTags" | "scanOnPush">;

export const repositoryRows = plain<SimRepository, Settings>({
  table: "ecr.repositories",
  arn: (sim, name) => sim.arn("ecr", `repository/${name}`),
  names: {
    rule: /^(?=..)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    refusal: ["InvalidParameterException", "Invalid parameter at 'repositoryName' failed to satisfy constraint"],
  },
  made: (sim, settings, name) => ({
    name,
    uri: `${sim.account}.dkr.ecr.${sim.region}.amazonaws.com/${name}`,
    ...settings,
    createdAt: sim.now,
  }),
  again: ({ name }, _settings, sim) =>
    refuse(
      "RepositoryAlreadyExistsException",
      `The repository with name '${name}' already exists in the registry with id '${sim.account}'`,
    ),
  missing: (name, sim) => missing(sim, name),
  missingArn: () => ["RepositoryNotFoundException", "The repository does not exist"],
  // Deleted repositories are still described (terraform-provider-aws, internal/service/ecr/repository.go, resourceRepositoryDelete: polls
  // for up to 20 minutes until DescribeRepositories does not find it).
  lag: { deleted: TIMING.release },
  // botocore ecr, TagResource: its errors.
  tags: { code: "InvalidTagParameterException", limitCode: "TooManyTagsException" },
  pages: { usual: 100, most: 1_000, code: "InvalidParameterException" },
  inUse(sim, { name }) {
    if (Object.values(images(sim)).some((image) => image.repository === name))
      refuse(
        "RepositoryNotEmptyException",
        `The repository with name '${name}' in registry with id '${sim.account}' cannot be deleted because it still contains images`,
      );
  },
});

export const repositories = repositoryRows.records;
export const images = (sim: Sim) => sim.table<SimImage>("ecr.images");

/** The repository of a name that exists, or ECR's refusal. */
export const repositoryOf = (sim: Sim, name: string | undefined): SimRepository =>
  repositories(sim)[name ?? ""] ?? refuse(...missing(sim, name));

export const imageKey = (repository: string, digest: string) => `${repository}@${digest}`;

/** How ECR's calls name an image. */
export interface ImageId {
  readonly imageTag?: string | undefined;
  readonly imageDigest?: string | undefined;
}

export const isMeant = (image: SimImage, id: ImageId): boolean =>
  id.imageDigest === undefined ? image.tags.includes(id.imageTag ?? "") : image.digest === id.imageDigest;

/** The image that is meant in a repository, or ECR's refusal. */
export const imageOf = (sim: Sim, repository: string, id: ImageId): SimImage =>
  Object.values(images(sim)).find((image) => image.repository === repository && isMeant(image, id)) ??
  refuse(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'} does not exist within the repository with name '${repository}' in the registry with id '${sim.account}'`,
  );

/** Pushes an image; its tags move to it from whichever image had them. */
export function push(sim: Sim, image: SimImage): void {
  const repository = repositoryOf(sim, image.repository);
  const { mutableTags } = repository;
  for (const other of Object.values(images(sim))) {
    if (other.repository !== image.repository || other.digest === image.digest) continue;
    if (!mutableTags && other.tags.some((tag) => image.tags.includes(tag)))
      refuse("ImageTagAlreadyExistsException", `The image tag already exists in the '${image.repository}' repository`);
    if (other.tags.some((tag) => image.tags.includes(tag)))
      images(sim)[imageKey(other.repository, other.digest)] = {
        ...other,
        tags: other.tags.filter((tag) => !image.tags.includes(tag)),
      };
  }
  const key = imageKey(image.repository, image.digest);
  const before = images(sim)[key];
  const scanned = scanAtPush(sim, repository);
  images(sim)[key] = before
    ? { ...before, tags: [...new Set([...before.tags, ...image.tags])] }
    : { ...image, ...(scanned === undefined ? {} : { scannedAt: image.pushedAt, scan: scanned }) };
}

/** An image as a task pulls it. */
export interface PulledImage {
  /** Its name with its digest, where that is known. */
  readonly name: string;
  readonly digest?: string;
  readonly behaviour?: Behaviour;
  readonly contents: ImageContents;
}

const tagged = (sim: Sim, repository: string, tag = "latest") =>
  Object.values(images(sim)).find((image) => image.repository === repository && image.tags.includes(tag));

/** The image of a name; `undefined` where this registry should have it and does not. Images elsewhere exist. */
export function pulled(sim: Sim, name: string): PulledImage | undefined {
  const [, registry, repository = "", tag, digest] =
    /^(\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(name) ?? [];
  if (registry === undefined) return isLowerCase(name) ? { name, contents: UNKNOWN } : undefined;
  const found = digest === undefined ? tagged(sim, repository, tag) : images(sim)[imageKey(repository, digest)];
  if (!found) return undefined;
  const { behaviour, contents = UNKNOWN } = found;
  return {
    name: `${registry}/${repository}@${found.digest}`,
    digest: found.digest,
    contents,
    ...(behaviour ? { behaviour } : {}),
  };
}

/**
 * Whether the repository in an image's name is in lower case, without which there is no such image. What is before it is a registry if it has
 * a dot, a colon or a capital (reference grammar of the OCI distribution project, github.com/distribution/reference, splitDockerDomain).
 */
function isLowerCase(name: string): boolean {
  const [first = "", ...rest] = (name.split("@")[0] ?? "").split("/");
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first !== first.toLowerCase());
  const repository = (isRegistry ? rest : [first, ...rest]).join("/").replace(/:[^/]*$/, "");
  return repository === repository.toLowerCase();
}
