// What the pages show. It is JSON: the same data is rendered into a file and in a browser.
import type { Answer } from "../cli/answers/answer.ts";

/** What an action does to those who send requests. */
export type Impact =
  | { readonly kind: "none" }
  /** ECS starts new tasks and stops the old ones after them. */
  | { readonly kind: "rolling" }
  | { readonly kind: "interrupts"; readonly seconds: number; readonly why: string };

/** What there is to say of an action beside the answer. */
export interface PlanRow {
  readonly impact: Impact;
  /** Why it is treated so, where its fields do not show that. */
  readonly reason?: string;
  /** The fields that differ, or those of a new resource, line by line. */
  readonly lines: readonly string[];
}

/** A plan and its picture. */
export interface PlanData {
  /** On what, in which account and region. */
  readonly headline: string;
  /** When it was made, ISO 8601. */
  readonly at: string;
  /** `3 to create, 1 to update; 58 unchanged`. */
  readonly summary: string;
  /** What a reader must not miss, as sentences. */
  readonly risks: readonly string[];
  /** How many seconds applying it takes if everything takes as long as it usually does. */
  readonly seconds: number;
  readonly costLine: string;
  /** What waits in the pipeline. */
  readonly waiting: readonly string[];
  readonly answer: Answer<"plan">;
  /** Of the answer's actions, in their order. */
  readonly rows: readonly PlanRow[];
  /** An SVG element. */
  readonly picture: string;
}

/** A run of the history. */
export interface RunData {
  readonly stack: string;
  readonly run: Answer<"pastRun">;
  /** An SVG element; missing where there is none of the run's stack. */
  readonly picture?: string;
}

/** The id of the element that says more of a resource. */
export const anchorOf = (region: string, id: string): string => `${region}/${id}`;
