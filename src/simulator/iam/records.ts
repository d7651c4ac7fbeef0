import type { SimTags } from "../tagging.ts";

/** A role of the simulated world. */
export interface SimRole {
  name: string;
  path: string;
  id: string;
  arn: string;
  description: string;
  /** Who may assume it, as the text that was given. */
  trust: string;
  /** Inline policies by name, as the texts that were given. */
  policies: Record<string, string>;
  managedPolicyArns: string[];
  /** The policy that bounds what the others allow. */
  boundary?: string;
  /** Seconds that a session may last. */
  sessionSeconds?: number;
  tags: SimTags;
  createdAt: number;
  /** When it last changed whom it trusts. */
  trustedAt: number;
  /** Until when policies that were taken off still count. */
  policiesUntil?: number;
  /** When it was last written to: IAM refuses a second change at the same time. */
  changedAt: number;
}
