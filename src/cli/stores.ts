import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Aws } from "../aws/aws.ts";
import { quoted } from "../aws/command-line.ts";
import { stateObjects } from "../aws/s3/state-objects.ts";
import { realClock } from "../clock.ts";
import { stateBucketOf } from "../config/naming.ts";
import { primaryOf } from "../config/stack-regions.ts";
import type { Stack } from "../config/stack.ts";
import { lockFile, readHolder, unlockFile } from "../../state/file-lock.ts";
import { fileStore } from "../../state/file-store.ts";
import { s3Store } from "../../state/s3-store.ts";
import { StateError, type State, type StateStore } from "../../state/state.ts";
import { UsageError } from "./exit.ts";
import type { TargetName } from "./target.ts";

/** Whether the stack's state on this target is kept in S3: that of the simulated AWS lies beside it, whatever the file says. */
export const isShared = ({ state }: Stack, target: TargetName): boolean => target === "aws" && state.s3 !== undefined;

/** A store that was opened, and what was read of its state to find it, where that was needed. */
export interface OpenedStore {
  readonly store: StateStore;
  readonly read?: Promise<State | undefined>;
}

/** The store of the stack's state: in S3 where the file says so, which takes a connection, and else in a file. */
export async function storeOf(
  stack: Stack,
  target: TargetName,
  directory: string,
  connection: () => Promise<{ readonly aws: Aws }>,
): Promise<OpenedStore> {
  if (!isShared(stack, target)) return { store: await localStore(directory, stack, target) };
  return sharedStore(stack, (await connection()).aws);
}

/**
 * The store in S3 that the file says. The usual bucket is of one region; one that the file names may be shared by several, so there a
 * state says its region in its key, unless one without it is there and is of this region. Both are read at once.
 */
async function sharedStore(stack: Stack, aws: Aws): Promise<OpenedStore> {
  const bucket = stateBucketOf(stack, aws.account);
  const prefix = stack.state.s3?.prefix ?? "fairlead";
  const plain = s3StoreAt(stack, aws, bucket, prefix);
  if (stack.state.s3?.bucket === undefined) return { store: plain };
  const regional = s3StoreAt({ ...stack, stackName: `${stack.stackName}.${stack.region}` }, aws, bucket, prefix);
  const [former, own] = [plain.read(), regional.read()];
  // What came of it is told to whoever reads the state.
  own.catch(() => {});
  const found = await former.catch((error: unknown) => {
    // Whether it is of this region, nobody knows then.
    if (!(error instanceof StateError)) throw error;
    return "damaged" as const;
  });
  if (found === "damaged" || found?.region === stack.region) return { store: plain, read: former };
  return { store: regional, read: own };
}

/** The store, whose next `read` is one that was begun when it was opened; not if a lock was acquired since, under which everything is read anew. */
export function goingOn(store: StateStore, begun: Promise<State | undefined>): StateStore {
  let next: typeof begun | undefined = begun;
  return {
    ...store,
    read() {
      const reading = next ?? store.read();
      next = undefined;
      return reading;
    },
    lock(verb, died) {
      next = undefined;
      return store.lock(verb, died);
    },
  };
}

/** The store of the stack in any bucket. */
export const s3StoreAt = (stack: Pick<Stack, "stackName">, aws: Aws, bucket: string, prefix: string): StateStore =>
  s3Store({ objects: stateObjects(aws, bucket), bucket, prefix, stack: stack.stackName, clock: realClock });

/**
 * The store in a file: `state/<name>-<environment>.json`. Where that file belongs to the other target (a stack that was tried out locally
 * before it went to AWS) or to another region, this one's stands beside it: `<name>-<environment>.<target>.json`, and
 * `<name>-<environment>.<target>.<region>.json`.
 */
export async function localStore(
  directory: string,
  stack: Pick<Stack, "stackName" | "region" | "regions">,
  target: TargetName,
): Promise<StateStore> {
  const { stackName, region } = stack;
  const names = [stackName, `${stackName}.${target}`, `${stackName}.${target}.${region}`];
  const paths = names.map((name) => join(directory, `${name}.json`));
  // The usual name is left to the first region, which may not have a state yet.
  let free = primaryOf(stack) === undefined ? undefined : paths[2];
  for (const path of paths) {
    if (!existsSync(path)) {
      free ??= path;
      continue;
    }
    // Nothing is written next to a damaged file: the next read reports it.
    const state = await fileStore(path)
      .read()
      .catch(() => undefined);
    if (state === undefined) return fileStore(path);
    if (state.target === target && state.region === region) return fileStore(path);
  }
  return fileStore(free ?? join(directory, `${names[2]}.json`));
}

/**
 * Refuses to begin anew beside the file that declares the stack where the stack's state lies in the current folder: that is where it was
 * kept for `--config` by Fairlead 0.1. Throws `UsageError` with the command that moves it.
 */
export async function notLeftBehind(
  stack: Pick<Stack, "name" | "environment" | "stackName" | "region" | "regions">,
  target: TargetName,
  directory: string,
  former: string,
): Promise<void> {
  if (directory === former) return;
  const left = await fileStore(join(former, `${stack.stackName}.json`))
    .read()
    .catch(() => undefined);
  if (left === undefined || left.target !== target || left.region !== stack.region) return;
  const store = await localStore(directory, stack, target);
  if ((await store.read().catch(() => left)) !== undefined) return;
  const [from, to] = [quoted(former), quoted(directory)];
  const files = [`${from}/${stack.stackName}.*`, ...(target === "local" ? [`${from}/local`] : [])].join(" ");
  throw new UsageError(
    `The state of ${stack.name} ${stack.environment} is in ${former}, but is now kept next to the config. No changes were made. To move it: mkdir -p ${to} && mv ${files} ${to}/`,
  );
}

/** The lock of the simulated AWS that all stacks of a folder share: every mutating command holds it. */
export function worldLock(directory: string) {
  const where = join(directory, "local", "world.json");
  const path = `${where}.lock`;
  return {
    where,
    take: (verb: string) => lockFile(path, verb),
    holder: () => readHolder(path),
    unlock: (token?: string) => unlockFile(path, token),
  };
}
