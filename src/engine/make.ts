import type { ResourceState } from "../../state/state.ts";
import type { ApplyContext } from "./apply-context.ts";
import { equal } from "./equal.ts";
import { clash, immutableFields } from "./fields.ts";
import { Busy, UncertainAnswer, type AnyKind, type AnyObserved } from "./resource-kind.ts";
import { unfinishedCreate, untilListed } from "./until-listed.ts";
import { canonical, lookSpec, observeExactly } from "./observe.ts";
import { resolve, type Attribute } from "./output.ts";
import type { Action, Plan } from "./action.ts";
import { compare } from "./plan.ts";
import { polled, untilReady } from "./ready.ts";
import { publicAttrs, sealed } from "./secret.ts";
import { Snapshot } from "./snapshot.ts";
import { narrows } from "./tasks.ts";
import type { Poller } from "./wait.ts";
import { missingAttribute } from "./missing-attribute.ts";

/** How often a create or update with an uncertain answer is looked up and gone on with before it counts as failed. */
const UNCERTAIN_TRIES = 12;
/** How long another owner's work on a resource is waited for, and how long between two looks at it; milliseconds. */
const BUSY_LIMIT = 3_600_000;
const BUSY_PAUSE = 5_000;

type Spec = Readonly<Record<string, unknown>>;

/** Brings resources to what the graph declares: creates, updates, adopts, and makes the new generation of a replacement. */
export class Maker<Services> {
  readonly #ctx: ApplyContext<Services>;
  readonly #poller: Poller;
  readonly #attrs = new Map<string, Spec>();
  /** What updates found and did otherwise than planned, by resource. */
  readonly notes = new Map<string, string[]>();

  constructor(ctx: ApplyContext<Services>, poller: Poller, plan: Plan<Services>) {
    this.#ctx = ctx;
    this.#poller = poller;
    for (const { id, action, observed } of plan.actions)
      if (observed && action !== "replace" && action !== "delete") this.#attrs.set(id, observed.attrs);
  }

