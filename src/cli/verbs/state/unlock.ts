import { isAlive } from "../../../../state/file-lock.ts";
import { LockedError, type Holder } from "../../../../state/state.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, UsageError, type Exit } from "../../exit.ts";
import type { CommonFlags, Surroundings } from "../../session.ts";
import { inState, type Opened } from "./open.ts";

export interface UnlockFlags extends CommonFlags {
  readonly yes?: boolean;
  /** Also where its process still runs. */
  readonly force?: boolean;
}

/** Takes the lock away from a run that is gone and can not give it back. */
export const stateUnlock = (flags: UnlockFlags, surroundings: Surroundings): Promise<Exit> =>
  inState(flags, surroundings, (opened) => unlock(flags, opened));

async function unlock({ yes, force, target }: UnlockFlags, { store, terminal }: Opened): Promise<Exit> {
  const holder = await holderOf(store);
  if (holder === undefined) {
    terminal.line(`Nobody holds the lock of ${store.where}.`);
    return EXIT.done;
  }
  if (holder !== "unreadable") {
    terminal.line(`${told(holder)} holds the lock of ${store.where}.`);
    if (isAlive(holder) && !force)
      throw new UsageError(
        `Process ${holder.pid} still runs on this machine. Nothing was touched. Wait until it is done, or end it; --force takes the lock away from under it.`,
      );
  } else terminal.line(`The lock of ${store.where} cannot be read.`);
  if (!(await agreed({ terminal, target }, "Take it away?", yes))) {
    terminal.line("Nothing was touched.");
    return EXIT.failed;
  }
  await store.unlock(holder === "unreadable" ? undefined : holder.token);
  terminal.line("The lock is free.");
  return EXIT.done;
}

async function holderOf(store: Opened["store"]): Promise<Holder | "unreadable" | undefined> {
  try {
    return await store.holder();
  } catch (error) {
    if (error instanceof LockedError) return "unreadable";
    throw error;
  }
}

const told = ({ verb, who, pid, since, renewed }: Holder) =>
  `A ${verb} by ${who} (process ${pid}) since ${since}${renewed === undefined ? "" : `, last heard of at ${renewed},`}`;
