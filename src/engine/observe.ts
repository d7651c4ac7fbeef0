import type { Generation, ResourceState, State } from "../../state/state.ts";
import { NO_ADOPTIONS, type Adoptions } from "./adopt.ts";
import type { Graph, Node } from "./graph.ts";
import type { AnyKind, AnyObserved, Owner } from "./resource-kind.ts";
import { KnownAfterApply, hasUnknown, resolve, type Attribute } from "./output.ts";
import { Snapshot } from "./snapshot.ts";
import { missingAttribute } from "./missing-attribute.ts";

/** What a run works on, besides the graph: the kinds by type, the services they speak to, and the stack's owner marks. */
export interface World<Services> {
  readonly owner: Owner;
  readonly services: Services;
  /** The kind of a type that the state remembers, or `undefined` for a type that this version does not know. */
  readonly kindOf: (type: string) => AnyKind<Services> | undefined;
}

/** What exists: of each resource of the graph and of the state, and of earlier generations by `<id> <provider id>`. */
export interface Observation {
  readonly current: ReadonlyMap<string, AnyObserved | undefined>;
  readonly old: ReadonlyMap<string, AnyObserved | undefined>;
  /** The resources that bear a mark of an earlier version and are the stack's own by what is in them, where no state tells. */
  readonly proven?: ReadonlySet<string>;
}

/** The key of an earlier generation. */
export const oldKey = (id: string, generation: Generation) => `${id} ${generation.id ?? ""}`;

/** A generation's spec, as far as it is known, for finding it by name. */
export function lookSpec(
  applied: Readonly<Record<string, unknown>> | undefined,
  desired: Readonly<Record<string, unknown>>,
) {
  const known = Object.fromEntries(Object.entries(desired).filter(([, value]) => !hasUnknown(value)));
  return { ...known, ...applied };
}

/** Whether a resource bears the mark of `id`, as it is written today or was by an earlier version. */
const bears = ({ owner: mark }: AnyObserved, { owner }: Pick<World<never>, "owner">, id: string) =>
  mark !== undefined && (mark === owner.of(id) || owner.formerly?.(mark) === id);

/** What is known of a resource beforehand: its id, and its earlier generations. */
type Known = Partial<Pick<ResourceState, "id" | "status" | "attrs">> & {
  readonly old?: readonly { readonly id?: string }[];
};

/** Observes one resource of the graph or the state. What an earlier generation's name leads to is not the answer, however it was found. */
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
    knownAttrs: known?.status === "created" ? known.attrs : undefined,
    excludeIds,
    spec,
    snapshot,
  };
  const seen: AnyObserved | undefined = await kind.observe(world.services, look);
  const lacking = seen && missingAttribute(kind, seen);
  // Whatever is done next would be done with a gap in it: with no id a wrong resource is deleted, with no ARN a wrong one is made.
  if (lacking !== undefined)
    throw new Error(`${id}: AWS did not return the ${lacking} of this ${kind.type}. Run again.`);
  return seen && excludeIds.includes(seen.id) ? undefined : seen;
}

/**
 * The same for what must be that very one: where it is gone, what bears its owner mark or its name now is another generation, and
 * none of a delete's business.
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

/**
 * Observes everything at once, each read made once. A resource that the state does not know may have to be looked up by what
 * its parents are called, so it waits for those; the others do not. `adopt` names what is to be looked at in the place of what bears
 * our mark; `snapshot` has the reads that were made just before. Never changes anything.
 */
export async function observeAll<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  adopt: Adoptions = NO_ADOPTIONS,
  snapshot: Snapshot = new Snapshot(),
): Promise<Observation> {
  const current = new Map<string, Promise<AnyObserved | undefined>>();
  const observeNode = async (node: Node<Services>) => {
    const remembered = state.resources[node.id];
    // What the state records of another type says nothing of this one.
    const known = remembered?.type === node.kind.type ? remembered : undefined;
    const lead =
      known?.id === undefined ? undefined : await observeOne(world, node.kind, node.id, known, known.spec, snapshot);
    if (lead && bears(lead, world, node.id)) return lead;
    const parents = new Map<string, AnyObserved | undefined>();
    for (const { to } of node.edges) parents.set(to, await current.get(to));
    const attribute: Attribute = (id, attr) => parents.get(id)?.attrs[attr] ?? new KnownAfterApply(`${id}.${attr}`);
    const desired = canonical(node.kind, resolve(node.spec, attribute) as Record<string, unknown>);
    if (known?.id !== undefined) {
      // Where the state leads to nothing, or to what does not bear our mark, it may be wrong: what does bear it comes first.
      const { id: _id, ...rest } = known;
      const marked = await observeOne(world, node.kind, node.id, rest, lookSpec(undefined, desired), snapshot);
      return marked && bears(marked, world, node.id) ? marked : (lead ?? marked);
    }
    const wished = adopt.get(node.id);
    const it = wished === undefined ? known : { ...known, id: wished };
    return observeOne(world, node.kind, node.id, it, lookSpec(known?.spec, desired), snapshot);
  };
  for (const node of graph.nodes) current.set(node.id, observeNode(node));
  const old = new Map<string, Promise<AnyObserved | undefined>>();
  for (const [id, resource] of Object.entries(state.resources)) {
    const kind = world.kindOf(resource.type);
    if (!kind) continue;
    if (!current.has(id)) current.set(id, observeOne(world, kind, id, resource, resource.spec, snapshot));
    for (const generation of resource.old ?? [])
      if (generation.id !== undefined)
        old.set(oldKey(id, generation), observeExactly(world, kind, id, generation, generation.spec, snapshot));
  }
  // All of them settle before the first failure is told: no read is left under way behind the caller's back.
  await Promise.allSettled([...current.values(), ...old.values()]);
  return { current: await settled(current), old: await settled(old) };
}

/** The provider's spelling of a spec. Unknown parts pass through `canonical` untouched where the kind leaves them alone. */
export function canonical<Services>(kind: AnyKind<Services>, spec: Record<string, unknown>): Record<string, unknown> {
  return kind.canonical?.(spec) ?? spec;
}

async function settled<T>(promises: ReadonlyMap<string, Promise<T>>): Promise<Map<string, T>> {
  const entries = await Promise.all([...promises].map(async ([key, promise]) => [key, await promise] as const));
  return new Map(entries);
}
