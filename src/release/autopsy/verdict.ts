import type { Cause } from "../finding.ts";

/** What a rule makes of the evidence; `telling` are the lines that it goes by, the most telling first. */
export interface Verdict {
  readonly cause: Cause;
  readonly what: string;
  readonly fix: string;
  readonly telling: readonly string[];
}
