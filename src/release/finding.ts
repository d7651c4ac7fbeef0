/** Each cause that a failure may have, as far as Fairlead can tell them apart. */
export type Cause =
  | "before-failed"
  | "build-failed"
  | "job-not-updated"
  | "source-missing"
  | "permission"
  | "image-definitions"
  | "image-missing"
  | "image-pull"
  | "container-exits"
  | "out-of-memory"
  | "container-unhealthy"
  | "target-unhealthy"
  | "secret-missing"
  | "no-capacity"
  | "no-way-out"
  | "rejected"
  | "waiting-for-first-release"
  | "unknown";

/** Why something does not work, and what to do about it, in plain words. */
export interface Finding {
  readonly cause: Cause;
  /** One sentence. */
  readonly what: string;
  /** One or two sentences that a person can act on. */
  readonly fix: string;
  /** What it was concluded from, in AWS's own words, the most telling first: one line each. */
  readonly evidence: readonly string[];
}
