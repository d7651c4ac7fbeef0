import type { Action } from "./action.ts";
import type { Owner } from "./resource-kind.ts";

/** What exists and is to be taken over: the provider's ids by the resources' ids. */
export type Adoptions = ReadonlyMap<string, string>;

export const NO_ADOPTIONS: Adoptions = new Map();

/** Why a resource cannot become what it is wanted for, one sentence each. `wished` is the provider's id that was named. */
export function adoptionProblems(action: Action<never> | Action, wished: string, owner: Owner): string[] {
  const { id, kind, known, observed, differences } = action;
  const what = `${kind.type} ${wished}`;
  if (known?.id !== undefined && known.id !== wished)
    return [
      `${id}: ${known.id} stands for it already, so ${what} cannot be adopted. No changes were made. To forget that one: state rm ${id}.`,
    ];
  if (observed?.id !== wished)
    return [`${id}: there is no ${what} in this account and region to be adopted. No changes were made.`];
  if (observed.owner !== undefined && observed.owner !== owner.of(id) && owner.formerly?.(observed.owner) !== id)
    return [`${id}: ${what} belongs to ${observed.owner} and cannot be adopted. No changes were made.`];
  if (observed.failed !== undefined)
    return [`${id}: ${what} cannot be adopted: it failed (${observed.failed}). No changes were made.`];
  const fixed = differences.filter(({ replaces }) => replaces).map(({ path }) => path);
  if (fixed.length === 0) return [];
  return [
    `${id}: ${what} cannot be adopted: AWS cannot change its ${fixed.join(", ")} to what the file says, and it is not replaced. No changes were made. Say in the file what it has, or adopt another.`,
  ];
}
