// What every page of the console is made of: what the commands have answered so far, and how it may go on.
import type { Failure, Known } from "../../console/answers.ts";
import type { Act } from "../../console/acts.ts";

/** What a page is given. */
export interface View {
  /** What is known of a question by its key. */
  readonly known: (key: string) => Known;
  /** A command as it is typed in a terminal for this stack. */
  readonly command: (...words: readonly string[]) => string;
  readonly target: "local" | "aws";
  readonly allowsActions: boolean;
  /** What was done from the console, the latest first. */
  readonly acts: readonly Act[];
  /** Seconds between two looks at AWS while a page is open; missing where changes are seen by themselves. */
  readonly interval?: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the address asks for beside the page. */
  readonly query: (name: string) => string | undefined;
}

/** An answer of one region, or why there is none. */
export type InRegion<T> = T | { readonly region: string; readonly error: Failure };

/** The answers of a command for each region of the stack. */
export function regionsOf<T extends object>(answer: unknown): readonly InRegion<T>[] {
  if (typeof answer !== "object" || answer === null) return [];
  return "regions" in answer ? (answer.regions as InRegion<T>[]) : [answer as T];
}
