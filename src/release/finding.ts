/** The causes of failures that Fairlead distinguishes. */
export type Cause =
  | "alarm"
  | "before-failed"
  | "image-findings"
  | "image-not-scanned"
  | "minimum-not-taken-back"
  | "not-warm"
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
  | "volume"
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
  /** One or two actionable sentences. */
  readonly fix: string;
  /** The evidence, in AWS's own words, one line each, most important first. */
  readonly evidence: readonly string[];
}
