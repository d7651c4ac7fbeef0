import type { Generation, ResourceState, State } from "../../state/state.ts";
import { equal } from "./equal.ts";
import { NO_ADOPTIONS, type Adoptions } from "./adopt.ts";
import type { Graph, Node } from "./graph.ts";
import type { AnyKind, AnyObserved, Look, Owner } from "./resource-kind.ts";
import { KnownAfterApply, hasUnknown, resolve, type Attribute } from "./output.ts";
import { Snapshot } from "./snapshot.ts";
import { missingAttribute } from "./missing-attribute.ts";

/** What a run works on, besides the graph: the kinds by type, their services, and the stack's owner tags. */
export interface World<Services> {
  readonly owner: Owner;
  readonly services: Services;
  /** The kind of a recorded type, or `undefined` if this version does not know the type. */
  readonly kindOf: (type: string) => AnyKind<Services> | undefined;
  /** The run deletes all that is recorded, so that less of it has to be read. */
  readonly deletes?: true | undefined;
}

/** What exists: for each resource of the graph and of the state, and for earlier generations by `<id> <provider id>`. */
export interface Observation {
  readonly current: ReadonlyMap<string, AnyObserved | undefined>;
  readonly old: ReadonlyMap<string, AnyObserved | undefined>;
  /**
   * Resources with owner tags of an earlier version that are proven to be the stack's by their content, where the state records nothing.
   */
  readonly proven?: ReadonlySet<string>;
}

/** The key of an earlier generation. */
export const oldKey = (id: string, generation: Generation) => `${id} ${generation.id ?? ""}`;

/** A generation's spec, as far as it is known, for lookups by name. */
export function lookSpec(
  applied: Readonly<Record<string, unknown>> | undefined,
  desired: Readonly<Record<string, unknown>>,
) {
  const known = Object.fromEntries(Object.entries(desired).filter(([, value]) => !hasUnknown(value)));
  return { ...known, ...applied };
}

/** Whether a resource has the owner tags of `id`, in the current or an earlier form. */
const bears = ({ owner: mark }: AnyObserved, { owner }: Pick<World<never>, "owner">, id: string) =>
  mark !== undefined && (mark === owner.of(id) || owner.formerly?.(mark) === id);

/** What is known of a resource before the lookup: its id and its earlier generations. */
export type Known = Partial<Pick<ResourceState, "id" | "status" | "attrs">> &
  Pick<Look<object>, "direct" | "brief" | "expected" | "toDelete"> & {
    readonly old?: readonly { readonly id?: string }[];
  };

/** Observes one resource of the graph or the state. An earlier generation is never returned, however it was found. */
export async function observeOne<Services>(
  world: World<Services>,
  kind: AnyKind<Services>,
  id: string,
  known: Known | undefined,
  spec: Readonly<Record<string, unknown>>,
  snapshot: Snapshot,
): Promise<AnyObserved | undefined> {
  const excludeIds = (known?.old ?? []).flatMap((generation) => (generation.id === undefined ? [] : [generation.id]));
  const look = {
    id,
    owner: world.owner.of(id),
    formerOwner: world.owner.formerOf?.(id),
    knownId: known?.id,
    knownAttrs: known?.status === "creating" ? undefined : known?.attrs,
    excludeIds,
    direct: known?.direct,
    brief: known?.brief,
    expected: known?.expected,
    toDelete: known?.toDelete,
    spec,
    snapshot,
  };
  const seen: AnyObserved | undefined = await kind.observe(world.services, look);
  const missing = seen && missingAttribute(kind, seen);
  // The next action would use an incomplete resource: without an id it would delete the wrong resource, without an ARN it would create a
  // wrong one.
  if (missing !== undefined)
    throw new Error(`${id}: AWS did not return the ${missing} of this ${kind.type}. Run again.`);
  return seen && excludeIds.includes(seen.id) ? undefined : seen;
}

/**
 * The same, but only for the resource with the known id: any other resource with its owner tags or name is another generation, which a
 * delete must not touch.
 */
export async function observeExactly<Services>(
  world: World<Services>,
  kind: AnyKind<Services>,
  id: string,
  known: Known | undefined,
  spec: Readonly<Record<string, unknown>>,
  snapshot: Snapshot,
): Promise<AnyObserved | undefined> {
  const seen = await observeOne(world, kind, id, known, spec, snapshot);
  return seen?.id === known?.id ? seen : undefined;
}

/** Looks for a recorded resource by its record alone, as an observation of the whole stack does. */
export const observeByRecord = <Services>(
  world: World<Services>,
  kind: AnyKind<Services>,
  id: string,
  known: ResourceState,
  snapshot: Snapshot,
): Promise<AnyObserved | undefined> => {
  const look: Known = known.status === "created" ? { ...known, expected: true, toDelete: world.deletes } : known;
  return observeOne(world, kind, id, look, known.spec, snapshot);
};

/** An observation that was begun before the graph was known. */
export interface BegunObservation<Services> {
  /** What was begun for exactly this record with this snapshot; `undefined` if nothing was. */
  ofRecord(
    id: string,
    kind: AnyKind<Services>,
    known: ResourceState,
    snapshot: Snapshot,
  ): Promise<AnyObserved | undefined> | undefined;
  /** What was begun for exactly this spec of something that is not recorded, with this snapshot; `undefined` if nothing was. */
  ofSpec(
    id: string,
    kind: AnyKind<Services>,
    spec: Readonly<Record<string, unknown>>,
    snapshot: Snapshot,
  ): Promise<AnyObserved | undefined> | undefined;
  /** Resolves when nothing of it is in progress any more. */
  ended(): Promise<void>;
}