  /**
   * Brings one resource about, whatever is there now; after every uncertain answer it looks first and goes on from what it sees.
   * `created` is called when the calls have returned; the answer comes when it is ready.
   */
  async make(action: Action<Services>, created: () => void): Promise<void> {
    const { journal } = this.#ctx;
    const { id, kind, node } = action;
    if (!node) throw new Error(`${id} is not declared.`);
    const attribute: Attribute = (to, attr) => this.#attribute(to, attr);
    const desired = canonical(kind, resolve(node.spec, attribute) as Record<string, unknown>);
    const stays = action.action === "replace" && this.#stays(action, desired);
    if (action.action === "replace" && !stays) await this.#retire(action, desired);
    await this.#bringAbout(action, stays ? action.observed : await this.#settled(action, desired), desired);
    created();
    const awaited = kind.timing?.ready !== undefined || kind.timing?.consistent !== undefined;
    if (!awaited || (action.action === "noop" && action.observed?.ready)) return;
    const shows =
      kind.timing?.consistent === undefined
        ? undefined
        : (seen: AnyObserved) => compare(kind, desired, journal.get(id), seen).differences.length === 0;
    const ready = () =>
      untilReady(this.#ctx, this.#poller, {
        id,
        kind,
        knownId: journal.get(id)?.id,
        spec: desired,
        ...(shows ? { shows } : {}),
      });
    if (await ready()) return;
    // It was deleted outside Fairlead while it was waited for.
    await this.#bringAbout(action, undefined, desired);
    if (!(await ready()))
      throw new Error(
        `${kind.type} ${id} was deleted repeatedly during this run: something outside Fairlead is deleting it.`,
      );
  }

  /** Takes away what the update of a resource left in place for those who used it until now. */
  async narrow(action: Action<Services>): Promise<void> {
    const { journal } = this.#ctx;
    const { id, kind, node } = action;
    const known = journal.get(id);
    if (!node || known?.id === undefined) return;
    const desired = canonical(
      kind,
      resolve(node.spec, (to, attr) => this.#attribute(to, attr)) as Record<string, unknown>,
    );
    const spec = lookSpec(undefined, desired);
    const observed = await observeExactly(this.#ctx, kind, id, known, spec, new Snapshot());
    if (observed) await this.#bringAbout(action, observed, desired, false);
  }

  /** Whether what only the apply could tell has come out as it was: then nothing is in the way of what is there. */
  #stays({ kind, order, observed, known }: Action<Services>, desired: Spec): boolean {
    if (!observed || observed.leaving || order === "delete-first" || observed.failed !== undefined) return false;
    return !compare(kind, desired, known, observed).differences.some(({ replaces }) => replaces);
  }

  /** What there is to go on from. What a run that died was deleting may be on its way out: where it goes, it is made anew. */
  async #settled(
    { id, kind, action, observed, known }: Action<Services>,
    desired: Spec,
  ): Promise<AnyObserved | undefined> {
    if (action === "replace") return undefined;
    if (!observed) return unfinishedCreate(this.#ctx, { id, kind, spec: lookSpec(undefined, desired) }, known);
    if (known?.status !== "deleting" || observed.ready) return observed;
    const leaving = { id, kind, knownId: observed.id, spec: observed.spec, leaving: true } as const;
    return untilReady(this.#ctx, this.#poller, leaving);
  }

  /** Creates or changes; after an uncertain answer it looks, and goes on from what it sees. */
  async #bringAbout(
    action: Action<Services>,
    from: AnyObserved | undefined,
    desired: Spec,
    addOnly = narrows(action),
  ): Promise<void> {
    const { tell, clock } = this.#ctx;
    let observed = from;
    for (let tries = 1; ; tries++) {
      try {
        return await (observed ? this.#change(action, observed, desired, addOnly) : this.#create(action, desired));
      } catch (error) {
        if (!(error instanceof UncertainAnswer) || tries >= UNCERTAIN_TRIES) throw error;
        tell({ event: "uncertain", id: action.id, at: clock.now(), error });
        observed = await untilListed(this.#ctx, { ...action, spec: lookSpec(undefined, desired) });
      }
    }
  }

  /** Makes room in the state for a new generation; the old one is deleted by a task of its own. */
  async #retire({ id, known, kind, observed, order }: Action<Services>, desired: Spec): Promise<void> {
    if (order === "delete-first" || !observed) return;
    if (clash(kind, desired, observed.spec))
      throw new Error(
        `${kind.type} ${id} must be deleted before its replacement can be created, which became known only during the apply. Run again.`,
      );
    const { journal, token } = this.#ctx;
    // What was applied to another thing says nothing of this one.
    const own = known?.id === observed.id ? known : undefined;
    const retired = {
      id: observed.id,
      token: own?.token ?? token(),
      // What it was made with by the provider's word tells it from others where it bears no mark.
      spec: own?.spec ?? fixed(kind, observed),
      attrs: publicAttrs(kind, observed.attrs),
      needs: known?.needs ?? [],
    };
    const old = [...(known?.old ?? []), retired];
    await journal.put(id, { type: kind.type, status: "creating", token: token(), spec: {}, attrs: {}, needs: [], old });
  }

  async #create({ id, kind, node }: Action<Services>, desired: Spec): Promise<void> {
    const { journal, owner, services, token, secret } = this.#ctx;
    const before = journal.get(id);
    const record: ResourceState = {
      type: kind.type,
      status: "creating",
      // The token of a create whose answer was lost is used again; a resource that once was there gets a new one.
      token: before?.status === "creating" && before.id === undefined ? before.token : token(),
      spec: sealed(kind, desired),
      attrs: {},
      needs: needs(node?.edges),
      ...(before?.old ? { old: before.old } : {}),
    };
    await journal.put(id, record);
    // It was made all the same, so it can be seen.
    const untold = (what: string) =>
      new UncertainAnswer(`${kind.type} ${id}: the response does not include its ${what}`);
    const made = await kind.create(services, desired, {
      owner: owner.of(id),
      token: record.token,
      secret: secret(),
      async created(providerId) {
        if (providerId === "") throw untold("id");
        await journal.put(id, current(record, providerId));
      },
      until: (look) => polled(this.#ctx, `${kind.type} ${id}`, look),
    });
    const lacking = missingAttribute(kind, made);
    if (lacking !== undefined) throw untold(lacking);
    this.#attrs.set(id, made.attrs);
    const whole = { ...record, status: "created", attrs: publicAttrs(kind, made.attrs) } as const;
    await journal.put(id, current(whole, made.id));
  }

  async #change(
    { id, kind, node }: Action<Services>,
    observed: AnyObserved,
    desired: Spec,
    addOnly: boolean,
  ): Promise<void> {
    const { journal, owner, services, token } = this.#ctx;
    const known = journal.get(id);
    const { differences, changed, target } = compare(kind, desired, known, observed);
    this.#attrs.set(id, observed.attrs);
    const fixed = differences.find(({ replaces }) => replaces)?.path;
    if (fixed !== undefined)
      throw new Error(
        `${fixed} of ${kind.type} ${id} cannot be changed in place, which became known only during the apply. Run again to replace it.`,
      );
    const record: ResourceState = {
      type: kind.type,
      status: "created",
      token: known?.token ?? token(),
      id: observed.id,
      // What was only added to is not what is declared yet: until the rest is taken away it needs what it needed.
      spec: addOnly && known?.status === "created" && known.id === observed.id ? known.spec : sealed(kind, desired),
      attrs: publicAttrs(kind, observed.attrs),
      needs: needs([...(node?.edges ?? []), ...(addOnly ? (known?.needs ?? []).filter(isNew(node?.edges)) : [])]),
      ...(known?.old ? { old: known.old } : {}),
    };
    // What bears no mark of ours yet is known to be ours by the state alone.
    if (!known && observed.owner !== owner.of(id)) await journal.put(id, { ...record, status: "creating" });
    if (differences.length > 0) {
      const renewed = await this.#whenFree(id, () =>
        kind.update(services, observed, target, changed, {
          note: (text) => this.#note(id, text),
          ...(addOnly ? { addOnly: true } : {}),
        }),
      );
      this.#attrs.set(id, { ...observed.attrs, ...renewed });
    }
    const applied = { ...record, attrs: publicAttrs(kind, this.#attrs.get(id) ?? {}) };
    if (!equal(journal.get(id), applied)) await journal.put(id, applied);
  }

  /** Calls `update` again for as long as another owner is at work on the resource. */
  async #whenFree<T>(id: string, update: () => Promise<T>): Promise<T> {
    const { clock, stop } = this.#ctx;
    const since = clock.now();
    for (;;) {
      try {
        return await update();
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        const waited = clock.now() - since;
        if (waited >= BUSY_LIMIT)
          throw new Error(`${error.message} Gave up after ${waited / 60_000} minutes. Run again.`, {
            cause: error,
          });
        this.#note(id, error.message);
        await clock.sleep(BUSY_PAUSE, stop);
      }
    }
  }

  /** Tells a note, once. */
  #note(id: string, text: string): void {
    const told = this.notes.get(id) ?? [];
    if (told.includes(text)) return;
    this.notes.set(id, [...told, text]);
    this.#ctx.tell({ event: "note", id, at: this.#ctx.clock.now(), text });
  }

  #attribute(id: string, attr: string): unknown {
    const value = this.#attrs.get(id)?.[attr];
    if (value === undefined) throw new Error(`${id} has no ${attr} yet.`);
    return value;
  }
}

/** The record of what bears `id`. Where a create answers one that was retired (some are idempotent), that one is no earlier one any more. */
function current({ old = [], ...record }: ResourceState, id: string): ResourceState {
  const earlier = old.filter((generation) => generation.id !== id);
  return { ...record, id, ...(earlier.length > 0 ? { old: earlier } : {}) };
}

const fixed = <Services>(kind: AnyKind<Services>, { spec }: AnyObserved): Spec =>
  Object.fromEntries(
    immutableFields(kind).flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])),
  );

const isNew =
  (edges: readonly { to: string }[] = []) =>
  ({ to }: { to: string }) =>
    edges.every((edge) => edge.to !== to);

const needs = (edges: readonly { to: string; loose: boolean }[] = []) => edges.map(({ to, loose }) => ({ to, loose }));
