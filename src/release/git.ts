import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import type { Ignore } from "ignore";
import { gitRules } from "./ignore.ts";

/** The commit that is checked out, with `-dirty` behind it where `folder` has changes; undefined where git knows none. */
export async function commitOf(folder: string): Promise<string | undefined> {
  try {
    const head = await git(folder, "rev-parse", "--verify", "HEAD");
    // Looking must not write: without this, git refreshes its index.
    const status = ["--no-optional-locks", "status", "--porcelain", "--untracked-files=normal", "--", "."];
    return (await git(folder, ...status)) === "" ? head : `${head}-dirty`;
  } catch {
    return undefined;
  }
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  // A hook is run with these set, to another folder's checkout perhaps.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...env } = process.env;
  const { stdout } = await promisify(execFile)("git", args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** What the checkout around a folder says of it. */
export interface Checkout {
  /** The folder's path in the checkout, with a slash at its end; empty where it is the checkout itself, or there is none. */
  readonly path: string;
  /** What the `.gitignore` files of the folders above leave out. */
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
  // Whoever releases a folder that the checkout omits, such as a build's output, wants what is in it.
  if (path !== "" && rules.ignores(path)) rules = gitRules(undefined, "", "");
  return { path, rules };
}

async function exists(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  );
}

/** What a file says; nothing where there is no such file. */
export async function textOf(place: string): Promise<string> {
  try {
    return await readFile(place, "utf8");
  } catch (error) {
    if (["ENOENT", "EISDIR", "ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}
