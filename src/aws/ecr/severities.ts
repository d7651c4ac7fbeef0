/**
 * The severities of findings that a release can be stopped for, worst first (botocore ecr, FindingSeverity; INFORMATIONAL and UNDEFINED, which
 * have no rank among them, are only shown).
 */
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"] as const;

/** A severity of findings. */
export type Severity = (typeof SEVERITIES)[number];

/** A severity and all above it. */
export const atLeast = (severity: Severity): readonly Severity[] =>
  SEVERITIES.slice(0, SEVERITIES.indexOf(severity) + 1);
