import type { Stack } from "../model/stack.ts";
import type { StateStore } from "../../state/state.ts";
import { connect, type Connection } from "./connection.ts";
import { rememberDeath } from "./remember.ts";
import { storeOf, worldLock } from "./stores.ts";
import { stateDirectoryOf, type CommonFlags, type Purpose, type Surroundings } from "./surroundings.ts";

/**
 * Opens the store of the stack's state and works with it; the way to its target is opened when it is first asked for. A verb that
 * changes something holds the locks from before anything is read: what was read before somebody else was through is not true any more.
 */
export async function inStore<T>(
  flags: CommonFlags,
  stack: Stack,
  surroundings: Surroundings,
  purpose: Purpose | undefined,
  work: (store: StateStore, connection: () => Promise<Connection>) => Promise<T>,
): Promise<T> {
  const directory = stateDirectoryOf(surroundings.directory);
  const ends: (() => Promise<void> | void)[] = [];
  let opening: Promise<Connection> | undefined;
  const connection = () =>
    (opening ??= connect(flags, stack, surroundings, purpose !== undefined).then((made) => {
      ends.push(() => made.at.close());
      return made;
    }));
  const open = async () => {
    if (purpose && flags.target === "local") ends.push(await worldLock(directory).take(purpose.verb));
    const store = await storeOf(stack, flags.target, directory, connection);
    if (purpose?.locks) {
      const died = rememberDeath({ store, terminal: surroundings.terminal }, flags.target, purpose.verb);
      ends.push(await store.lock(purpose.verb, died));
    }
    return store;
  };
  let done: T;
  try {
    done = await work(await open(), connection);
  } catch (error) {
    // What went wrong first is what is told.
    await endAll(ends).catch(() => {});
    throw error;
  }
  await endAll(ends);
  return done;
}

/** The last one begun ends first; one that fails keeps none of the others from ending. */
async function endAll(ends: readonly (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.toReversed())
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}
