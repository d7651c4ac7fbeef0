import type { Generation, ResourceState } from "../../state/state.ts";
import type { ApplyContext } from "./apply-context.ts";
import { doomed } from "./applied.ts";
import type { Applying } from "./applying.ts";
import type { Deleting } from "./deleting.ts";
import { fixedIn } from "./fields.ts";
import { observeExactly } from "./observe.ts";
import { UncertainAnswer, type AnyKind, type AnyObserved } from "./resource-kind.ts";
import type { Action, OldAction } from "./action.ts";
import { NOTHING_LEFT, type Recorded } from "./recording.ts";
import { sealed } from "./secret.ts";
import { Snapshot } from "./snapshot.ts";
import { untilGone, untilReady } from "./ready.ts";
import { UNCERTAIN_TRIES } from "./until-listed.ts";

/** Deletes resources and the old generations of replacements. */
export class Remover<Services> {
  readonly #ctx: ApplyContext<Services>;
  readonly #all: Applying<Services>;

  constructor(ctx: ApplyContext<Services>, all: Applying<Services>) {
    this.#ctx = ctx;
    this.#all = all;
  }

  /**
   * Deletes the current generation of a resource. `created` is called when the delete was accepted, and `ready` when the resource is gone:
   * what waits for that need not wait until the state says so, since `deleting` is on disk. `isGone`: the provider has deleted it with another one.
   */
  async remove(action: Action<Services>, created: () => void, ready: () => void, isGone = false): Promise<Recorded> {
    const { journal } = this.#ctx;
    const { id, kind, order } = action;
    const { intents } = this.#all;
    intents.begin(id);
    const before = journal.get(id);
    const late = { id, kind, spec: before?.spec ?? {} };
    const observed = action.observed ?? (await this.#all.unfinished.find(late, before));
    // The new generation already exists, so this is one of the old ones.
    if (order === "create-first" && observed)
      return this.removeOld({ id, kind, generation: observed, observed }, created, ready);
    // The record may have changed during the lookup.
    const known = journal.get(id);
    if (known && (known.status !== "deleting" || !intents.areWritten))
      await journal.put(id, { ...doomed(known), ...foundAs(kind, known, observed) });
    if (observed && !isGone) await this.#removeUntilGone(id, kind, observed, created);
    const last = journal.get(id);
    if (!last) return NOTHING_LEFT;
    // Earlier generations are still to be deleted: the resource stays in the state until then.
    const { id: _gone, ...rest } = last;
    const written = last.old?.length ? journal.put(id, rest) : journal.remove(id);
    ready();
    return { written };
  }

  /** Deletes an earlier generation; `created` and `ready` as in `remove`. */
  async removeOld(
    {
      id,
      kind,
      generation,
      observed,
    }: Omit<OldAction<Services>, "generation"> & { generation: Pick<Generation, "id"> },
    created: () => void,
    ready: () => void,
  ): Promise<Recorded> {
    const { journal } = this.#ctx;
    // It turned out to be the current resource.
    if (observed && journal.get(id)?.id === observed.id) return NOTHING_LEFT;
    if (observed) await this.#removeUntilGone(id, kind, observed, created);
    const known = journal.get(id);
    if (!known) return NOTHING_LEFT;
    const { old = [], ...rest } = known;
    const left = old.filter((other) => other.id !== generation.id);
    const isLast = left.length === 0 && known.status === "deleting" && known.id === undefined;
    const written = isLast ? journal.remove(id) : journal.put(id, left.length > 0 ? { ...rest, old: left } : rest);
    ready();
    return { written };
  }

  async #removeUntilGone(
    id: string,
    kind: AnyKind<Services>,
    observed: AnyObserved,
    created: () => void,
  ): Promise<void> {
    // It is shared with others: it only leaves the state.
    if (observed.stays !== undefined) return created();
    let seen = observed;
    const deleting = this.#deleting(id, created);
    let answer = await this.#delete(id, kind, seen, deleting);
    while (answer === "again") {
      const leaving = { id, kind, knownId: seen.id, spec: seen.spec, leaving: true } as const;
      const settled = await untilReady(this.#ctx, this.#all.poller, leaving);
      if (!settled) return;
      seen = since(seen, settled);
      answer = await this.#delete(id, kind, seen, deleting);
    }
    created();
    if (kind.timing?.gone !== undefined && answer !== "gone")
      await untilGone(this.#ctx, this.#all.poller, { id, kind, knownId: seen.id, spec: seen.spec });
  }

  /** Calls the kind's `delete`. Where it is refused for what it may have done itself, without an answer, what there is decides. */
  async #delete(id: string, kind: AnyKind<Services>, observed: AnyObserved, deleting: Deleting) {
    const { clock, services, tell, stop } = this.#ctx;
    let seen = observed;
    for (let tries = 1; ; tries++) {
      try {
        return await kind.delete(services, seen, deleting);
      } catch (error) {
        if (!(error instanceof UncertainAnswer) || tries >= UNCERTAIN_TRIES) throw error;
        tell({ event: "uncertain", id, at: clock.now(), error });
      }
      const now = await observeExactly(this.#ctx, kind, id, { id: seen.id }, seen.spec, new Snapshot());
      // What is on its way out may be refused to be deleted again.
      if (!now || now.leaving) return undefined;
      stop?.throwIfAborted();
      seen = since(seen, now);
    }
  }

  #deleting(id: string, released: () => void): Deleting {
    const { stop, tell, clock } = this.#ctx;
    const since = clock.now();
    return {
      released,
      step(status, usual) {
        stop?.throwIfAborted();
        if (status !== undefined && usual !== undefined)
          tell({ event: "waiting", id, for: "gone", status, usual, since, at: clock.now() });
      },
    };
  }
}

/** What is there now; what a read left out is as it was before. */
const since = (before: AnyObserved, now: AnyObserved): AnyObserved => ({
  ...now,
  spec: { ...before.spec, ...now.spec },
  owner: now.owner ?? before.owner,
});

/**
 * Which one it is, where an interrupted create left no id: what has no owner mark yet is the stack's by its record alone, and `deleting` would not say
 * that of whatever is found. The values that cannot change identify it, as in every record with an id.
 */
const foundAs = <Services>(
  kind: AnyKind<Services>,
  known: ResourceState,
  observed: AnyObserved | undefined,
): Pick<Partial<ResourceState>, "id" | "spec"> =>
  known.id !== undefined || !observed
    ? {}
    : { id: observed.id, spec: { ...known.spec, ...sealed(kind, fixedIn(kind, observed.spec)) } };
