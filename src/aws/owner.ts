import type { Owner } from "../engine/resource-kind.ts";

/** Whose resources are: what tells one stack from every other in an account. */
export interface Identity {
  readonly name: string;
  readonly environment: string;
  /** Where the stack lives; what is global bears it too. */
  readonly region: string;
}

/** `<name>-<environment>`: what the stack's names begin with, and all that a mark of Fairlead 0.1 said of it. */
export const prefixOf = ({ name, environment }: Omit<Identity, "region">): string => `${name}-${environment}`;

/** A part of a mark: nothing in it can be taken for what stands between parts. */
const part = encodeURIComponent;

/** `shop/dev/eu-west-1:network/vpc`: the mark of one resource. Parts of other lengths never join to the same mark. */
export const markOf = ({ name, environment, region }: Identity, id: string): string =>
  `${part(name)}/${part(environment)}/${part(region)}:${id}`;

/** `shop-dev:network/vpc`: what is left of a mark of Fairlead 0.1, which told name and environment in one word and no region. */
export const formerMark = (prefix: string, id: string): string => `${part(prefix)}:${id}`;

/** The mark in a text that Fairlead wrote where there are no tags; 0.1 wrote `<stack>-<env>/<id>`. */
export function markIn(text: string): string {
  if (text.includes(":")) return text;
  const end = text.indexOf("/");
  return formerMark(text.slice(0, end), text.slice(end + 1));
}

/** The marks of a stack, for the engine. */
export function ownerOfStack(identity: Identity): Owner {
  const own = markOf(identity, "");
  const former = formerMark(prefixOf(identity), "");
  const idAfter = (start: string) => (mark: string) => (mark.startsWith(start) ? mark.slice(start.length) : undefined);
  return { of: (id) => own + id, idOf: idAfter(own), formerOf: (id) => former + id, formerly: idAfter(former) };
}
