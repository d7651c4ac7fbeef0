import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import type { Ignore } from "ignore";
import { gitRules } from "./ignore.ts";

/** The checked-out commit, with the suffix `-dirty` if `folder` has changes; undefined outside a git checkout. */
export async function commitOf(folder: string): Promise<string | undefined> {
  try {
    const head = await git(folder, "rev-parse", "--verify", "HEAD");
    // Read-only: without this option, git refreshes its index.
    const status = ["--no-optional-locks", "status", "--porcelain", "--untracked-files=normal", "--", "."];
    return (await git(folder, ...status)) === "" ? head : `${head}-dirty`;
  } catch {
    return undefined;
  }
}

/** The subjects of the commits after `before` up to `now`, newest first; undefined where the checkout around `folder` does not have both. */
export async function commitsBetween(
  folder: string,
  before: string | undefined,
  now: string | undefined,
): Promise<readonly string[] | undefined> {
  const [from, to] = [before, now].map((commit) => /^[0-9a-f]{40,64}(?=-dirty$|$)/.exec(commit ?? "")?.[0]);
  if (from === undefined || to === undefined) return undefined;
  try {
    const found = await git(folder, "log", "--format=%h %s", "--max-count=100", `${from}..${to}`, "--");
    return found === "" ? [] : found.split("\n");
  } catch {
    return undefined;
  }
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  // Git hooks run with these set, possibly for another checkout.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...env } = process.env;
  const { stdout } = await promisify(execFile)("git", args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** The git checkout around a folder. */
export interface Checkout {
  /** The folder's path in the checkout, with a trailing slash; empty if it is the checkout itself, or there is none. */
  readonly path: string;
  /** The rules of the `.gitignore` files in parent folders. */
  readonly rules: Ignore;
}

/** Reads the `.gitignore` files above `folder`, which must be a real path, up to the top of the checkout. */
export async function checkoutOf(folder: string): Promise<Checkout> {
  const above: string[] = [];
  let top = folder;
  while (!(await exists(join(top, ".git")))) {
    if (dirname(top) === top) return { path: "", rules: gitRules(undefined, "", "") };
    top = dirname(top);
    above.unshift(top);
  }
  const pathOf = (place: string) => (place === top ? "" : `${relative(top, place).split(sep).join("/")}/`);
  const path = pathOf(folder);
  let rules = gitRules(undefined, "", "");
  for (const place of above) rules = gitRules(rules, pathOf(place), await textOf(join(place, ".gitignore")));
  // If the released folder itself is ignored, such as a build output, its content is wanted.
  if (path !== "" && rules.ignores(path)) rules = gitRules(undefined, "", "");
  return { path, rules };
}

async function exists(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  );
}

/** The content of a file; empty if it does not exist. */
export async function textOf(place: string): Promise<string> {
  try {
    return await readFile(place, "utf8");
  } catch (error) {
    if (["ENOENT", "EISDIR", "ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}
