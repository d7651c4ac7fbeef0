import { messageOf } from "../../aws/errors.ts";

/** One check of the request path, or of a task. */
export interface Hop {
  /** The checked resource in AWS's terms, such as `target group`. */
  readonly name: string;
  /** `waiting`: still in progress; `unknown`: it could not be checked. */
  readonly state: "ok" | "broken" | "waiting" | "unknown";
  /** One sentence: what was checked and found. */
  readonly what: string;
  /** What the user can do about it, if anything. */
  readonly fix: string | undefined;
}

/** The result of a check. */
export type Verdict = Omit<Hop, "name">;

/** The fix for everything that a reconcile repairs. */
export const RECONCILE = "Run `npx fairlead reconcile`.";

/** The fix if only the first release is missing. */
export const RELEASE = "Deploy the application: run `npx fairlead deploy`.";

export const ok = (what: string): Verdict => ({ state: "ok", what, fix: undefined });
export const broken = (what: string, fix: string = RECONCILE): Verdict => ({ state: "broken", what, fix });
export const waiting = (what: string, fix?: string): Verdict => ({ state: "waiting", what, fix });
export const unknown = (what: string, fix?: string): Verdict => ({ state: "unknown", what, fix });

/** Runs one check. If AWS rejects a call, the result is unknown and the other checks still run. */
export async function hop(name: string, judge: () => Promise<Verdict>): Promise<Hop> {
  try {
    return { name, ...(await judge()) };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    const what = `Could not be checked: ${sentence(messageOf(error))}`;
    return {
      name,
      ...unknown(what, "Grant the credentials in use permission for this call, or run again in a moment."),
    };
  }
}

/** Whether AWS responded: a lost connection, an interrupt or a bug says nothing about a check. */
const isAnswer = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode !== undefined;

/** A message of AWS's with exactly one full stop at the end. */
export const sentence = (text: string): string => `${text.trim().replace(/\.+$/, "")}.`;

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** `1 target`, `2 targets`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
