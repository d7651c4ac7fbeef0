import type { Rule } from "@aws-sdk/client-wafv2";

/** A rule of a web ACL in WAF's own form. */
export type WebAclRule = Rule;

/**
 * A rule without what says nothing: members that are `undefined` and empty lists, which AWS returns as missing or not at all. Empty objects
 * stay, since WAF says what a rule does with them (`{ Block: {} }`).
 */
export const canonicalRule = (rule: WebAclRule): WebAclRule => tidy(rule) as WebAclRule;

function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const members = Object.entries(value)
    .map(([key, member]) => [key, tidy(member)] as const)
    .filter(([, member]) => member !== undefined && !(Array.isArray(member) && member.length === 0));
  return Object.fromEntries(members);
}
