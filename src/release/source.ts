import type { Stats } from "node:fs";
import { lstat, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import type { Ignore } from "ignore";
import { pack, type ArchiveContent } from "./archive.ts";
import { checkoutOf, commitOf, textOf } from "./git.ts";
import { type DockerRules, dockerRules, gitRules, SourceError } from "./ignore.ts";
import { checkSecrets } from "./secret-files.ts";

export { SourceError } from "./ignore.ts";

/** A source file: its path, with slashes, and the digest of its content. */
export interface SourceFile {
  readonly path: string;
  readonly digest: string;
}

/** A service's folder, packed for CodePipeline. Its content is closed by whoever asked for it. */
export interface SourceArchive {
  readonly content: ArchiveContent;
  /** `sha256:` and 64 hexadecimal digits of the archive: equal for equal trees. */
  readonly digest: string;
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  /** The total unpacked size of all files. */
  readonly bytes: number;
  /** The checked-out commit, with the suffix `-dirty` if the folder has changes; only in a git checkout. */
  readonly commit: string | undefined;
}

/** The maximum source size. A ZIP archive without ZIP64 counts bytes with 32 bits; CodePipeline takes 7 GB ("Quotas in AWS CodePipeline"). */
const MOST_BYTES = 2_000_000_000;
/** A ZIP archive without ZIP64 counts its entries with 16 bits. */
const MOST_FILES = 65_535;

interface Found {
  readonly path: string;
  readonly place: string;
  readonly stats: Stats;
}

/** Where a source is, and the folder for an archive that is too large for the memory. */
interface Places {
  readonly directory: string;
  readonly scratch: string;
  /** Called with how many bytes have been packed so far. */
  readonly read?: (bytes: number) => void;
}

/** Context shared by all folders of a source. */
interface Tree {
  /** As given by the user. */
  readonly directory: string;
  readonly root: string;
  /** The path of the root in its git checkout. */
  readonly checkout: string;
  readonly docker: DockerRules;
  /** Files that CodeBuild needs, which are never excluded. */
  readonly kept: readonly string[];
  /** Names of folders that are excluded everywhere, and paths of those that are excluded at the top. */
  readonly skipped: readonly string[];
  readonly found: Found[];
}

interface Folder {
  /** Empty, or with a trailing slash. */
  readonly path: string;
  /** Its real path. */
  readonly place: string;
  readonly rules: Ignore;
  /** The real paths of its parent folders, and its own. */
  readonly within: readonly string[];
}

/**
 * Packs the files in `directory` that its `.dockerignore` and `.gitignore` files do not exclude. The archive depends only on
 * paths, contents and executable bits, so an unchanged source has the same digest.
 */
export async function readSource(places: Places, buildspec = "buildspec.yml"): Promise<SourceArchive> {
  const spec = posix.normalize(buildspec);
  return reading(places, () =>
    archive(places, {
      needs: `both a Dockerfile and ${spec}`,
      kept: ["Dockerfile", ".dockerignore", spec],
      // What runs leave beside a config contains secrets.
      skipped: [".git", ".fairlead"],
      check: (tree) => checkNeeded(tree, spec),
    }),
  );
}

/** The build context of a service's image in the source. */
export interface BuildContext {
  readonly service: string;
  readonly context: string;
  /** Inside the context. */
  readonly dockerfile: string;
}

/**
 * The same for a folder with several services, each built from its own subfolder. Fairlead's run files, and
 * installed packages, are excluded too.
 */
export function readSources(places: Places, builds: readonly BuildContext[]): Promise<SourceArchive> {
  const dockerfiles = builds.map(({ context, dockerfile }) => posix.join(context, dockerfile));
  return reading(places, () =>
    archive(places, {
      needs: "the folders that its services are built from",
      kept: dockerfiles,
      skipped: [".git", "node_modules", ".fairlead", "/state"],
      check: (tree) => checkContexts(tree, builds),
    }),
  );
}

/** What a source must contain, and what is excluded from it. */
interface Needs extends Pick<Tree, "kept" | "skipped"> {
  /** In words. */
  readonly needs: string;
  readonly check: (tree: Tree) => void;
}

async function reading({ directory }: Places, read: () => Promise<SourceArchive>): Promise<SourceArchive> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SourceError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new SourceError(`Folder ${directory} cannot be read: ${(error as Error).message}.`);
  }
}

async function archive(
  { directory, scratch, read }: Places,
  { needs, kept, skipped, check }: Needs,
): Promise<SourceArchive> {
  const root = await rootOf(directory, needs);
  const checkout = await checkoutOf(root);
  const docker = dockerRules(await textOf(join(root, ".dockerignore")));
  const tree: Tree = { directory, root, checkout: checkout.path, docker, kept, skipped, found: [] };
  await walk(tree, { path: "", place: root, rules: checkout.rules, within: [root] });
  check(tree);
  checkSize(tree);
  await checkSecrets(directory, tree.found, docker);
  const found = tree.found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const entries = found.map(({ path, place, stats }) => ({ path, place, mode: modeOf(stats) }));
  const { content, digest, files } = await pack(entries, scratch, read && { read });
  return {
    content,
    digest,
    files: files.map(({ path, digest: own }) => ({ path, digest: own })),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    commit: await commitOf(root),
  };
}

/** The Unix mode of a regular file, executable or not. */
const modeOf = (stats: Stats) => ((stats.mode & 0o100) === 0 ? 0o100644 : 0o100755);

