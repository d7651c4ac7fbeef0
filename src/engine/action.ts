/** The parts of a plan. */
import type { Generation, Need, ResourceState } from "../../state/state.ts";
import type { Difference } from "./diff.ts";
import type { Node } from "./graph.ts";
import type { AnyKind, AnyObserved, Interruption } from "./resource-kind.ts";

/** What the apply does to a resource. */
export type ActionName = "create" | "update" | "replace" | "adopt" | "delete" | "noop";

/** One line of the plan. */
export interface Action<Services = unknown> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly action: ActionName;
  /** The reason, in a few words, where the differences do not show it: `deleted outside Fairlead`, `no longer in the config`. */
  readonly why: string | undefined;
  readonly differences: readonly Difference[];
  /** The order of a replacement. */
  readonly order: "create-first" | "delete-first" | undefined;
  /** The resource as it exists now; `undefined` for a create. */
  readonly observed: AnyObserved | undefined;
  /** The spec that the config declares, as far as its values are known; omitted if it declares none. */
  readonly desired?: Readonly<Record<string, unknown>>;
  /** The resource as the state records it. */
  readonly known: ResourceState | undefined;
  /** The declared resource; `undefined` if it is no longer in the config. */
  readonly node: Node<Services> | undefined;
  /** Unmanaged parts, set outside Fairlead, which are kept: paths such as `tags.CostCenter`. */
  readonly foreign: readonly string[];
  /**
   * Ids of other planned resources that its settings refer to, in addition to its declared dependencies: they are deleted only after this
   * one no longer uses them.
   */
  readonly uses?: readonly string[];
  /** It has the stack's owner tags, and is neither in the config nor in the state. */
  readonly unaccounted?: true;
  /** How long, and why, requests are not served while the action is applied. */
  readonly interrupts?: Interruption | undefined;
}

/** A resource with the stack's owner tags that is not deleted. */
export interface Leftover {
  readonly type: string;
  /** The provider's id. */
  readonly id: string;
  /** Why it is kept; printed after its name. */
  readonly why: string;
}

/** An earlier generation that still exists. */
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
  /** Resources with the stack's owner tags that are neither in the config nor in the state, and are kept. */
  readonly leftovers?: readonly Leftover[];
  /** The state that it was made from records nothing, or may lack what an earlier one recorded. */
  readonly incomplete?: true;
  /** An inventory could list every kind and nothing is left over: once the plan is applied, the state has everything that the stack owns. */
  readonly accounted?: true;
  /** Errors that block the apply, one sentence each. */
  readonly problems: readonly string[];
}

/** A resource's dependencies: as recorded in the state, or as declared if nothing is recorded. */
export const needsOf = (action: Action<never> | Action): readonly Need[] => {
  const needs = action.known?.needs ?? action.node?.edges ?? [];
  return action.uses ? [...needs, ...action.uses.map((to) => ({ to, loose: false }))] : needs;
};

/** Whether the action only takes the resource out of the state: it stays where it is. */
export const isLeft = ({ action, observed }: Pick<Action<never> | Action, "action" | "observed">): boolean =>
  action === "delete" && observed?.stays !== undefined;

/** Whether the action reverts what was changed outside Fairlead: a field that differs from what was applied, or a resource that is gone. */
export const isDrift = (action: Pick<Action<never> | Action, "action" | "known" | "differences">): boolean =>
  isGone(action) || action.differences.some(({ cause }) => cause === "drift");

/** Whether the action creates again what was deleted outside Fairlead. */
export const isGone = ({ action, known }: Pick<Action<never> | Action, "action" | "known">): boolean =>
  action === "create" && known?.status === "created";

/** Whether applying the plan would change anything, in AWS or in the recorded state. */
export const hasChanges = (plan: Plan<never> | Plan): boolean =>
  plan.old.length > 0 || plan.actions.some(({ action }) => action !== "noop");
