import type { Owner } from "../engine/resource-kind.ts";

/** The identity of a stack, which distinguishes it from every other in an account. */
export interface Identity {
  readonly name: string;
  readonly environment: string;
  /** The stack's region; also set for global resources. */
  readonly region: string;
}

/** `<name>-<environment>`: the prefix of the stack's names, and the stack part of a mark of Fairlead 0.1. */
export const prefixOf = ({ name, environment }: Omit<Identity, "region">): string => `${name}-${environment}`;

/** A part of a mark, encoded so that it cannot contain a separator. */
const part = encodeURIComponent;

/** `shop/dev/eu-west-1:network/vpc`: the mark of one resource. Different parts never produce the same mark. */
export const markOf = ({ name, environment, region }: Identity, id: string): string =>
  `${part(name)}/${part(environment)}/${part(region)}:${id}`;

/** `shop-dev:network/vpc`: the mark of Fairlead 0.1, which has name and environment in one word and no region. */
export const formerMark = (prefix: string, id: string): string => `${part(prefix)}:${id}`;

/** Parses a mark from a description; 0.1 wrote `<stack>-<env>/<id>`. */
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
