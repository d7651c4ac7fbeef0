import type { Owned } from "../engine/resource-kind.ts";
import type { Aws } from "./aws.ts";
import { ownerOfStack } from "./owner.ts";
import { ownerOf, STACK_TAG, type Tags } from "./tags.ts";

/**
 * Whether `name` may belong to a stack: equal to `prefix`, or with a hyphen and more after it. That only avoids reading
 * the tags of everything else: `shop-dev-2` also matches `shop-dev`, and its tags decide.
 */
export const namedAfter = (prefix: string, name: string | undefined): boolean =>
  name === prefix || (name?.startsWith(`${prefix}-`) ?? false);

/** One item of a list. */
export interface Candidate {
  readonly id: string;
  /** Reads its tags; `undefined` if it was deleted in the meantime. */
  readonly tags: () => Promise<Tags | undefined>;
}

/** Whether a mark is this stack's: in the current format, or in that of Fairlead 0.1. */
export function isOfStack(aws: Pick<Aws, "owner">, mark: string): boolean {
  const owner = ownerOfStack(aws.owner);
  return owner.idOf(mark) !== undefined || owner.formerly?.(mark) !== undefined;
}

/** The candidates with this stack's owner mark; without an owner, those with no mark that are named like one of `ids`. */
export async function ownedAmong(
  aws: Aws,
  candidates: readonly Candidate[],
  ids: readonly string[] = [],
): Promise<Owned[]> {
  const owned = await Promise.all(
    candidates.map(async ({ id, tags: ask }): Promise<Owned[]> => {
      const tags = await ask();
      if (!tags) return [];
      const owner = ownerOf(tags);
      if (owner !== undefined) return isOfStack(aws, owner) ? [{ id, owner }] : [];
      const stack = tags[STACK_TAG];
      const theirs = stack !== undefined && stack !== aws.owner.name && stack !== aws.stack;
      return !theirs && ids.includes(id) ? [{ id, owner }] : [];
    }),
  );
  return owned.flat();
}
