import { statSync } from "node:fs";
import { realClock } from "../clock.ts";
import { LockedError, type StateStore } from "../../state/state.ts";
import type { Connection } from "./connection.ts";
import { rememberDeath } from "./remember.ts";
import { messageOf } from "../aws/errors.ts";
import { toldHowFar } from "./progress-text.ts";
import { pasted } from "./paste.ts";
import type { worldLock } from "./stores.ts";
import type { CommonFlags, Purpose, CliContext } from "./context.ts";

/** The locks of a command that changes something now and then, and waits for a person or for AWS in between. */
export interface Hold {
  /** The command that it is for; empty where the lock itself says so. */
  readonly verb: string;
  /**
   * Does what changes the stack while no other command does. Throws `LockedError` where one holds the lock; with `patient`, waits for it
   * instead and says so.
   */
  changing<T>(work: () => Promise<T>, patient?: boolean): Promise<T>;
  /**
   * Does what only waits, and lets other commands work meanwhile: the simulated world is given back, and opened again as it is by then.
   * `changed` is aborted when another command has changed it.
   */
  waiting<T>(work: (changed: AbortSignal) => Promise<T>): Promise<T>;
}

/** For a command that holds no lock, or holds its lock from beginning to end. */
export const plainHold: Hold = {
  verb: "",
  changing: (work) => work(),
  waiting: (work) => work(new AbortController().signal),
};

/** Milliseconds of real time between two tries to take a lock, and between two looks at the world's file. */
const PAUSE = 250;

/** The lock of the stack's state, taken for each change: a release waits for days, and a reconcile may run meanwhile. */
export function stackHold(
  store: StateStore,
  flags: CommonFlags,
  { terminal, stop }: CliContext,
  { verb }: Purpose,
): Hold {
  const died = rememberDeath({ store, terminal }, flags.target, verb);
  return {
    ...plainHold,
    verb,
    async changing(work, patient = false) {
      const take = () => store.lock(verb, died);
      const release = await taken(take, patient ? { stop, terminal, flags } : undefined, (error) =>
        toldHowFar(error, store),
      );
      try {
        return await work();
      } finally {
        await release();
      }
    },
  };
}

/** The lock of the simulated world, which is held except while a person is waited for. */
export class WorldHold implements Hold {
  readonly #lock: ReturnType<typeof worldLock>;
  readonly verb: string;
  readonly #waiter: Waiter;
  #release: (() => Promise<void>) | undefined;
  #connection: Connection | undefined;

  private constructor(lock: ReturnType<typeof worldLock>, verb: string, waiter: Waiter) {
    this.#lock = lock;
    this.verb = verb;
    this.#waiter = waiter;
  }

  static async take(lock: ReturnType<typeof worldLock>, verb: string, waiter: Waiter): Promise<WorldHold> {
    const hold = new WorldHold(lock, verb, waiter);
    hold.#release = await lock.take(verb);
    return hold;
  }

  /** Whether no other command can change the world now. */
  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  /** The connection to the world, once there is one. */
  connected(connection: Connection): void {
    this.#connection = connection;
  }

  changing<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async waiting<T>(work: (changed: AbortSignal) => Promise<T>): Promise<T> {
    const { at } = this.#connection ?? {};
    at?.close();
    await this.release();
    const changed = new AbortController();
    const before = versionOf(this.#lock.where);
    const watch = setInterval(() => {
      if (versionOf(this.#lock.where) !== before) changed.abort();
    }, PAUSE);
    try {
      return await work(changed.signal);
    } finally {
      clearInterval(watch);
      this.#release = await taken(() => this.#lock.take(this.verb), this.#waiter);
      await at?.reload?.();
    }
  }

  /** Gives the lock back, where it is held. */
  async release(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await release?.();
  }
}

/** What tells one content of a file from the next: it is never written in place. */
function versionOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/** Who waits for a lock, and how the command was called that does. */
interface Waiter extends Pick<CliContext, "stop" | "terminal"> {
  readonly flags: CommonFlags;
}

/** Takes a lock; with `waiter`, waits until it is free and says so once. */
async function taken(
  take: () => Promise<() => Promise<void>>,
  waiter: Waiter | undefined,
  howFar: (error: LockedError) => Promise<unknown> = async (error) => error,
): Promise<() => Promise<void>> {
  for (let told = false; ; told = true)
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (!waiter) throw await howFar(error);
      if (!told) waiter.terminal.line(`Waiting for the lock: ${pasted(messageOf(await howFar(error)), waiter.flags)}`);
      await realClock.sleep(PAUSE, waiter.stop);
    }
}
