import type { Cause } from "../finding.ts";

/** A rule's conclusion; `telling` are the evidence lines behind it, the most important first. */
export interface Verdict {
  readonly cause: Cause;
  readonly what: string;
  readonly fix: string;
  readonly telling: readonly string[];
}
