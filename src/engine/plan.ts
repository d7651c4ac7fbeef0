import type { Generation, Need, ResourceState, State } from "../../state/state.ts";
import { adoptionProblems, NO_ADOPTIONS, type Adoptions } from "./adopt.ts";
import { diff, type Diff, type Difference } from "./diff.ts";
import { equal } from "./equal.ts";
import type { Graph, Node } from "./graph.ts";
import type { AnyKind } from "./kind.ts";
import { canonical, oldKey, type AnyObserved, type Observation, type World } from "./observe.ts";
import { hasUnknown, KnownAfterApply, resolve, type Attribute } from "./output.ts";
import { lossesIn } from "./protect.ts";
import { unsealed } from "./secret.ts";

/** What is done to a resource. */
export type ActionName = "create" | "update" | "replace" | "adopt" | "delete" | "noop";

/** One line of the plan. */
export interface Action<Services = unknown> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly action: ActionName;
  /** Why, in a few words, where the differences do not tell: `is gone`, `is no longer desired`. */
  readonly why: string | undefined;
  readonly differences: readonly Difference[];
  /** The order of a replacement. */
  readonly order: "create-first" | "delete-first" | undefined;
  /** What exists now; `undefined` for a create. */
  readonly observed: AnyObserved | undefined;
  /** What the state remembers. */
  readonly known: ResourceState | undefined;
  /** The declaration; `undefined` for what is no longer desired. */
  readonly node: Node<Services> | undefined;
  /** What somebody else put on it and what stays theirs: paths such as `tags.CostCenter`. */
  readonly foreign: readonly string[];
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
  /** What stands in the way; a plan with problems is not applied. One sentence each. */
  readonly problems: readonly string[];
}

/** Whether a run of the plan would change anything, in AWS or in what is remembered. */
export const hasChanges = (plan: Plan<never> | Plan): boolean =>
  plan.old.length > 0 || plan.actions.some(({ action }) => action !== "noop");

/** What a user says of one reconcile. */
export interface Wishes {
  /** Provider's ids of what exists and is to be taken over, by the resource that it becomes. */
  readonly adopt?: Adoptions;
  /** Refuse to delete or to replace what holds data. */
  readonly protect?: boolean;
}

/** The plan that leads from what is observed to what the graph declares. */
export function planReconcile<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  seen: Observation,
  { adopt = NO_ADOPTIONS, protect = false }: Wishes = {},
): Plan<Services> {
  const planned = new Map<string, Action<Services>>();
  const problems: string[] = [];
  const attribute: Attribute = (id, attr) => {
    const parent = planned.get(id);
    const stays = parent?.action === "noop" || parent?.action === "adopt" || parent?.action === "update";
    const renewing: readonly string[] = parent?.kind.renewed?.[attr] ?? [];
    const renewed = parent?.differences.some(({ path }) => renewing.includes(fieldOf(path)));
    const value = parent?.observed?.attrs[attr];
    return stays && !renewed && value !== undefined ? value : new KnownAfterApply(`${id}.${attr}`);
  };
  for (const node of graph.nodes) {
    const observed = seen.current.get(node.id);
    const known = state.resources[node.id];
    const owner = `${world.stack}/${node.id}`;
    const action = planNode(node, observed, known, attribute, planned);
    const wished = adopt.get(node.id);
    if (wished !== undefined) problems.push(...adoptionProblems(action, wished, owner));
    else if (observed && !isOurs(observed, known, owner)) problems.push(notOurs(node, observed));
    planned.set(node.id, action);
  }
  const gone = Object.entries(state.resources).filter(([id]) => !graph.get(id));
  for (const [id, known] of gone) {
    const kind = world.kindOf(known.type);
    if (!kind) problems.push(unknownType(id, known));
    else planned.set(id, removal(id, kind, seen.current.get(id), known, undefined, "is no longer desired"));
  }
  const plan = { actions: [...planned.values()], old: oldGenerations(world, state, seen), problems };
  return protect ? { ...plan, problems: [...problems, ...lossesIn(plan)] } : plan;
}

/**
 * What the state knows by its id, what bears our mark, and what bears none while the state says that a create under that name was under
 * way: some things take their tags only after they were made, and a run may have died in between.
 */
export function isOurs(observed: AnyObserved, known: ResourceState | undefined, owner: string): boolean {
  if (known?.id !== undefined || observed.owner === owner) return true;
  return known?.status === "creating" && observed.owner === undefined;
}

