import { isIncomplete, type ResourceState, type State } from "../../state/state.ts";
import type { Action, OldAction, Plan } from "./action.ts";
import { adoptionProblems, NO_ADOPTIONS, type Adoptions } from "./adopt.ts";
import { appliedTo, ownKeys } from "./applied.ts";
import { diff, type Diff } from "./diff.ts";
import { clash, uniqueFields } from "./fields.ts";
import type { Graph, Node } from "./graph.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { canonical, oldKey, type Observation, type World } from "./observe.ts";
import { hasUnknown, KnownAfterApply, resolve, type Attribute } from "./output.ts";
import { impossible, isOwned, mixedUp, notOwned, otherType, unknownType } from "./ownership.ts";
import { lossesIn } from "./protect.ts";
import { fieldOf, plannedOf, refusals } from "./refusals.ts";
import { unsealed } from "./secret.ts";
import { tasksOf } from "./tasks.ts";

/** The options of a reconcile. */
export interface PlanOptions {
  /** Existing resources to adopt: the provider's id by resource id. */
  readonly adopt?: Adoptions;
  /** Refuse to delete or replace resources that hold data. */
  readonly protect?: boolean;
  /** Requests are being served now, so an interruption would be noticed. */
  readonly serving?: boolean;
}

/** The plan that turns what is observed into what the graph declares. */
export function planReconcile<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  seen: Observation,
  { adopt = NO_ADOPTIONS, protect = false, serving = false }: PlanOptions = {},
): Plan<Services> {
  const planned = new Map<string, Action<Services>>();
  const problems: string[] = [];
  const attribute: Attribute = (id, attr) => {
    const parent = planned.get(id);
    const stays = parent?.action === "noop" || parent?.action === "adopt" || parent?.action === "update";
    const renewing: readonly string[] = parent?.kind.attrs?.[attr]?.changesWith ?? [];
    const renewed = parent?.differences.some(({ path }) => renewing.includes(fieldOf(path)));
    const value = parent?.observed?.attrs[attr];
    return stays && !renewed && value !== undefined ? value : new KnownAfterApply(`${id}.${attr}`);
  };
  const desired = new Map<string, Readonly<Record<string, unknown>>>();
  for (const node of graph.nodes) {
    const { id, kind } = node;
    const observed = seen.current.get(id);
    const known = state.resources[id];
    const spec = canonical(kind, resolve(node.spec, attribute) as Record<string, unknown>);
    const action = planNode(node, observed, known, spec, planned);
    const requested = adopt.get(id);
    if (requested !== undefined) problems.push(...adoptionProblems(action, requested, world.owner));
    else if (known && known.type !== kind.type) problems.push(otherType(id, known, kind.type));
    else if (observed && !isOwned(world, node, observed, known, seen.proven))
      problems.push(notOwned(world.owner, id, kind, observed, known));
    else problems.push(...[impossible(action)].filter((problem) => problem !== undefined));
    planned.set(id, { ...action, desired: spec });
    desired.set(id, spec);
  }
  const gone = Object.entries(state.resources).filter(([id]) => !graph.get(id));
  for (const [id, known] of gone) {
    const kind = world.kindOf(known.type);
    const observed = kind && ofRecord(world, { id, kind }, seen.current.get(id), known);
    if (!kind) problems.push(unknownType(id, known));
    else planned.set(id, removal(id, kind, observed, known, undefined, "no longer in the config"));
    if (kind && observed && !isOwned(world, { id, kind }, observed, known))
      problems.push(notOwned(world.owner, id, kind, observed, known));
  }
  const decided = [...planned.values()];
  const old = oldGenerations(world, state, seen, problems);
  problems.push(...mixedUp(world.owner, decided, old, desired));
  problems.push(...refusals(decided));
  const actions = serving ? decided.map(interrupting) : decided;
  if (problems.length === 0) problems.push(...circles({ actions, old, problems }));
  const plan = { actions, old, problems, ...incompleteness(state) };
  return protect ? { ...plan, problems: [...problems, ...lossesIn(plan)] } : plan;
}

/** What a state that was lost, or was never complete since then, means for a plan. */
const incompleteness = (state: State): Pick<Plan, "incomplete"> => (isIncomplete(state) ? { incomplete: true } : {});

const interrupting = <Services>(action: Action<Services>): Action<Services> => ({
  ...action,
  interrupts: action.kind.interrupts?.(plannedOf(action)),
});

/** The dependency cycle that makes a plan impossible, as a sentence; none if there is an order. */
function circles<Services>(plan: Plan<Services>): string[] {
  try {
    tasksOf(plan);
    return [];
  } catch (error) {
    return [
      `${(error as Error).message} Replacing the network and changing how it reaches the internet cannot be done in one run. No changes were made. Make the edit in two steps, each followed by: npx fairlead reconcile`,
    ];
  }
}

