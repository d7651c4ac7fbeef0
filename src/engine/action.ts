/** What a plan is made of. */
import type { Generation, Need, ResourceState } from "../../state/state.ts";
import type { Difference } from "./diff.ts";
import type { Node } from "./graph.ts";
import type { AnyKind, AnyObserved, Interruption } from "./resource-kind.ts";

/** What is done to a resource. */
export type ActionName = "create" | "update" | "replace" | "adopt" | "delete" | "noop";

/** One line of the plan. */
export interface Action<Services = unknown> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly action: ActionName;
  /** Why, in a few words, where the differences do not tell: `is gone`, `no longer in the config`. */
  readonly why: string | undefined;
  readonly differences: readonly Difference[];
  /** The order of a replacement. */
  readonly order: "create-first" | "delete-first" | undefined;
  /** What exists now; `undefined` for a create. */
  readonly observed: AnyObserved | undefined;
  /** What the state remembers. */
  readonly known: ResourceState | undefined;
  /** The declaration; `undefined` for what no longer in the config. */
  readonly node: Node<Services> | undefined;
  /** What somebody else put on it and what stays theirs: paths such as `tags.CostCenter`. */
  readonly foreign: readonly string[];
  /** The ids of others of the plan that it is set to, besides what it needs by its declaration: they are not deleted before it lets go. */
  readonly uses?: readonly string[];
  /** It bears the stack's owner mark, and neither the config nor the state accounts for it. */
  readonly unaccounted?: true;
  /** For how long, and why, requests are not answered while it is carried out. */
  readonly interrupts?: Interruption | undefined;
}

/** Something that bears the stack's owner mark and is not deleted. */
export interface Leftover {
  readonly type: string;
  /** The provider's id. */
  readonly id: string;
  /** Why it stays, to be read after its name. */
  readonly why: string;
}

/** An earlier generation that is still there. */
export interface OldAction<Services = unknown> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly generation: Generation;
  readonly observed: AnyObserved | undefined;
}

/** Everything that a run will do. */
export interface Plan<Services = unknown> {
  readonly actions: readonly Action<Services>[];
  readonly old: readonly OldAction<Services>[];
  /** What bears the stack's owner mark, is accounted for nowhere, and stays all the same. */
  readonly leftovers?: readonly Leftover[];
  /** What stands in the way; a plan with problems is not applied. One sentence each. */
  readonly problems: readonly string[];
}

/** What a resource needs of others: as it was made, or as it is declared where nothing is remembered. */
export const needsOf = (action: Action<never> | Action): readonly Need[] => {
  const needs = action.known?.needs ?? action.node?.edges ?? [];
  return action.uses ? [...needs, ...action.uses.map((to) => ({ to, loose: false }))] : needs;
};

/** Whether a run of the plan would change anything, in AWS or in the recorded state. */
export const hasChanges = (plan: Plan<never> | Plan): boolean =>
  plan.old.length > 0 || plan.actions.some(({ action }) => action !== "noop");