/** The top-level field that a difference lies in. */
const fieldOf = (path: string) => path.split(/[.[]/, 1)[0] ?? path;

/** The plan that takes everything down: what the state remembers, and what of the graph exists all the same. */
export function planTeardown<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  seen: Observation,
): Plan<Services> {
  const actions: Action<Services>[] = [];
  const problems: string[] = [];
  for (const node of graph.nodes) {
    const observed = seen.current.get(node.id);
    const known = state.resources[node.id];
    // A namesake that is not ours is none of a teardown's business.
    const ours = observed !== undefined && isOurs(observed, known, `${world.stack}/${node.id}`);
    if (ours || known) actions.push(removal(node.id, node.kind, ours ? observed : undefined, known, node, undefined));
  }
  for (const [id, known] of Object.entries(state.resources)) {
    if (graph.get(id)) continue;
    const kind = world.kindOf(known.type);
    if (kind) actions.push(removal(id, kind, seen.current.get(id), known, undefined, undefined));
    else problems.push(unknownType(id, known));
  }
  return { actions, old: oldGenerations(world, state, seen), problems };
}

function planNode<Services>(
  node: Node<Services>,
  observed: AnyObserved | undefined,
  known: ResourceState | undefined,
  attribute: Attribute,
  planned: ReadonlyMap<string, Action<Services>>,
): Action<Services> {
  const base = {
    id: node.id,
    kind: node.kind,
    observed,
    known,
    node,
    differences: [],
    order: undefined,
    why: undefined,
    foreign: [],
  };
  if (!observed) {
    const lost = known?.status === "created";
    return { ...base, action: "create", why: lost ? "is gone: somebody deleted it" : undefined };
  }
  const desired = canonical(node.kind, resolve(node.spec, attribute) as Record<string, unknown>);
  const found = compare(node.kind, desired, known, observed);
  const { differences, foreign } = found;
  if (observed.failed !== undefined || differences.some(({ replaces }) => replaces))
    return {
      ...base,
      action: "replace",
      foreign,
      differences,
      order: orderOf(node, found, observed, planned),
      why: observed.failed === undefined ? undefined : `failed: ${observed.failed}`,
    };
  if (known?.id === undefined) {
    const ours = observed.owner !== undefined;
    return { ...base, action: "adopt", differences, foreign, why: ours ? "exists and bears our owner tags" : "exists" };
  }
  return { ...base, action: differences.length > 0 ? "update" : "noop", differences, foreign };
}

/** The three-way difference of a resource that exists. */
export function compare<Services>(
  kind: AnyKind<Services>,
  desired: Readonly<Record<string, unknown>>,
  known: ResourceState | undefined,
  observed: AnyObserved,
): Diff {
  // What a half-done create would have applied was never seen to be applied: all of it counts as a change.
  const applied = known?.status === "created" ? unsealed(kind, known.spec, desired) : undefined;
  return diff(kind, desired, applied, observed.spec);
}

/**
 * Delete-first where AWS allows the two generations only one after the other, and wherever something that this needs goes
 * first itself: what it needs cannot go while it is there.
 */
function orderOf<Services>(
  node: Node<Services>,
  { target }: Diff,
  observed: AnyObserved,
  planned: ReadonlyMap<string, Action<Services>>,
): "create-first" | "delete-first" {
  const { unique } = node.kind;
  const clash =
    unique?.every((field) => !hasUnknown(target[field]) && equal(target[field], observed.spec[field])) ?? false;
  const pulled = node.edges.some(({ to, loose }) => !loose && planned.get(to)?.order === "delete-first");
  return clash || pulled ? "delete-first" : "create-first";
}

export const removal = <Services>(
  id: string,
  kind: AnyKind<Services>,
  observed: AnyObserved | undefined,
  known: ResourceState | undefined,
  node: Node<Services> | undefined,
  why: string | undefined,
): Action<Services> => ({
  id,
  kind,
  action: "delete",
  differences: [],
  order: undefined,
  observed,
  known,
  node,
  why,
  foreign: [],
});

function oldGenerations<Services>(world: World<Services>, state: State, seen: Observation): OldAction<Services>[] {
  return Object.entries(state.resources).flatMap(([id, { type, old = [] }]) => {
    const kind = world.kindOf(type);
    return kind
      ? old.map((generation) => ({ id, kind, generation, observed: seen.old.get(oldKey(id, generation)) }))
      : [];
  });
}

/** What a resource needs of others: as it was made, or as it is declared where nothing is remembered. */
export const needsOf = (action: Action<never> | Action): readonly Need[] =>
  action.known?.needs ?? action.node?.edges ?? [];

const notOurs = <Services>(node: Node<Services>, observed: AnyObserved) =>
  `${node.id}: ${node.kind.type} ${observed.id} exists already and ${
    observed.owner === undefined ? "bears no owner tags of Fairlead" : `belongs to ${observed.owner}`
  }. Nothing was touched. ${
    observed.owner === undefined
      ? `To take it over: reconcile --adopt ${node.id}=${observed.id}. Otherwise rename the stack, or remove that resource.`
      : "Rename the stack, or remove that resource."
  }`;

const unknownType = (id: string, { type }: ResourceState) =>
  `${id}: this version of Fairlead does not know resources of type ${type}. Use the version that made it.`;
