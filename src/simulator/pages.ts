import { refuse } from "./errors.ts";

/** How a service cuts its lists into pages. */
export interface Cut {
  /** How many items a page has where the caller does not say. */
  readonly usual: number;
  /** How many a caller may ask for; as many as usual when left out. */
  readonly most?: number;
  /** The code that it refuses another size with, */
  readonly code: string;
  /** and the one for a token that it never gave out; the same when left out. */
  readonly badToken?: string;
}

/** The page of a list that a call asks for, and the token of the page after it; `undefined` where it is the last. */
export function pageOf<T>(
  all: readonly T[],
  { token, size }: { readonly token: string | undefined; readonly size?: number | undefined },
  { usual, most = usual, code, badToken = code }: Cut,
): { page: T[]; next: string | undefined } {
  const limit = size ?? usual;
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    refuse(code, `1 validation error detected: a page has between 1 and ${most} items, not ${limit}`);
  const from = token === undefined ? 0 : offsetIn(token);
  if (from === undefined) return refuse(badToken, "The specified pagination token is not valid.");
  const end = from + limit;
  return { page: all.slice(from, end), next: end < all.length ? tokenOf(end) : undefined };
}

/** Tokens are opaque, as AWS's are: any use other than handing them back is rejected. */
const tokenOf = (offset: number) => Buffer.from(`page:${offset}`).toString("base64url");

function offsetIn(token: string): number | undefined {
  const [, offset] = /^page:(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  return offset === undefined ? undefined : Number(offset);
}
