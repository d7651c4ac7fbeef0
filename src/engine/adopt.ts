import type { Action } from "./action.ts";
import type { Owner } from "./resource-kind.ts";

/** Existing resources to adopt: the provider's id by resource id. */
export type Adoptions = ReadonlyMap<string, string>;

export const NO_ADOPTIONS: Adoptions = new Map();

/** Why a resource cannot be adopted, one sentence each. `requested` is the provider's id given by the user. */
export function adoptionProblems(action: Action<never> | Action, requested: string, owner: Owner): string[] {
  const { id, kind, known, observed, differences } = action;
  const what = `${kind.type} ${requested}`;
  if (known?.id !== undefined && known.id !== requested)
    return [
      `${id}: the state already records ${known.id}, so ${what} cannot be adopted. No changes were made. To remove ${known.id} from the state: npx fairlead state rm ${id}`,
    ];
  if (observed?.id !== requested)
    return [`${id}: ${what} does not exist in this account and region, so it cannot be adopted. No changes were made.`];
  if (observed.owner !== undefined && observed.owner !== owner.of(id) && owner.formerly?.(observed.owner) !== id)
    return [`${id}: ${what} belongs to ${observed.owner} and cannot be adopted. No changes were made.`];
  if (observed.failed !== undefined)
    return [`${id}: ${what} cannot be adopted: it failed (${observed.failed}). No changes were made.`];
  const fixed = differences.filter(({ replaces }) => replaces).map(({ path }) => path);
  if (fixed.length === 0) return [];
  return [
    `${id}: ${what} cannot be adopted: ${fixed.join(", ")} cannot be changed in place to match the config, and adoption never replaces a resource. No changes were made. Change the config to match the resource, or adopt another one.`,
  ];
}
