import type { ResourceState } from "../../state/state.ts";
import type { ApplyContext } from "./apply-context.ts";
import { observeOne } from "./observe.ts";
import { isOwned } from "./ownership.ts";
import type { AnyObserved } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";
import { LISTED_WITHIN, type Late } from "./until-listed.ts";

const WAITING =
  "an interrupted run may have created this or others: waiting some seconds until AWS's lists must show them";

/**
 * What an interrupted run may have created without recording its id, and no list showed when this run was planned. Treating it as absent would
 * create it twice or leave it behind. Every such create was sent before this run began, so that one look suffices, once lists must show
 * everything from before then: however many records a run left behind, they are waited for together.
 */
export class Unfinished<Services> {
  readonly #ctx: ApplyContext<Services>;
  /** When this run began, in milliseconds on its clock. */
  readonly #began: number;
  /** One for each moment at which something is looked for, in milliseconds on the same clock. */
  readonly #looks = new Map<number, Snapshot>();
  #isTold = false;

  constructor(ctx: ApplyContext<Services>) {
    this.#ctx = ctx;
    this.#began = ctx.clock.now();
  }

  /** The resource, if the record `known` is of an interrupted create, and it was carried out. */
  async find(late: Late<Services>, known: ResourceState | undefined): Promise<AnyObserved | undefined> {
    if (!known || known.id !== undefined || known.status === "created") return undefined;
    const { id, kind, spec } = late;
    const shown = this.#began + (kind.timing?.listed ?? LISTED_WITHIN) * 1000;
    await this.#until(shown, id);
    const seen = await observeOne(this.#ctx, kind, id, this.#ctx.journal.get(id), spec, this.#look(shown));
    return seen && isOwned(this.#ctx, late, seen, known) ? seen : undefined;
  }

  async #until(shown: number, id: string): Promise<void> {
    const { clock, stop, tell } = this.#ctx;
    const at = clock.now();
    if (shown <= at) return;
    // Of one for all: many may be waited for.
    if (!this.#isTold) tell({ event: "note", id, at, text: WAITING });
    this.#isTold = true;
    await clock.sleep(shown - at, stop);
  }

  #look(shown: number): Snapshot {
    const look = this.#looks.get(shown) ?? new Snapshot();
    this.#looks.set(shown, look);
    return look;
  }
}
