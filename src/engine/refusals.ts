import type { Action } from "./action.ts";
import type { Planned } from "./resource-kind.ts";

/** The top-level field of a difference. */
export const fieldOf = (path: string) => path.split(/[.[]/, 1)[0] ?? path;

/** An action in the form that its kind is asked about. */
export const plannedOf = ({
  id,
  action,
  order,
  observed,
  differences,
  desired: spec,
}: Action<never> | Action): Planned<Record<string, unknown>, Record<string, unknown>> => ({
  id,
  action,
  order,
  observed,
  spec,
  changed: new Set(differences.map(({ path }) => fieldOf(path))),
});

/**
 * One sentence for each planned action that the provider would reject. `beside`: resources of the stack that are in neither the config nor
 * the state, which take up ranges and names as well.
 */
export function refusals<Services>(
  actions: readonly Action<Services>[],
  beside: readonly Action<Services>[] = [],
): string[] {
  return actions.flatMap((action) => {
    const { id, kind, observed } = action;
    if (action.action !== "noop" && action.action !== "delete" && observed?.blocked !== undefined)
      return [`${id}: ${observed.blocked}`];
    if (!kind.refuse) return [];
    const same = [...actions, ...beside].filter((other) => other.kind === kind).map(plannedOf);
    const why = kind.refuse(plannedOf(action), same);
    return why === undefined ? [] : [`${id}: ${why}`];
  });
}
