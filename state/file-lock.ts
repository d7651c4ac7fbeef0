import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { absent } from "./files.ts";
import { heldBy, newHolder, parseHolder, unreadable } from "./holder.ts";
import { isOther, isVisibleFromHere, lookAtProcess } from "./process-mark.ts";
import { LockedError, type Died, type Holder } from "./state.ts";
import type { Held } from "./store.ts";

/** What the name of a lock that is still being written ends with. */
const DRAFT = ".draft";
/** How a file system says that it gives no file a second name. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Takes the lock file at `path` for `command`, or throws `LockedError` naming who holds it. The file is given its name when all of it
 * is written, which only one process can do. A lock whose process on this host is gone is removed first, which only one may do: the
 * one who holds a lock of its own for removing just that one.
 */
export async function holdFile(path: string, verb: string, died?: Died): Promise<Held> {
  const holder = await take(path, verb, died);
  return {
    async check() {
      // The operating system says whether a holder lives, so that no one takes the lock from one that does but by force.
      const now = await readHolder(path);
      if (now?.token !== holder.token)
        throw new LockedError(
          `This run lost the lock ${path}: it was removed by force. What was done so far is recorded in the state. Run again to continue.`,
          now,
        );
    },
    release: () => removeUnlessRemoved(path, verb, holder),
  };
}

/** The same for those who only want to give it back. */
export async function lockFile(path: string, verb: string): Promise<() => Promise<void>> {
  const held = await holdFile(path, verb);
  return () => held.release();
}

/** Takes the lock away from whoever holds it, or only from the holder of `token`; answers who that was. */
export async function unlockFile(path: string, token?: string): Promise<Holder | undefined> {
  let holder: Holder | undefined;
  try {
    holder = await readHolder(path);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    // One that cannot be read is no one's: not that of the holder who is asked for either.
    if (token === undefined) await rm(path, { force: true });
    return undefined;
  }
  if (!holder || (token !== undefined && token !== holder.token)) return undefined;
  return (await removeOf(path, "state unlock", holder)) ? holder : undefined;
}

/** Removes what processes have left beside the lock that died while they took or removed it. */
export async function sweepLock(path: string): Promise<void> {
  for (const name of (await absent(readdir(dirname(path)))) ?? []) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = join(dirname(path), name);
    // Who still writes a draft that is gone writes it again.
    if (name.endsWith(DRAFT)) await rm(left, { force: true });
    else {
      const holder = parseHolder((await absent(readFile(left, "utf8"))) ?? "");
      if (holder && isDead(holder)) await removeUnlessRemoved(left, "sweep", holder);
    }
  }
}

async function take(path: string, verb: string, died?: Died): Promise<Holder> {
  await mkdir(dirname(path), { recursive: true });
  const holder = newHolder(verb, Date.now());
  for (let tries = 0; tries < 5; tries++) {
    const other = await readHolder(path);
    if (other === undefined) {
      if (await make(path, holder)) return holder;
    } else if (isDead(other)) {
      if (await removeOf(path, verb, other)) await died?.(other);
    } else throw new LockedError(heldBy(other), other);
  }
  throw new LockedError(`Another run is acquiring the lock ${path} right now. Try again.`);
}

/**
 * No one but the holder of this second lock removes that holder's, so what was read here is what is removed. Answers whether it was
 * there to be removed.
 */
async function removeOf(path: string, verb: string, holder: Holder): Promise<boolean> {
  const second = `${path}.${holder.token}`;
  await take(second, verb);
  try {
    if ((await readHolder(path))?.token !== holder.token) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    // No one takes it from a process that lives.
    await rm(second, { force: true });
  }
}

/** The same, where someone else may be about to remove it. */
async function removeUnlessRemoved(path: string, verb: string, holder: Holder): Promise<void> {
  try {
    await removeOf(path, verb, holder);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
  }
}

/** A lock appears whole: a process that dies while it writes one leaves a draft, which is no lock. */
async function make(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.token}${DRAFT}`;
  try {
    await writeNew(draft, holder);
    await link(draft, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (NO_LINKS.has(code)) return await makeInPlace(path, holder);
    // There is one already, or the draft was swept away.
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The flag lets only one process make it, and others may see it before all of it is there. */
async function makeInPlace(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeNew(path, holder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function writeNew(path: string, holder: Holder): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(JSON.stringify(holder));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Who holds the lock; `undefined` where no one does any more. A lock that is still being written counts as held. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  for (let tries = 0; tries < 20; tries++) {
    const text = await absent(readFile(path, "utf8"));
    if (text === undefined) return undefined;
    const holder = parseHolder(text);
    if (holder) return holder;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new LockedError(unreadable(path));
}

/** Whether its process is known to run, which only its own machine can tell. */
export const isAlive = (holder: Holder): boolean => holder.host === hostname() && !isDead(holder);

/** One that this machine cannot look at counts as alive. */
function isDead({ host, pid, process: mark = "" }: Holder): boolean {
  if (host !== hostname()) return false;
  const seen = lookAtProcess(pid);
  if (seen && isOther(mark, seen.mark)) return true;
  // Another container of the same host name has process ids of its own.
  if (!isVisibleFromHere(mark)) return false;
  if (seen) return seen.zombie;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
