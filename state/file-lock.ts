import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { absent } from "./files.ts";
import { heldBy, newHolder, parseHolder, unreadable, type Held } from "./holder.ts";
import { isOther, isVisibleFromHere, lookAtProcess } from "./process-mark.ts";
import { LockedError, type Died, type Holder } from "./state.ts";

/** The suffix of a lock file that is still being written. */
const DRAFT = ".draft";
/** The error codes of a file system without hard links. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Acquires the lock file at `path`, or throws `LockedError` naming its holder. The file gets its name only when it is completely written,
 * which only one process can do. A lock whose process on this host no longer exists is removed first; only the holder of a second lock for
 * that one removal may do so.
 */
export async function holdFile(path: string, verb: string, died?: Died): Promise<Held> {
  const holder = await take(path, verb, died);
  return {
    holder,
    async check() {
      // The operating system says whether a holder is alive, so a living holder only loses its lock by force.
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

/** The same, for callers that only release it. */
export async function lockFile(path: string, verb: string): Promise<() => Promise<void>> {
  const held = await holdFile(path, verb);
  return () => held.release();
}

/** Removes the lock of any holder, or only that of the holder of `token`; returns the former holder. */
export async function unlockFile(path: string, token?: string): Promise<Holder | undefined> {
  let holder: Holder | undefined;
  try {
    holder = await readHolder(path);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    // An unreadable lock has no known holder, so it is not that of `token` either.
    if (token === undefined) await rm(path, { force: true });
    return undefined;
  }
  if (!holder || (token !== undefined && token !== holder.token)) return undefined;
  return (await removeOf(path, "state unlock", holder)) ? holder : undefined;
}

/** Removes what processes that died while acquiring or removing the lock left beside it. */
export async function sweepLock(path: string): Promise<void> {
  for (const name of (await absent(readdir(dirname(path)))) ?? []) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = join(dirname(path), name);
    // If the process is still writing, it writes its draft again.
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
  throw new LockedError(`Another run is acquiring the lock ${path} right now. Run again.`);
}

/** Only the holder of this second lock removes that holder's lock, so what was read here is what is removed. Returns whether it existed. */
async function removeOf(path: string, verb: string, holder: Holder): Promise<boolean> {
  const second = `${path}.${holder.token}`;
  await take(second, verb);
  try {
    if ((await readHolder(path))?.token !== holder.token) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    // A living process never loses it.
    await rm(second, { force: true });
  }
}

/** The same, if another process may be about to remove it. */
async function removeUnlessRemoved(path: string, verb: string, holder: Holder): Promise<void> {
  try {
    await removeOf(path, verb, holder);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
  }
}

/** A lock file appears complete: a process that dies while writing leaves a draft, which is not a lock. */
async function make(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.token}${DRAFT}`;
  try {
    await writeNew(draft, holder);
    await link(draft, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (NO_LINKS.has(code)) return await makeInPlace(path, holder);
    // The lock already exists, or the draft was cleaned up.
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The flag lets only one process create it; others may see it before it is completely written. */
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

/** The holder of the lock; `undefined` if it is free. A lock that is still being written counts as held. */
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

/** Whether its process is known to be running, which only its own machine can tell. */
export const isAlive = (holder: Holder): boolean => holder.host === hostname() && !isDead(holder);

/** Whether its process is known to have ended. A process that this machine cannot check counts as alive. */
export function isDead({ host, pid, process: mark = "" }: Holder): boolean {
  if (host !== hostname()) return false;
  const seen = lookAtProcess(pid);
  if (seen && isOther(mark, seen.mark)) return true;
  // Another container with the same host name has its own process ids.
  if (!isVisibleFromHere(mark)) return false;
  if (seen) return seen.zombie;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
