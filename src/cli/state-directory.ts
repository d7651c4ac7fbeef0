import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileStore } from "../../state/file-store.ts";
import { rememberDeath } from "./remember.ts";
import { worldLock } from "./stores.ts";
import type { TargetName } from "./target.ts";
import { CONFIG_FILE, type CliContext, type CommonFlags } from "./context.ts";

/** What Fairlead leaves beside a config: states, their history and backups, and the simulated world. */
const DIRECTORY = ".fairlead";
/** Where versions before 0.2 left it. */
const FORMER = "state";

/**
 * Where states are kept, and below it the simulated world: beside the file that declares the stack, so that a stack has one state and one
 * lock whichever folder a command is run in. The former folder, as long as only that one has states.
 */
export function stateDirectoryOf({ config = CONFIG_FILE }: Pick<CommonFlags, "config">, directory: string): string {
  const beside = dirname(resolve(directory, config));
  const [now, former] = [join(beside, DIRECTORY), join(beside, FORMER)];
  return !existsSync(now) && leftIn(former).length > 0 ? former : now;
}

/** Whether states are still kept where versions before 0.2 did. */
export const isFormer = (stateDirectory: string): boolean => basename(stateDirectory) === FORMER;

/** What Fairlead left in a folder that may have other files in it too: names, its locks left out. */
function leftIn(directory: string): string[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const stacks = names.filter((name) => name.endsWith(".json") && isState(join(directory, name), names));
  const left = names.filter((name) => stacks.some((file) => name === file || name.startsWith(`${stem(file)}.`)));
  const isWorld = existsSync(join(directory, "local", "world.json"));
  return [...left, ...(isWorld ? ["local"] : [])].filter((name) => !name.includes(".lock"));
}

const stem = (file: string): string => file.slice(0, -".json".length);

/** A damaged state is told by what lies beside it. */
function isState(path: string, names: readonly string[]): boolean {
  const own = stem(basename(path));
  if (names.includes(`${own}.history.jsonl`) || names.includes(`${own}.backups`)) return true;
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof parsed === "object" && parsed !== null && "resources" in parsed && "target" in parsed;
  } catch {
    return false;
  }
}

/** Makes the folder for what a changing command leaves, ignored by git: states contain secrets. */
export async function makeStateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, ".gitignore"), "*\n", { flag: "wx", mode: 0o600 }).catch(() => {});
}

/**
 * Moves what versions before 0.2 left in another folder, while no other command works with it. Throws `LockedError` if one does.
 */
export async function moveFormerState(flags: CommonFlags, context: CliContext, verb: string): Promise<void> {
  const directory = stateDirectoryOf(flags, context.directory);
  if (isFormer(directory)) await carryOver(directory, join(dirname(directory), DIRECTORY), flags.target, context, verb);
}

/** Where versions before 0.2 kept what is now kept in `directory`. */
export const formerOf = (directory: string): string => join(dirname(directory), FORMER);

async function carryOver(
  former: string,
  now: string,
  target: TargetName,
  { terminal }: CliContext,
  verb: string,
): Promise<void> {
  const releases: (() => Promise<void>)[] = [];
  try {
    const left = leftIn(former);
    if (left.includes("local")) releases.push(await worldLock(former).take(verb));
    for (const name of left.filter((one) => one.endsWith(".json"))) {
      const store = fileStore(join(former, name));
      releases.push(await store.lock(verb, rememberDeath({ store, terminal }, target, verb)));
    }
    // Another command may have been faster.
    if (existsSync(now)) return;
    // The folder appears as a whole: a run that dies before leaves everything where it was, and one that dies later a copy.
    const whole = `${now}.new`;
    await rm(whole, { recursive: true, force: true });
    for (const name of left)
      await cp(join(former, name), join(whole, name), {
        recursive: true,
        preserveTimestamps: true,
        filter: (path) => !path.endsWith(".lock"),
      });
    await rename(whole, now);
    const moved = left.flatMap((name) =>
      name === "local" ? readdirSync(join(former, name)).map((inner) => join(name, inner)) : [name],
    );
    for (const name of moved.filter((one) => !one.endsWith(".lock"))) await rm(join(former, name), { recursive: true });
  } finally {
    for (const release of releases.toReversed()) await release();
  }
  await rmdir(join(former, "local")).catch(() => {});
  // Not if other files are in it.
  await rmdir(former).catch(() => {});
  terminal.line(`Moved the state from ${former} to ${now}.`);
}