/**
 * Observes everything at once and makes each read only once. A resource that the state does not record may have to be looked up by its
 * parents' names, so it waits for them; others do not. Where its parents are not recorded either, they are most probably still to be
 * created: then it is looked for without them at once, and again only if one of them is found. `adopt` names resources to observe
 * instead of those with our owner tags; `snapshot` holds reads made just before, and `begun` is what was begun with it. Never changes
 * anything.
 */
export async function observeAll<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  adopt: Adoptions = NO_ADOPTIONS,
  snapshot: Snapshot = new Snapshot(),
  begun?: BegunObservation<Services>,
): Promise<Observation> {
  const current = new Map<string, Promise<AnyObserved | undefined>>();
  const observeKnown = (id: string, kind: AnyKind<Services>, known: ResourceState) =>
    begun?.ofRecord(id, kind, known, snapshot) ?? observeByRecord(world, kind, id, known, snapshot);
  const recordOf = (node: Node<Services>) => {
    const remembered = state.resources[node.id];
    // A record of another type does not describe this resource.
    return remembered?.type === node.kind.type ? remembered : undefined;
  };
  const desiredOf = (node: Node<Services>, parents: ReadonlyMap<string, AnyObserved | undefined>) => {
    const attribute: Attribute = (id, attr) => parents.get(id)?.attrs[attr] ?? new KnownAfterApply(`${id}.${attr}`);
    return canonical(node.kind, resolve(node.spec, attribute) as Record<string, unknown>);
  };
  const lookFor = (node: Node<Services>, spec: Readonly<Record<string, unknown>>) => {
    const known = recordOf(node);
    const requested = adopt.get(node.id);
    const asked = known || requested !== undefined ? undefined : begun?.ofSpec(node.id, node.kind, spec, snapshot);
    if (asked) return asked;
    const it = requested === undefined ? known : { ...known, id: requested };
    return observeOne(world, node.kind, node.id, it, spec, snapshot);
  };
  const isNew = ({ to }: { readonly to: string }) => state.resources[to] === undefined && !adopt.has(to);
  /** What is looked for without its parents, which are new too; `undefined` where it has to wait for them. */
  const early = (node: Node<Services>) => {
    if (node.edges.length === 0 || recordOf(node)?.id !== undefined || !node.edges.every(isNew)) return undefined;
    const spec = lookSpec(recordOf(node)?.spec, desiredOf(node, new Map()));
    const seen = lookFor(node, spec);
    // A failure counts where the answer does.
    seen.catch(() => {});
    return { spec, seen };
  };
  const observeNode = async (node: Node<Services>) => {
    const known = recordOf(node);
    const lead = known?.id === undefined ? undefined : await observeKnown(node.id, node.kind, known);
    if (lead && bears(lead, world, node.id)) return lead;
    const begunEarly = early(node);
    const parents = new Map<string, AnyObserved | undefined>();
    for (const { to } of node.edges) parents.set(to, await current.get(to));
    const desired = desiredOf(node, parents);
    if (known?.id !== undefined) {
      // If the recorded id does not exist, or has other owner tags, the state may be wrong: a resource with our owner tags takes
      // precedence.
      const { id: _id, ...rest } = known;
      const marked = await observeOne(world, node.kind, node.id, rest, lookSpec(undefined, desired), snapshot);
      return marked && bears(marked, world, node.id) ? marked : (lead ?? marked);
    }
    const spec = lookSpec(known?.spec, desired);
    if (begunEarly && equal(begunEarly.spec, spec)) return begunEarly.seen;
    if (begunEarly) await begunEarly.seen.catch(() => {});
    return lookFor(node, spec);
  };
  for (const node of graph.nodes) current.set(node.id, observeNode(node));
  const old = new Map<string, Promise<AnyObserved | undefined>>();
  for (const [id, resource] of Object.entries(state.resources)) {
    const kind = world.kindOf(resource.type);
    if (!kind) continue;
    if (!current.has(id)) current.set(id, observeKnown(id, kind, resource));
    for (const generation of resource.old ?? [])
      if (generation.id !== undefined)
        old.set(oldKey(id, generation), observeExactly(world, kind, id, generation, generation.spec, snapshot));
  }
  // Wait for all of them before reporting the first failure, so that no read is left in progress.
  await Promise.allSettled([...current.values(), ...old.values(), begun?.ended()]);
  return { current: await settled(current), old: await settled(old) };
}

/** The provider's spelling of a spec. `canonical` must leave unknown values unchanged. */
export function canonical<Services>(kind: AnyKind<Services>, spec: Record<string, unknown>): Record<string, unknown> {
  return kind.canonical?.(spec) ?? spec;
}

async function settled<T>(promises: ReadonlyMap<string, Promise<T>>): Promise<Map<string, T>> {
  const entries = await Promise.all([...promises].map(async ([key, promise]) => [key, await promise] as const));
  return new Map(entries);
}
