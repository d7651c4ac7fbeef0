import { hasCode } from "../errors.ts";

/** How often a write is retried on top of the newest version before giving up. */
const TRIES = 4;

/**
 * Reads a resource with its ETag and writes on top of it; if it was changed in between, does both again. CloudFront accepts a write
 * only with the ETag of the newest version, so a write whose response was lost also ends up here, and is repeated. `first`: what was read before,
 * and may be outdated.
 */
export async function onLatest<Live, Result>(
  read: () => Promise<Live>,
  write: (live: Live) => Promise<Result>,
  first?: Live,
): Promise<Result> {
  let known = first;
  for (let left = TRIES - 1; ; left--) {
    const live = known ?? (await read());
    known = undefined;
    try {
      return await write(live);
    } catch (error) {
      if (left === 0 || !hasCode(error, "PreconditionFailed", "InvalidIfMatchVersion")) throw error;
    }
  }
}

/** A list in CloudFront's form, which counts its own items and has none where it is empty. */
export const counted = <Item>(items: Item[]): { Quantity: number; Items?: Item[] } =>
  items.length === 0 ? { Quantity: 0 } : { Quantity: items.length, Items: items };

/** Fixed settings that were changed outside Fairlead, by name; `undefined` if there are none. */
export function strays(found: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const odd = Object.entries(found).filter(([, value]) => value !== undefined);
  return odd.length === 0 ? undefined : Object.fromEntries(odd);
}
