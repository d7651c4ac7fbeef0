import type { DeclaredStack } from "../../reconcilers/topology.ts";
import type { State, StateStore } from "../../state/state.ts";
import { rememberedAccount } from "./account.ts";
import { connect, type Connection } from "./connection.ts";
import { plainHold, stackHold, WorldHold, type Hold } from "./hold.ts";
import { toldHowFar } from "./progress-text.ts";
import { rememberDeath } from "./remember.ts";
import { goingOn, isShared, notLeftBehind, storeOf, worldLock } from "./stores.ts";
import { formerOf, makeStateDirectory, moveFormerState, stateDirectoryOf } from "./state-directory.ts";
import type { CommonFlags, Purpose, CliContext } from "./context.ts";

/**
 * Opens the store of the stack's state and works with it; the connection to its target is opened when it is first asked for. A command
 * that changes the state holds the locks from before anything is read, because what was read before another command was through is stale.
 * Only of a state in S3 does it get what was read on the way to the lock, `early`: a guess, which it has to read again. One that only changes
 * what AWS runs is given the hold that it does so under. `looks`: as in `Purpose`.
 */
export async function inStore<T>(
  flags: CommonFlags,
  stack: DeclaredStack,
  context: CliContext,
  purpose: Purpose | undefined,
  work: (
    store: StateStore,
    connection: () => Promise<Connection>,
    hold: Hold,
    early: Promise<State | undefined> | undefined,
  ) => Promise<T>,
  looks = purpose?.looks ?? false,
): Promise<T> {
  if (purpose && !isShared(stack, flags.target)) await moveFormerState(flags, context, purpose.verb);
  const directory = stateDirectoryOf(flags, context.directory);
  const ends: (() => Promise<void> | void)[] = [];
  let opening: Promise<Connection> | undefined;
  let world: WorldHold | undefined;
  let opened: StateStore | undefined;
  const connection = () =>
    (opening ??= believed().then(async (account) => {
      const made = await connect(flags, stack, context, purpose !== undefined, account);
      // A world that another command may be changing is not overwritten.
      ends.push(() => (world === undefined || world.isHeld ? made.at.close() : undefined));
      world?.connected(made);
      made.guard = async () => opened?.check();
      return made;
    }));
  // A state in S3 is found by the account alone, so there AWS is asked.
  const believed = async () => {
    const state = looks ? await opened?.read().catch(() => undefined) : undefined;
    const isOfRun = state?.target === flags.target && state.region === stack.region && state.stack === stack.stackName;
    return isOfRun ? rememberedAccount(state) : undefined;
  };
  const open = async () => {
    if (!isShared(stack, flags.target)) {
      for (const former of [stateDirectoryOf({}, context.directory), formerOf(directory)])
        await notLeftBehind(stack, flags.target, directory, former);
      if (purpose) await makeStateDirectory(directory);
    }
    if (purpose && flags.target === "local") {
      const held = await WorldHold.take(worldLock(directory), purpose.verb, { ...context, flags }).catch(
        async (error: unknown) => {
          throw await toldHowFar(error, (await storeOf(stack, flags.target, directory, connection)).store);
        },
      );
      ends.push(() => held.release());
      world = held;
    }
    const found = await storeOf(stack, flags.target, directory, connection);
    const store = found.read && !purpose?.locks ? goingOn(found.store, found.read) : found.store;
    opened = store;
    // What it finds says where to look once the lock is held; it is read again under the lock, before anything depends on it.
    const guesses = purpose?.locks && purpose.looks && isShared(stack, flags.target);
    const early = guesses ? (found.read ?? store.read()) : undefined;
    early?.catch(() => {});
    if (purpose?.locks) {
      const died = rememberDeath({ store, terminal: context.terminal }, flags.target, purpose.verb);
      const release = store.lock(purpose.verb, died).catch(async (error: unknown) => {
        throw await toldHowFar(error, store);
      });
      ends.push(await release);
      // Such a command is recorded, also where it does nothing.
      if (purpose.looks) store.prepareRecord();
    }
    const hold = world ?? (purpose && !purpose.locks ? stackHold(store, flags, context, purpose) : plainHold);
    return { store, hold, early };
  };
  let done: T;
  try {
    const { store, hold, early } = await open();
    done = await work(store, connection, hold, early);
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
