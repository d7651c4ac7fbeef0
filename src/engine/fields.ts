// What the engine asks of a kind's table of fields.
import { equal } from "./equal.ts";
import type { AnyKind, Field } from "./resource-kind.ts";

type Kind = Pick<AnyKind<never>, "fields" | "attrs">;
/** A field of any kind. */
// oxlint-disable-next-line typescript/no-explicit-any -- as AnyKind
type AnyField = Field<any>;

const NO_FACTS: AnyField = {};

/** The names of the fields that have a fact, in the table's order; each kind's table is read once. */
function namesWith(fact: keyof AnyField): (kind: Kind) => readonly string[] {
  const known = new WeakMap<object, readonly string[]>();
  return (kind) => {
    let names = known.get(kind.fields);
    if (!names) {
      names = Object.keys(kind.fields).filter((name) => factsOf(kind, name)[fact]);
      known.set(kind.fields, names);
    }
    return names;
  };
}

export const immutableFields = namesWith("immutable");
export const uniqueFields = namesWith("unique");
export const secretFields = namesWith("secret");

/** What is known of a field; nothing of one that the kind does not have, such as what an earlier version applied. */
export const factsOf = (kind: Kind, name: string): AnyField =>
  (Object.hasOwn(kind.fields, name) ? kind.fields[name] : undefined) ?? NO_FACTS;

/** Whether its resources have tags, the owner's among them. */
export const isTagged = (kind: Kind): boolean => Object.hasOwn(kind.fields, "tags");

/** Whether a field is compared key by key. */
export const isKeyed = (kind: Kind, name: string): boolean =>
  name === "tags" || factsOf(kind, name).keyed !== undefined;

/** Whether an attribute is a secret. */
export const isSecretAttribute = ({ attrs }: Kind, name: string): boolean => attrs?.[name]?.secret ?? false;

/** Whether the provider takes two for the same thing, so that they cannot exist side by side. */
export function clash(kind: Kind, one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) {
  const fields = uniqueFields(kind);
  return fields.length > 0 && fields.every((field) => equal(one[field], other[field]));
}

/** The values of a spec that cannot be changed in place, as far as they are set. */
export const fixedIn = (kind: Kind, spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    immutableFields(kind).flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])),
  );
