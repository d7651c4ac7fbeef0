import { messageOf } from "../../aws/errors.ts";

/** One station on the way of a request, or of a task. */
export interface Hop {
  /** In AWS's terms, such as `target group`. */
  readonly name: string;
  /** `waiting`: not through yet, and on its way there; `unknown`: it could not be looked at. */
  readonly state: "ok" | "broken" | "waiting" | "unknown";
  /** One sentence: what was looked at and found. */
  readonly what: string;
  /** What a person can do about it, where there is anything to do. */
  readonly fix: string | undefined;
}

/** What was found of a hop. */
export type Verdict = Omit<Hop, "name">;

/** The fix of everything that Fairlead itself puts right. */
export const RECONCILE = "Run `npm run reconcile`.";

/** The fix where nothing is wrong but that nothing was released. */
export const RELEASE = "Deploy the application: run `npm run deploy`.";

export const ok = (what: string): Verdict => ({ state: "ok", what, fix: undefined });
export const broken = (what: string, fix: string = RECONCILE): Verdict => ({ state: "broken", what, fix });
export const waiting = (what: string, fix?: string): Verdict => ({ state: "waiting", what, fix });
export const unknown = (what: string, fix?: string): Verdict => ({ state: "unknown", what, fix });

/** Looks at one hop. Where AWS refuses to tell, the hop is unknown and the others are looked at all the same. */
export async function hop(name: string, judge: () => Promise<Verdict>): Promise<Hop> {
  try {
    return { name, ...(await judge()) };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    const what = `Could not be checked: ${sentence(messageOf(error))}`;
    return {
      name,
      ...unknown(what, "Grant the credentials in use permission for this call, or try again in a moment."),
    };
  }
}

/** Whether AWS answered: a lost network, an interruption or a mistake of ours says nothing about one hop. */
const isAnswer = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode !== undefined;

/** A text of AWS's with one full stop at its end. */
export const sentence = (text: string): string => `${text.trim().replace(/\.+$/, "")}.`;

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** `1 target`, `2 targets`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
