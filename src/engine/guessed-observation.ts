import { equal } from "./equal.ts";
import type { Graph } from "./graph.ts";
import { canonical, lookSpec, observeOne, type BegunObservation, type World } from "./observe.ts";
import { KnownAfterApply, resolve } from "./output.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import type { Snapshot } from "./snapshot.ts";

type Spec = Readonly<Record<string, unknown>>;

/** One resource that is being looked for. */
interface Begun<Services> {
  readonly kind: AnyKind<Services>;
  readonly spec: Spec;
  readonly seen: Promise<AnyObserved | undefined>;
}

/**
 * Begins to look for everything that a graph declares, where no state records anything of it and the graph is only a guess: not all is known yet
 * that the desired state depends on. An observation with the same snapshot takes of this what was asked for as it would ask itself; for
 * anything else it looks again. Never changes anything.
 */
export class GuessedObservation<Services> implements BegunObservation<Services> {
  readonly #begun = new Map<string, Begun<Services>>();
  readonly #snapshot: Snapshot;

  constructor(world: World<Services>, { nodes }: Pick<Graph<Services>, "nodes">, snapshot: Snapshot) {
    this.#snapshot = snapshot;
    for (const { id, kind, spec: declared } of nodes) {
      const unknown = resolve(declared, (to, attr) => new KnownAfterApply(`${to}.${attr}`));
      const spec = lookSpec(undefined, canonical(kind, unknown as Record<string, unknown>));
      const seen = observeOne(world, kind, id, undefined, spec, snapshot);
      // A failure is thrown to whoever takes it.
      seen.catch(() => {});
      this.#begun.set(id, { kind, spec, seen });
    }
  }

  /** Nothing: it knows of no records. */
  ofRecord(): undefined {
    return undefined;
  }

  ofSpec(
    id: string,
    kind: AnyKind<Services>,
    spec: Spec,
    snapshot: Snapshot,
  ): Promise<AnyObserved | undefined> | undefined {
    const begun = snapshot === this.#snapshot ? this.#begun.get(id) : undefined;
    return begun?.kind === kind && equal(begun.spec, spec) ? begun.seen : undefined;
  }

  /** Resolves when nothing of it is in progress any more. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.#begun.values()].map(({ seen }) => seen));
  }
}
