import { mkdir, open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { absent } from "./files.ts";
import { heldBy, newHolder, parseHolder, unreadable } from "./holder.ts";
import { LockedError, type Holder } from "./state.ts";

/**
 * Takes the lock file at `path` for `verb`, or throws `LockedError` naming who holds it. The file is made with the flag that lets only
 * one process make it. A lock whose process on this host is gone is removed first, which only one may do: the one who holds a lock of
 * its own for removing just that one.
 */
export async function lockFile(path: string, verb: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const holder = newHolder(verb, Date.now());
  for (let tries = 0; tries < 5; tries++) {
    if (await make(path, holder)) return () => release(path, holder);
    const other = await readHolder(path);
    if (other === undefined) continue;
    if (!isDead(other)) throw new LockedError(heldBy(other), other);
    await removeOf(path, verb, other);
  }
  throw new LockedError(`Another run is taking the lock ${path} at this moment. Try again.`);
}

/** Takes the lock away from whoever holds it, or only from the holder of `token`; answers who that was. */
export async function unlockFile(path: string, token?: string): Promise<Holder | undefined> {
  let holder: Holder | undefined;
  try {
    holder = await readHolder(path);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    await rm(path, { force: true });
    return undefined;
  }
  if (!holder || (token !== undefined && token !== holder.token)) return undefined;
  await removeOf(path, "state unlock", holder);
  return holder;
}

/** Nobody but the holder of this second lock removes that holder's, so what was read here is what is removed. */
async function removeOf(path: string, verb: string, holder: Holder): Promise<void> {
  const unlock = await lockFile(`${path}.${holder.token}`, verb);
  try {
    if ((await readHolder(path))?.token === holder.token) await rm(path, { force: true });
  } finally {
    await unlock();
  }
}

async function make(path: string, holder: Holder): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(holder));
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function release(path: string, holder: Holder): Promise<void> {
  // Somebody may have taken it over with force: then it is not ours to remove.
  const now = await readHolder(path);
  if (now?.token === holder.token) await rm(path, { force: true });
}

/** Who holds the lock; `undefined` where nobody does any more. A lock that is still being written counts as held. */
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

function isDead(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
