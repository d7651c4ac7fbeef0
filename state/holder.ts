import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import * as z from "zod";
import { ownMark } from "./process-mark.ts";
import type { Holder } from "./state.ts";

/** A lock that is held. */
export interface Held {
  readonly holder: Holder;
  /** Throws `LockedError` if it was taken away. */
  check(): Promise<void>;
  release(): Promise<void>;
}

const schema = z.object({
  who: z.string(),
  pid: z.number(),
  host: z.string(),
  verb: z.string(),
  since: z.string(),
  renewed: z.string().optional(),
  process: z.string().optional(),
  token: z.string(),
});

/** This process as the future holder of a lock for `command`. */
export const newHolder = (verb: string, since: number): Holder => ({
  who: whoAmI(),
  pid: process.pid,
  host: hostname(),
  verb,
  since: new Date(since).toISOString(),
  process: ownMark(),
  token: randomUUID(),
});

/** The holder named in a lock; `undefined` if the text is not valid. */
export function parseHolder(text: string): Holder | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Who holds the lock, how far that run is, and what to do about it. */
export const heldBy = ({ who, pid, verb, since, renewed }: Holder, progress?: string) =>
  `The state has been locked by ${who} (${verb}, process ${pid}) since ${since}${renewed === undefined ? "" : `, last renewed at ${renewed}`}${progress === undefined ? "" : `: ${progress}`}. To wait until that run has finished: npx fairlead status --wait. If its process no longer exists, remove the lock: npx fairlead state unlock`;

/** What to do about an unreadable lock. */
export const unreadable = (where: string) =>
  `The lock ${where} cannot be read. If no run is in progress, remove it: npx fairlead state unlock`;

/** The current user, as `user@host`. */
export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A process may run as a user id without a name on this machine.
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}
