import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Aws } from "../aws/aws.ts";
import { stateObjects } from "../aws/s3/state-objects.ts";
import { stateBucketOf } from "../config/naming.ts";
import type { Stack } from "../config/stack.ts";
import { parseState } from "../../state/parse.ts";
import { fileStore } from "../../state/file-store.ts";
import { StateError, type State, type StateStore } from "../../state/state.ts";
import type { CommonFlags } from "./context.ts";
import { paste } from "./paste.ts";
import { isShared, localStore } from "./stores.ts";
import type { TargetName } from "./target.ts";

/** The part of a store that a state is read with. */
export type ReadStore = Pick<StateStore, "where" | "read" | "backups">;

/** The stack, target, account and region that a state belongs to. */
export interface StateLocation extends Pick<State, "stack" | "target" | "account" | "region"> {
  readonly name: string;
  readonly environment: string;
}

/**
 * The state in `store`, or an empty one. Throws `StateError` where it belongs to another account, region, stack or target. One of Fairlead
 * 0.1 is carried over: from the next write on it says name and environment apart.
 */
export async function readState(store: ReadStore, location: StateLocation): Promise<State> {
  const state = await store.read();
  if (state === undefined) {
    // The count continues from the last known state, so that no two backups have the same number.
    const [last] = await store.backups();
    return { version: 2, serial: last?.serial ?? 0, ...location, resources: {} };
  }
  belongs(state, location, store.where);
  return { ...state, version: 2, name: location.name, environment: location.environment };
}

/** Throws `StateError` where a state belongs to another account, region, stack or target. */
export function belongs(state: State, location: StateLocation, where: string): void {
  const name = state.name ?? nameIn(state);
  const environment = state.environment ?? (name === undefined ? undefined : state.stack.slice(name.length + 1));
  if (
    state.stack === location.stack &&
    name !== undefined &&
    (name !== location.name || environment !== location.environment)
  )
    throw new StateError(
      `The state ${where} belongs to ${name} in ${environment}, and this run is for ${location.name} in ${location.environment}: the resources of both would be named ${location.stack}. No changes were made. Give one of them another name or environment; to delete the other one, give the config its name and environment, and run: npx fairlead teardown`,
    );
  for (const field of ["stack", "target", "account", "region"] as const)
    if (state[field] !== location[field])
      throw new StateError(
        `The state ${where} belongs to ${field} ${state[field]}, and this run is for ${field} ${location[field]}. No changes were made. ${ADVICE[field]}`,
      );
}

const ADVICE = {
  stack: "Use the config that it was created with, or run in another folder.",
  target: "Use the --target that it was created with, or run in another folder.",
  account: "Use the credentials that it was created with, or run in another folder.",
  region:
    "A stack in another region is another stack with its own state: set the region that it was created in (AWS_REGION, or region in the config), or run in another folder.",
};

/** The stack's name as a state of Fairlead 0.1 tells it: it named the container after it. */
function nameIn({ resources }: State): string | undefined {
  const container = resources["compute/task-definition"]?.spec["container"];
  const name = (container as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? name : undefined;
}

/** A stack on a target, and where its state is kept. */
interface Place {
  readonly stack: Stack;
  readonly target: TargetName;
  readonly aws: Aws;
  readonly store: Pick<StateStore, "where">;
  readonly stateDirectory: string;
}

/** Where the state of a session's stack belongs. */
export const locationOf = ({ stack, target, aws }: Pick<Place, "stack" | "target" | "aws">): StateLocation => ({
  stack: stack.stackName,
  name: stack.name,
  environment: stack.environment,
  target,
  account: aws.account,
  region: aws.region,
});

/** A state that the file moved to S3, and nobody did yet, is not passed over: throws `StateError` where there is one. */
export async function notElsewhere(
  { stack, target, store, stateDirectory, flags }: Place & { readonly flags: CommonFlags },
  state: State,
): Promise<void> {
  if (!isShared(stack, target) || Object.keys(state.resources).length > 0) return;
  const local = await localStore(stateDirectory, stack, target);
  if ((await local.read())?.target === target)
    throw new StateError(
      `The config keeps the state in ${store.where}, where there is none yet, but ${local.where} exists. No changes were made. If that file is obsolete, move it away. To move the state there: ${paste(flags, "state", "migrate")}`,
    );
}

/** One sentence for each other stack whose state is kept in the same place: one that was renamed stands under its old name. */
export async function otherStacks(place: Place): Promise<string[]> {
  const { stack, target } = place;
  const states = isShared(stack, target) ? await sharedStates(place) : await localStates(place);
  const here = [stack.name, stack.environment, stack.region].join();
  return states.flatMap(({ where, state }) => {
    if (state.target !== target || Object.keys(state.resources).length === 0) return [];
    const name = state.name ?? nameIn(state);
    const environment = name === undefined ? undefined : (state.environment ?? state.stack.slice(name.length + 1));
    if ([name, environment, state.region].join() === here) return [];
    // Its other region.
    if (name === stack.name && environment === stack.environment && stack.regions?.some((one) => one === state.region))
      return [];
    const other = name === undefined ? state.stack : `${name} in ${environment}`;
    return [
      `Another stack is already deployed: ${other}, region ${state.region} (state ${where}). It is left unchanged; ${stack.name} in ${stack.environment}, region ${stack.region}, is created beside it. If this stack was renamed or moved: put its old name, environment and region back to keep it. To delete the old one, put them back for: npx fairlead teardown`,
    ];
  });
}

interface Kept {
  readonly where: string;
  readonly state: State;
}

async function localStates({ stateDirectory, store }: Place): Promise<Kept[]> {
  const names = await readdir(stateDirectory).catch(() => []);
  const paths = names.filter((name) => name.endsWith(".json")).map((name) => join(stateDirectory, name));
  const states = paths.map(async (where): Promise<Kept[]> => {
    if (where === store.where) return [];
    const state = await fileStore(where)
      .read()
      .catch(() => undefined);
    return state ? [{ where, state }] : [];
  });
  return (await Promise.all(states)).flat();
}

/** The states below the same prefix whose keys begin like the stack's name: who was renamed otherwise has another file. */
async function sharedStates({ stack, aws, store }: Place): Promise<Kept[]> {
  const bucket = stateBucketOf(stack, aws.account);
  const objects = stateObjects(aws, bucket);
  const start = `${stack.state.s3?.prefix ?? "fairlead"}/${stack.name}-`;
  const keys = (await objects.list(start)).map(({ key }) => key);
  const states = keys.map(async (key): Promise<Kept[]> => {
    const where = `s3://${bucket}/${key}`;
    if (!key.endsWith(".json") || key.slice(start.length).includes("/") || where === store.where) return [];
    const found = await objects.get(key);
    try {
      return found ? [{ where, state: parseState(found.text, where) }] : [];
    } catch {
      return [];
    }
  });
  return (await Promise.all(states)).flat();
}
