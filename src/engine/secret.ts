import { createHash } from "node:crypto";
import { isSecretAttribute, secretFields } from "./fields.ts";
import type { AnyKind } from "./resource-kind.ts";

/** What stands for a secret where people read. */
export const HIDDEN = "(secret)";

const digest = (value: unknown) => `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;

/** A spec for the state file: its secrets hashed, so that a change of one can still be seen. */
export function sealed<Services>(
  kind: AnyKind<Services>,
  spec: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const out = { ...spec };
  for (const field of secretFields(kind)) if (out[field] !== undefined) out[field] = digest(out[field]);
  return out;
}

/** The applied spec with its hashes opened where the desired value is the one that was hashed. */
export function unsealed<Services>(
  kind: AnyKind<Services>,
  applied: Readonly<Record<string, unknown>>,
  desired: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const out = { ...applied };
  for (const field of secretFields(kind))
    if (desired[field] !== undefined && out[field] === digest(desired[field])) out[field] = desired[field];
  return out;
}

/** Attributes for the state file: the secret ones are left out, they are read from the provider again. */
export function publicAttrs<Services>(
  kind: AnyKind<Services>,
  attrs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attrs).filter(([name]) => !isSecretAttribute(kind, name)));
}
