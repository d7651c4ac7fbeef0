import type { DeclaredStack } from "../../reconcilers/topology.ts";
import type { StateStore } from "../../state/state.ts";
import { rememberedAccount } from "./account.ts";
import { connect, type Connection } from "./connection.ts";
import { plainHold, stackHold, WorldHold, type Hold } from "./hold.ts";
import { toldHowFar } from "./progress-text.ts";
import { rememberDeath } from "./remember.ts";
import { isShared, notLeftBehind, storeOf, worldLock } from "./stores.ts";
import { formerOf, makeStateDirectory, moveFormerState, stateDirectoryOf } from "./state-directory.ts";
import type { CommonFlags, Purpose, CliContext } from "./context.ts";

/**
 * Opens the store of the stack's state and works with it; the connection to its target is opened when it is first asked for. A command
 * that changes the state holds the locks from before anything is read, because what was read before another command was through is stale.
 * One that only changes what AWS runs is given the hold that it does so under. `looks`: as in `Purpose`.
 */
export async function inStore<T>(
  flags: CommonFlags,
  stack: DeclaredStack,
  context: CliContext,
  purpose: Purpose | undefined,
  work: (store: StateStore, connection: () => Promise<Connection>, hold: Hold) => Promise<T>,
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
          throw await toldHowFar(error, await storeOf(stack, flags.target, directory, connection));
        },
      );
      ends.push(() => held.release());
      world = held;
    }
    const store = await storeOf(stack, flags.target, directory, connection);
    opened = store;
    if (purpose?.locks) {
      const died = rememberDeath({ store, terminal: context.terminal }, flags.target, purpose.verb);
      const release = store.lock(purpose.verb, died).catch(async (error: unknown) => {
        throw await toldHowFar(error, store);
      });
      ends.push(await release);
    }
    const hold = world ?? (purpose && !purpose.locks ? stackHold(store, flags, context, purpose) : plainHold);
    return { store, hold };
  };
  let done: T;
  try {
    const { store, hold } = await open();
    done = await work(store, connection, hold);
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