async function rootOf(directory: string, needs: string): Promise<string> {
  const stats = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new SourceError(
      `Folder ${directory} does not exist. Specify the folder that contains the service's Dockerfile.`,
    );
  });
  if (!stats.isDirectory())
    throw new SourceError(`${directory} is not a folder. Specify the folder that contains the service's Dockerfile.`);
  const names = await readdir(directory);
  if (names.every((name) => name === ".git" || name === ".fairlead"))
    throw new SourceError(`Folder ${directory} is empty. A release needs ${needs} in it.`);
  return realpath(directory);
}

async function walk(tree: Tree, folder: Folder): Promise<void> {
  const own = await textOf(join(folder.place, ".gitignore"));
  const rules = own === "" ? folder.rules : gitRules(folder.rules, tree.checkout + folder.path, own);
  for (const name of (await readdir(folder.place)).toSorted()) {
    const path = folder.path + name;
    if (tree.skipped.includes(name) || tree.skipped.includes(`/${path}`)) continue;
    const itself = await lstat(join(folder.place, name));
    const isLink = itself.isSymbolicLink();
    // A link is treated as its target, also for the rules.
    const stats = isLink ? await stat(join(folder.place, name)).catch(() => undefined) : itself;
    if (isLeftOut(tree, rules, path, stats?.isDirectory() === true)) continue;
    const place = isLink ? await targetOf(tree, folder, name) : join(folder.place, name);
    if (stats?.isDirectory() === true)
      await walk(tree, { path: `${path}/`, place, rules, within: [...folder.within, place] });
    else if (stats?.isFile() === true) add(tree, { path, place, stats });
  }
}

function isLeftOut({ checkout, docker, kept }: Tree, rules: Ignore, path: string, isFolder: boolean): boolean {
  if (kept.some((needed) => needed === path || (isFolder && needed.startsWith(`${path}/`)))) return false;
  if (rules.ignores(checkout + path + (isFolder ? "/" : ""))) return true;
  return docker.leavesOut(path) && !(isFolder && docker.mayKeepBelow(path));
}

/** The real path of a link's target, which must be in the source. */
async function targetOf({ directory, root }: Tree, folder: Folder, name: string): Promise<string> {
  const place = join(folder.place, name);
  const link = `Symbolic link ${folder.path}${name} in ${directory} points to ${await readlink(place)}`;
  const remedy = "Replace it, or exclude it with .dockerignore.";
  const real = await realpath(place).catch(() => {
    throw new SourceError(`${link}, which does not exist. ${remedy}`);
  });
  if (real !== root && !real.startsWith(root + sep))
    throw new SourceError(`${link}, which is outside the folder and would be missing in the build. ${remedy}`);
  if (folder.within.includes(real))
    throw new SourceError(`${link}, a folder that contains the link itself (an endless loop). ${remedy}`);
  return real;
}

function add({ directory, found }: Tree, file: Found): void {
  found.push(file);
  if (found.length > MOST_FILES)
    throw new SourceError(
      `Folder ${directory} contains more than 65,535 files, the maximum for a release. Exclude what the image does not need with .dockerignore.`,
    );
}

function checkNeeded({ directory, found }: Tree, buildspec: string): void {
  const has = (path: string) => found.some((file) => file.path === path);
  const [dockerfile, spec] = [has("Dockerfile"), has(buildspec)];
  if (dockerfile && spec) return;
  const lacking = dockerfile ? `no ${buildspec}` : spec ? "no Dockerfile" : `neither a Dockerfile nor ${buildspec}`;
  throw new SourceError(
    `Folder ${directory} has ${lacking}. A release needs both: CodeBuild runs ${buildspec}, which builds the image from the Dockerfile.`,
  );
}

function checkContexts({ directory, found }: Tree, builds: readonly BuildContext[]): void {
  const missing = builds.flatMap(({ service, context, dockerfile }) => {
    const folder = posix.normalize(context).replace(/\/$/, "");
    const has = (path: string) => found.some((file) => file.path === posix.normalize(path));
    if (folder !== "." && !found.some(({ path }) => path.startsWith(`${folder}/`)))
      return [`services.${service}.build.context: folder ${context} in ${directory} does not exist or has no files.`];
    return has(`${folder}/${dockerfile}`)
      ? []
      : [`Folder ${context} in ${directory} has no ${dockerfile}, which service ${service} is built from.`];
  });
  if (missing.length > 0) throw new SourceError(missing.join("\n"));
}

function checkSize({ directory, found }: Tree): void {
  const bytes = found.reduce((sum, file) => sum + file.stats.size, 0);
  if (bytes <= MOST_BYTES) return;
  const largest = found.reduce((most, file) => (file.stats.size > most.stats.size ? file : most));
  throw new SourceError(
    `Folder ${directory} contains ${megabytes(bytes)}; the maximum for a release is ${megabytes(MOST_BYTES)}. The largest file is ${largest.path} (${megabytes(largest.stats.size)}). Exclude what the image does not need with .dockerignore.`,
  );
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000)} MB`;

/** How many paths were added, removed or changed. */
export function changedFiles(before: readonly SourceFile[], now: readonly SourceFile[]): number {
  const left = new Map(before.map((file) => [file.path, file.digest]));
  let changed = 0;
  for (const { path, digest } of now) {
    if (left.get(path) !== digest) changed += 1;
    left.delete(path);
  }
  return changed + left.size;
}
