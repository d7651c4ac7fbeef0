import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { LockedError, type Holder } from "./state.ts";

const holderSchema = z.object({
  who: z.string(),
  pid: z.number(),
  host: z.string(),
  verb: z.string(),
  since: z.string(),
  token: z.string(),
});

/**
 * Takes the lock file at `path` for `verb`, or throws `LockedError` naming who holds it. The file is made with the flag that lets only
 * one process make it. A lock whose process on this host is gone is removed first, which only one may do: the one who holds a lock of
 * its own for removing just that one.
 */
export async function lockFile(path: string, verb: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const holder: Holder = {
    who: `${userName()}@${hostname()}`,
    pid: process.pid,
    host: hostname(),
    verb,
    since: new Date().toISOString(),
    token: randomUUID(),
  };
  for (let tries = 0; tries < 5; tries++) {
    if (await make(path, holder)) return () => release(path, holder);
    const other = await readHolder(path);
    if (other === undefined) continue;
    if (!isDead(other)) throw new LockedError(sentence(path, other), other);
    await removeDead(path, verb, other);
  }
  throw new LockedError(`Another run is taking the lock ${path} at this moment. Try again.`);
}

/** Nobody but the holder of this second lock removes that dead one, so what was read here is what is removed. */
async function removeDead(path: string, verb: string, dead: Holder): Promise<void> {
  const unlock = await lockFile(`${path}.${dead.token}`, verb);
  try {
    if ((await readHolder(path))?.token === dead.token) await rm(path, { force: true });
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
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    const parsed = holderSchema.safeParse(safeJson(text));
    if (parsed.success) return parsed.data;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new LockedError(`The lock ${path} cannot be read. If no run is under way, remove that file.`);
}

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

function isDead(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

const sentence = (path: string, { who, pid, verb, since }: Holder) =>
  `A ${verb} by ${who} (process ${pid}) has been holding the lock since ${since}. Wait until it is done. If that process is surely gone, remove ${path}.`;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
