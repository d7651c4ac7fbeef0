import type { ResourceState, State } from "../../state/state.ts";
import { equal } from "./equal.ts";
import { observeByRecord, type BegunObservation, type World } from "./observe.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import type { Snapshot } from "./snapshot.ts";

/** One resource that is being looked for. */
interface Begun<Services> {
  readonly kind: AnyKind<Services>;
  readonly known: ResourceState;
  readonly seen: Promise<AnyObserved | undefined>;
}

/**
 * Begins to observe what a state records, by the records alone and so before it is known what is desired. An observation with the same snapshot
 * takes what it can of this: a record that is another by then is looked for again. Never changes anything.
 */
export class RecordedObservation<Services> implements BegunObservation<Services> {
  readonly #begun = new Map<string, Begun<Services>>();
  readonly #snapshot: Snapshot;

  constructor(world: World<Services>, { resources }: Pick<State, "resources">, snapshot: Snapshot) {
    this.#snapshot = snapshot;
    for (const [id, known] of Object.entries(resources)) {
      const kind = world.kindOf(known.type);
      if (!kind || known.id === undefined) continue;
      const seen = observeByRecord(world, kind, id, known, snapshot);
      // A failure is thrown to whoever takes it.
      seen.catch(() => {});
      this.#begun.set(id, { kind, known, seen });
    }
  }

  ofRecord(
    id: string,
    kind: AnyKind<Services>,
    known: ResourceState,
    snapshot: Snapshot,
  ): Promise<AnyObserved | undefined> | undefined {
    // A new snapshot is for newer results.
    const begun = snapshot === this.#snapshot ? this.#begun.get(id) : undefined;
    return begun?.kind === kind && equal(begun.known, known) ? begun.seen : undefined;
  }

  /** Nothing: it has looked for what is recorded alone. */
  ofSpec(): undefined {
    return undefined;
  }

  /** Resolves when nothing of it is in progress any more. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.#begun.values()].map(({ seen }) => seen));
  }
}
