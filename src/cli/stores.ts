import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { stateObjects } from "../aws/s3/state-objects.ts";
import { realClock } from "../engine/clock.ts";
import { stateBucketOf } from "../model/naming.ts";
import type { Stack } from "../model/stack.ts";
import { lockFile, readHolder, unlockFile } from "../../state/file-lock.ts";
import { fileStore } from "../../state/file-store.ts";
import { s3Store } from "../../state/s3-store.ts";
import { StateError, type State, type StateStore } from "../../state/state.ts";
import type { Connection } from "./connection.ts";
import type { TargetName } from "./target.ts";

/** Whether the stack's state on this target is kept in S3: that of the simulated AWS lies beside it, whatever the file says. */
export const isShared = ({ state }: Stack, target: TargetName): boolean => target === "aws" && state.s3 !== undefined;

/** The store of the stack's state: in S3 where the file says so, which takes a connection, and else in a file. */
export async function storeOf(
  stack: Stack,
  target: TargetName,
  directory: string,
  connection: () => Promise<Connection>,
): Promise<StateStore> {
  if (!isShared(stack, target)) return localStore(directory, stack.stackName, target);
  return sharedStore(stack, (await connection()).aws);
}

/** The store in S3 that the file says. */
export const sharedStore = (stack: Stack, aws: Connection["aws"]): StateStore =>
  s3StoreAt(stack, aws, stateBucketOf(stack, aws.account), stack.state.s3?.prefix ?? "fairlead");

/** The store of the stack in any bucket. */
export const s3StoreAt = (stack: Stack, aws: Connection["aws"], bucket: string, prefix: string): StateStore =>
  s3Store({ objects: stateObjects(aws, bucket), bucket, prefix, stack: stack.stackName, clock: realClock });

/**
 * The store in a file: `state/<stack>-<env>.json`. Where that file belongs to the other target (a stack that was tried out
 * locally before it went to AWS), this target's stands beside it: `state/<stack>-<env>.<target>.json`.
 */
export async function localStore(directory: string, stackName: string, target: TargetName): Promise<StateStore> {
  const own = join(directory, `${stackName}.${target}.json`);
  const plain = join(directory, `${stackName}.json`);
  if (existsSync(own)) return fileStore(own);
  const store = fileStore(plain);
  // A damaged file is nobody's to write beside: whoever reads it next is told.
  const other = await fileStore(plain)
    .read()
    .catch(() => undefined);
  return other === undefined || other.target === target ? store : fileStore(own);
}

/** The lock of the simulated AWS, in which all stacks of a folder live: whoever changes something there holds it. */
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

/** Where a state belongs. */
export type Home = Pick<State, "stack" | "target" | "account" | "region">;

/** The state in `store`, or an empty one. Throws `StateError` where it belongs to another account, region, stack or target. */
export async function readState(store: StateStore, home: Home): Promise<State> {
  const state = await store.read();
  if (state === undefined) {
    // The count goes on from the last state that there was, so that no two backups bear one number.
    const [last] = await store.backups();
    return { version: 1, serial: last?.serial ?? 0, ...home, resources: {} };
  }
  belongs(state, home, store.where);
  return state;
}

/** Throws `StateError` where a state belongs to another account, region, stack or target. */
export function belongs(state: Home, home: Home, where: string): void {
  for (const field of ["stack", "target", "account", "region"] as const)
    if (state[field] !== home[field])
      throw new StateError(
        `The state ${where} belongs to ${field} ${state[field]}, and this run is for ${field} ${home[field]}. Nothing was touched. Use the credentials and the configuration that it was made with, or run where no such state is.`,
      );
}

/** The stacks that other states in `directory` are of: a stack that was renamed leaves its old self standing. */
export function otherStacks(directory: string, store: StateStore): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json") && name !== basename(store.where))
    .map((name) => name.replace(/(\.(local|aws))?\.json$/, ""));
}
