import { startInventory } from "../aws/inventory.ts";
import { kindOf, kinds } from "../aws/kinds.ts";
import { ownerOfStack } from "../aws/owner.ts";
import type { Aws } from "../aws/aws.ts";
import { equal } from "../engine/equal.ts";
import { RecordedObservation } from "../engine/begun-observation.ts";
import { GuessedObservation } from "../engine/guessed-observation.ts";
import type { BegunObservation, World } from "../engine/observe.ts";
import { Snapshot } from "../engine/snapshot.ts";
import { topology, type DeclaredStack } from "../../reconcilers/topology.ts";
import { isEmpty, isIncomplete, type State } from "../../state/state.ts";
import type { Purpose } from "./context.ts";
import { otherStacks, type ReadStore } from "./state-location.ts";
import type { TargetName } from "./target.ts";

/** Where a recorded stack is to be observed. */
interface Place {
  readonly aws: Aws;
  readonly stack: DeclaredStack;
  readonly target: TargetName;
  readonly snapshot: Snapshot;
  /** As in `Purpose`. */
  readonly observes: Purpose["observes"];
  readonly stateDirectory: string;
}

/** What was read, or begun to be read, when a session was opened. */
export interface FirstReads {
  readonly snapshot: Snapshot;
  /** Answers what was read of the state, each only once. */
  readonly store: ReadStore;
  /** The state that all of this is made of, `undefined` also where it cannot be read. */
  readonly recorded: State | undefined;
  /** What was begun with that snapshot of the observation. */
  readonly begun: BegunObservation<Aws> | undefined;
  /** What `otherStacks` answers, for a plan that is most probably of a first run: nothing is recorded. */
  readonly others?: Promise<string[]> | undefined;
  /** Whether `recorded` is what `store` answers: it may be a guess. */
  readonly isCertain: () => Promise<boolean>;
}

/**
 * Reads the state, and begins what can be begun with it alone. `early` is one that was read before the lock was held: then all is begun with that,
 * beside the reading of the state under the lock, and counts only if that is the same.
 */
export async function firstReads(
  store: ReadStore,
  place: Omit<Place, "snapshot">,
  early?: Promise<State | undefined>,
): Promise<FirstReads> {
  const snapshot = new Snapshot();
  const reading = store.read();
  const isKnown = { where: store.where, read: () => reading, backups: () => store.backups() };
  const [read] = await Promise.allSettled([early ? Promise.any([early, reading]) : reading]);
  // A state that cannot be read is a failure, and no first run.
  if (read.status === "rejected")
    return { snapshot, store: isKnown, recorded: undefined, begun: undefined, isCertain: async () => true };
  const recorded = read.value;
  // Without a state, its number goes on from the latest backup.
  const backups = recorded === undefined ? store.backups() : undefined;
  backups?.catch(() => {});
  const isPlan = place.observes === "inventory";
  const others = isPlan && (recorded === undefined || isEmpty(recorded)) ? otherStacks({ ...place, store }) : undefined;
  others?.catch(() => {});
  return {
    snapshot,
    store: { ...isKnown, backups: () => backups ?? store.backups() },
    recorded,
    begun: beginObserving(recorded, { ...place, snapshot }),
    others,
    isCertain: () => reading.then((state) => equal(state, recorded)).catch(() => false),
  };
}

/** Whether a command deletes all that it observes. */
export const deletesAll = (observes: Purpose["observes"]): true | undefined => observes === "teardown" || undefined;

/**
 * Begins to observe what the state records, beside the questions for what the desired state depends on; `undefined` where the
 * command does not look at it, or where another stack is recorded. Where nothing is, what a first run most probably creates is looked for. What
 * it finds counts only once `look` has read the state and verified the account.
 */
function beginObserving(
  state: State | undefined,
  { aws, stack, target, snapshot, observes }: Place,
): BegunObservation<Aws> | undefined {
  if (observes === undefined) return undefined;
  const own = stack.kinds ?? [];
  const list = (isComplete: boolean) => {
    if (observes === "resources") return;
    const moment = observes === "teardown" ? "teardown" : "plan";
    startInventory(aws, [...kinds, ...own], { snapshot, moment, isComplete });
  };
  const world = {
    owner: ownerOfStack(aws.owner),
    services: aws,
    kindOf: (type: string) => kindOf(type) ?? own.find((kind) => kind.type === type),
    deletes: deletesAll(observes),
  };
  if (state === undefined || isEmpty(state)) {
    list(false);
    return observes === "teardown" ? undefined : guessed(world, stack, snapshot);
  }
  const isOfRun =
    state.target === target &&
    state.stack === aws.stack &&
    state.region === aws.region &&
    state.account === aws.account;
  if (!isOfRun) return undefined;
  list(!isIncomplete(state));
  return new RecordedObservation(world, state, snapshot);
}

/** The facts of an account that has nothing of the stack yet. */
const nothingYet = ({ account, partition }: Aws) => ({ account, partition, originFacingPrefixList: "", released: {} });

/**
 * Begins to look for all that the stack declares in an account where nothing of it is yet; `undefined` where that cannot be told before AWS is
 * asked, as on the network of another stack.
 */
function guessed(world: World<Aws>, stack: DeclaredStack, snapshot: Snapshot): BegunObservation<Aws> | undefined {
  if (stack.shared) return undefined;
  try {
    return new GuessedObservation(world, topology(stack, nothingYet(world.services)).graph, snapshot);
  } catch {
    // What is wrong with the stack is told once the facts are known.
    return undefined;
  }
}
