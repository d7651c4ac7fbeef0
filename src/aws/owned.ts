import type { Owned } from "../engine/resource-kind.ts";
import type { Aws } from "./aws.ts";
import { ownerOfStack } from "./owner.ts";
import { ownerOf, STACK_TAG, type Tags } from "./tags.ts";

/**
 * Whether something of a stack may be called `name`: just like `prefix`, or with a hyphen and more after it. That only saves asking
 * for the tags of everything else: what is called `shop-dev-2` passes for a name of `shop-dev`, and its tags tell.
 */
export const namedAfter = (prefix: string, name: string | undefined): boolean =>
  name === prefix || (name?.startsWith(`${prefix}-`) ?? false);

/** One thing that a list names. */
export interface Candidate {
  readonly id: string;
  /** Asks for its tags; `undefined` where it went meanwhile. */
  readonly tags: () => Promise<Tags | undefined>;
}

/** Whether a mark is this stack's: as it is written today, or as Fairlead 0.1 wrote it. */
export function isOfStack(aws: Pick<Aws, "owner">, mark: string): boolean {
  const owner = ownerOfStack(aws.owner);
  return owner.idOf(mark) !== undefined || owner.formerly?.(mark) !== undefined;
}

/** The candidates that bear this stack's owner mark; with no owner, those that bear nobody's and are called like one of `ids`. */
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