/** The teardown plan: everything that the state records, and everything of the graph that exists. */
export function planTeardown<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  seen: Observation,
): Plan<Services> {
  const actions: Action<Services>[] = [];
  const problems: string[] = [];
  for (const node of graph.nodes) {
    const { id, kind } = node;
    const observed = seen.current.get(id);
    const known = state.resources[id];
    const ours = observed !== undefined && isOwned(world, node, observed, known, seen.proven);
    // A teardown ignores a resource of the same name that is not ours; but a resource that the state records as ours is not dropped
    // silently.
    if (known && known.type !== kind.type) problems.push(otherType(id, known, kind.type));
    else if (observed && !ours && known?.id === observed.id)
      problems.push(notOwned(world.owner, id, kind, observed, known));
    if (ours || known) actions.push(removal(id, kind, ours ? observed : undefined, known, node, undefined));
  }
  for (const [id, known] of Object.entries(state.resources)) {
    if (graph.get(id)) continue;
    const kind = world.kindOf(known.type);
    const observed = kind && ofRecord(world, { id, kind }, seen.current.get(id), known);
    if (!kind) problems.push(unknownType(id, known));
    else if (observed && !isOwned(world, { id, kind }, observed, known))
      problems.push(notOwned(world.owner, id, kind, observed, known));
    else actions.push(removal(id, kind, observed, known, undefined, undefined));
  }
  return { actions, old: oldGenerations(world, state, seen, problems), problems, ...incompleteness(state) };
}

function planNode<Services>(
  node: Node<Services>,
  observed: AnyObserved | undefined,
  known: ResourceState | undefined,
  desired: Readonly<Record<string, unknown>>,
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
    return {
      ...base,
      action: "create",
      why: lost ? (node.kind.traits?.expires ?? "deleted outside Fairlead") : undefined,
    };
  }
  const found = compare(node.kind, desired, known, observed);
  const { differences } = found;
  const foreign = [...found.foreign, ...(observed.unmanaged ?? [])];
  // A resource that is being deleted no longer exists for its dependents: they get the new one in the same run.
  if (observed.failed !== undefined || observed.leaving || differences.some(({ replaces }) => replaces))
    return {
      ...base,
      action: "replace",
      foreign,
      differences,
      order: orderOf(node, found, observed, known, planned),
      why: observed.leaving ? "being deleted outside Fairlead" : observed.failed && `failed: ${observed.failed}`,
    };
  if (known?.id !== observed.id) {
    const ours = observed.owner !== undefined;
    return {
      ...base,
      action: "adopt",
      differences,
      foreign,
      why:
        observed.stays !== undefined
          ? "exists, and is shared with others"
          : ours
            ? "exists with this stack's owner tags"
            : "exists",
    };
  }
  return { ...base, action: differences.length > 0 ? "update" : "noop", differences, foreign };
}

/** The three-way difference of an existing resource. */
export function compare<Services>(
  kind: AnyKind<Services>,
  desired: Readonly<Record<string, unknown>>,
  known: ResourceState | undefined,
  observed: AnyObserved,
): Diff {
  // An unfinished create was never observed as applied, and what was applied to another resource does not describe this one: everything
  // counts as a change.
  const last = appliedTo(known, observed);
  const applied = last && unsealed(kind, last.spec, desired);
  // With its owner tags but without a record of what was applied, any of its settings may be the stack's own.
  const fields = applied === undefined && observed.owner !== undefined ? Object.keys(kind.fields) : [];
  const own = applied === undefined ? ownKeys(kind, known, observed) : observed.own;
  return withDrifted(diff(kind, desired, applied, observed.spec, own, fields), observed.drifted);
}

/** The difference, including settings outside the spec that an update resets. */
function withDrifted(found: Diff, drifted: AnyObserved["drifted"] = []): Diff {
  const more = drifted.map(
    ({ path, old, new: wanted }) => ({ path, old, new: wanted, cause: "drift", replaces: false }) as const,
  );
  return {
    ...found,
    differences: [...found.differences, ...more],
    changed: new Set([...found.changed, ...drifted.map(({ field }) => field)]),
  };
}

/**
 * Delete-first where AWS allows only one generation at a time, and where one of its dependencies is itself deleted first: a dependency
 * cannot be deleted while this resource exists.
 */
function orderOf<Services>(
  node: Node<Services>,
  { target }: Diff,
  observed: AnyObserved,
  known: ResourceState | undefined,
  planned: ReadonlyMap<string, Action<Services>>,
): "create-first" | "delete-first" {
  const { kind } = node;
  const clashes = clash(kind, target, observed.spec) && !uniqueFields(kind).some((field) => hasUnknown(target[field]));
  // Both the recorded and the declared dependencies count: either is held while this resource exists.
  const needs = [...node.edges, ...(known?.needs ?? [])];
  const pulled = needs.some(({ to, loose }) => !loose && planned.get(to)?.order === "delete-first");
  return clashes || pulled ? "delete-first" : "create-first";
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
  why: observed?.stays ?? why,
  foreign: [],
});

/**
 * What was found of a record that no config declares any more. A create that was never carried out leaves one without an id: if there is something of
 * its name that is not the stack's, then somebody else made it, and there is nothing to delete.
 */
const ofRecord = <Services>(
  world: World<Services>,
  of: Pick<Action<Services>, "id" | "kind">,
  observed: AnyObserved | undefined,
  known: ResourceState,
): AnyObserved | undefined =>
  observed && (known.id !== undefined || isOwned(world, of, observed, known)) ? observed : undefined;

/** Earlier generations; adds to `problems` why one of them must not be deleted. */
function oldGenerations<Services>(
  world: World<Services>,
  state: State,
  seen: Observation,
  problems: string[],
): OldAction<Services>[] {
  return Object.entries(state.resources).flatMap(([id, { type, old = [] }]) => {
    const kind = world.kindOf(type);
    if (!kind) return [];
    return old.map((generation) => {
      const observed = seen.old.get(oldKey(id, generation));
      if (observed && !isOwned(world, { id, kind }, observed, generation))
        problems.push(notOwned(world.owner, id, kind, observed, generation));
      return { id, kind, generation, observed };
    });
  });
}
