import { createHash } from "node:crypto";
import { isSecretAttribute, secretFields } from "./fields.ts";
import type { AnyKind } from "./resource-kind.ts";

/** Shown in place of a secret. */
export const HIDDEN = "(secret)";

const digest = (value: unknown) => `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;

/** A spec for the state file: its secrets are hashed, so that a change of one can be detected. */
export function sealed<Services>(
  kind: AnyKind<Services>,
  spec: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const out = { ...spec };
  for (const field of secretFields(kind)) if (out[field] !== undefined) out[field] = digest(out[field]);
  return out;
}

/** The applied spec, in which a hash is replaced by the desired value if it is the hash of that value. */
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

/** Attributes for the state file: secrets are omitted and read from the provider again. */
export function publicAttrs<Services>(
  kind: AnyKind<Services>,
  attrs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attrs).filter(([name]) => !isSecretAttribute(kind, name)));
}
