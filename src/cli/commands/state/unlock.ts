import { answerJson } from "../../answers/answer.ts";
import { isAlive } from "../../../../state/file-lock.ts";
import { LockedError, type Holder, type StateStore } from "../../../../state/state.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, UsageError, type Exit } from "../../exit.ts";
import { rememberDeath } from "../../remember.ts";
import { worldLock } from "../../stores.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { inState, type Opened } from "./open.ts";

export interface UnlockFlags extends CommonFlags {
  readonly yes?: boolean;
  /** Also where its process still runs. */
  readonly force?: boolean;
}

/** A lock that is held; its holder is unknown if it cannot be read. */
interface Held {
  readonly lock: Pick<StateStore, "where" | "holder" | "unlock">;
  readonly holder: Holder | "unreadable";
}

/** Takes the lock away from a run that is gone and can not give it back. */
export const stateUnlock = (flags: UnlockFlags, context: CliContext): Promise<Exit> =>
  inState(flags, context, (opened) => unlock(flags, opened));

async function unlock(
  { yes, force, target, json }: UnlockFlags,
  { store, terminal, stateDirectory }: Opened,
): Promise<Exit> {
  // Whoever changes something in the simulated AWS holds that as well.
  const locks = target === "local" ? [store, worldLock(stateDirectory)] : [store];
  const held = (await Promise.all(locks.map(heldOf))).flat();
  for (const { lock, holder } of held)
    terminal.line(
      holder === "unreadable"
        ? `The lock of ${lock.where} cannot be read.`
        : `${told(holder)} holds the lock of ${lock.where}.`,
    );
  if (held.length === 0) terminal.line(`The lock of ${store.where} is free.`);
  for (const { holder } of held)
    if (holder !== "unreadable" && isAlive(holder) && !force)
      throw new UsageError(
        `Process ${holder.pid} is still running on this machine. No changes were made. Wait until it is done, or end it; --force releases the lock anyway.`,
      );
  if (held.length > 0 && !(await agreed({ terminal, target }, "Release the lock?", yes))) {
    terminal.line("No changes were made.");
    return EXIT.failed;
  }
  const died = rememberDeath({ store, terminal }, target, "state unlock");
  for (const { lock, holder } of held) {
    const from = await lock.unlock(holder === "unreadable" ? undefined : holder.token);
    // One that still runs is stopped by it, and tells that itself.
    if (lock === store && from && !isAlive(from)) await died(from);
  }
  if (held.length > 0) terminal.line("The lock is free.");
  if (json) {
    const taken = held.map(({ lock, holder }) => ({
      where: lock.where,
      holder: holder === "unreadable" ? null : holder,
    }));
    answerJson(terminal, "stateUnlock", { unlocked: taken });
  }
  return EXIT.done;
}

async function heldOf(lock: Held["lock"]): Promise<Held[]> {
  try {
    const holder = await lock.holder();
    return holder ? [{ lock, holder }] : [];
  } catch (error) {
    if (error instanceof LockedError) return [{ lock, holder: "unreadable" }];
    throw error;
  }
}

const told = ({ verb, who, pid, since, renewed }: Holder) =>
  `A ${verb} by ${who} (process ${pid}) since ${since}${renewed === undefined ? "" : `, last heard of at ${renewed},`}`;
