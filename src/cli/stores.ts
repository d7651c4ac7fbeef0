import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileStore } from "../../state/file-store.ts";
import { StateError, type State, type StateStore } from "../../state/state.ts";
import type { TargetName } from "./target.ts";

/**
 * The store of a stack's state: `state/<stack>-<env>.json`. Where that file belongs to the other target (a stack that was tried out
 * locally before it went to AWS), this target's stands beside it: `state/<stack>-<env>.<target>.json`.
 */
export async function stateStore(directory: string, stackName: string, target: TargetName): Promise<StateStore> {
  const own = join(directory, `${stackName}.${target}.json`);
  const plain = join(directory, `${stackName}.json`);
  if (existsSync(own)) return fileStore(own);
  const store = fileStore(plain);
  // A damaged file is nobody's to write beside: whoever reads it next is told.
  const other = await store.read().catch(() => undefined);
  return other === undefined || other.target === target ? store : fileStore(own);
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
  for (const field of ["stack", "target", "account", "region"] as const)
    if (state[field] !== home[field])
      throw new StateError(
        `The state ${store.where} belongs to ${field} ${state[field]}, and this run is for ${field} ${home[field]}. Nothing was touched. Use the credentials and the configuration that it was made with, or run where no such state is.`,
      );
  return state;
}

/** The stacks that other states in `directory` are of: a stack that was renamed leaves its old self standing. */
export function otherStacks(directory: string, store: StateStore): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json") && name !== basename(store.where))
    .map((name) => name.replace(/(\.(local|aws))?\.json$/, ""));
}
