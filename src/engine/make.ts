import type { ResourceState } from "../../state/state.ts";
import type { ApplyContext } from "./apply-context.ts";
import type { Applying } from "./applying.ts";
import { added, appliedTo } from "./applied.ts";
import { equal } from "./equal.ts";
import { clash, fixedIn } from "./fields.ts";
import { UncertainAnswer, type AnyObserved } from "./resource-kind.ts";
import { unfinishedRecord } from "./intents.ts";
import { UNCERTAIN_TRIES, untilListed } from "./until-listed.ts";
import { current, NOTHING_LEFT, Recording, type Recorded } from "./recording.ts";
import { whenFree } from "./when-free.ts";
import { canonical, lookSpec, observeExactly } from "./observe.ts";
import { formerNeeds, needs } from "./needs.ts";
import { resolve, type Attribute } from "./output.ts";
import type { Action, Plan } from "./action.ts";
import { compare } from "./plan.ts";
import { polled, untilReady } from "./ready.ts";
import { publicAttrs, sealed } from "./secret.ts";
import { Snapshot } from "./snapshot.ts";
import { narrows } from "./tasks.ts";
import { missingAttribute } from "./missing-attribute.ts";

type Spec = Readonly<Record<string, unknown>>;

/** Brings resources to their declared state: creates, updates and adopts them, and creates the new generation of a replacement. */
export class Maker<Services> {
  readonly #ctx: ApplyContext<Services>;
  readonly #all: Applying<Services>;
  readonly #attrs = new Map<string, Spec>();
  /** Attributes that an update in two steps announced in its first one, see `Traits.addsFirst`: they hold for the second. */
  readonly #announced = new Map<string, Spec>();
  readonly #usable = new Map<string, () => void>();
  readonly #recording: Recording;
  /** What updates found and did differently from the plan, by resource. */
  readonly notes = new Map<string, string[]>();

  constructor(ctx: ApplyContext<Services>, all: Applying<Services>, plan: Plan<Services>) {
    this.#ctx = ctx;
    this.#all = all;
    this.#recording = new Recording(ctx.journal);
    for (const { id, action, observed } of plan.actions)
      if (observed && action !== "replace" && action !== "delete") this.#attrs.set(id, observed.attrs);
  }

  /**
   * Brings a resource to its declared state, whatever exists now. If an outcome is unknown, it observes the resource and continues from
   * there. `usable` is called when others may refer to it, if that is sooner than `created`, which is called when the calls have returned; the
   * promise resolves when the resource is ready.
   */
  async make(action: Action<Services>, created: () => void, usable: () => void): Promise<Recorded> {
    this.#usable.set(action.id, usable);
    try {
      await this.#make(action, created);
    } catch (error) {
      await this.#recording.written(action.id).catch(() => {});
      throw error;
    }
    return { written: this.#recording.written(action.id) };
  }

  async #make(action: Action<Services>, created: () => void): Promise<void> {
    const { journal } = this.#ctx;
    const { id, kind, node } = action;
    if (!node) throw new Error(`${id} is not declared.`);
    const attribute: Attribute = (to, attr) => this.#attribute(to, attr);
    const desired = canonical(kind, resolve(node.spec, attribute) as Record<string, unknown>);
    const stays = action.action === "replace" && this.#stays(action, desired);
    if (action.action === "replace" && !stays) await this.#retire(action, desired);
    const complete = await this.#bringAbout(
      action,
      stays ? action.observed : await this.#settled(action, desired),
      desired,
    );
    // A create waits for that itself; one whose run died or whose response was lost did not.
    const unusable = kind.traits?.readyBeforeUse === true && !complete;
    if (!unusable) created();
    if (kind.timing?.cached !== undefined && isEdited(action))
      await this.#ctx.clock.sleep(kind.timing.cached * 1000, this.#ctx.stop);
    const awaited = unusable || kind.timing?.ready !== undefined || kind.timing?.consistent !== undefined;
    if (!awaited || (action.action === "noop" && action.observed?.ready)) return;
    const shows =
      kind.timing?.consistent === undefined
        ? undefined
        : (seen: AnyObserved) => compare(kind, desired, journal.get(id), seen).differences.length === 0;
    const ready = () =>
      untilReady(this.#ctx, this.#all.poller, {
        id,
        kind,
        knownId: journal.get(id)?.id,
        spec: desired,
        ...(shows ? { shows } : {}),
      });
    if (await ready()) return;
    // It was deleted outside Fairlead during the wait.
    await this.#bringAbout(action, undefined, desired);
    if (!(await ready()))
      throw new Error(
        `${kind.type} ${id} was deleted repeatedly during this run: something outside Fairlead is deleting it.`,
      );
  }

  /** Removes what the update of a resource kept for its previous users. */
  async narrow(action: Action<Services>): Promise<Recorded> {
    const { journal } = this.#ctx;
    const { id, kind, node } = action;
    const known = journal.get(id);
    if (!node || known?.id === undefined) return NOTHING_LEFT;
    const desired = canonical(
      kind,
      resolve(node.spec, (to, attr) => this.#attribute(to, attr)) as Record<string, unknown>,
    );
    // What goes is found by what was applied: by the rest alone a kind may take it for unmanaged.
    const spec = lookSpec(known.spec, desired);
    const observed = await observeExactly(this.#ctx, kind, id, known, spec, new Snapshot());
    const attrs = { ...observed?.attrs, ...this.#announced.get(id) };
    if (observed) await this.#bringAbout(action, { ...observed, attrs }, desired, false);
    return { written: this.#recording.written(id) };
  }

  /** Whether values that were only known during the apply turned out unchanged, so that the existing resource can stay. */
  #stays({ kind, order, observed, known }: Action<Services>, desired: Spec): boolean {
    if (!observed || observed.leaving || order === "delete-first" || observed.failed !== undefined) return false;
    return !compare(kind, desired, known, observed).differences.some(({ replaces }) => replaces);
  }

  /** The resource to continue from. If an interrupted run started deleting it, the delete may still complete; then it is created again. */
  async #settled(
    { id, kind, action, observed, known }: Action<Services>,
    desired: Spec,
  ): Promise<AnyObserved | undefined> {
    if (action === "replace") return undefined;
    if (!observed) return this.#all.unfinished.find({ id, kind, spec: lookSpec(undefined, desired) }, known);
    if (known?.status !== "deleting" || observed.ready || observed.idle) return observed;
    const leaving = { id, kind, knownId: observed.id, spec: observed.spec, leaving: true, complete: true } as const;
    return untilReady(this.#ctx, this.#all.poller, leaving);
  }

  /**
   * Creates or updates; if the outcome is unknown, it observes and continues from there. Returns whether it is known to be complete: its create
   * returned, or it was ready when it was observed.
   */
  async #bringAbout(
    action: Action<Services>,
    from: AnyObserved | undefined,
    desired: Spec,
    addOnly = narrows(action),
  ): Promise<boolean> {
    const { tell, clock, stop } = this.#ctx;
    let observed = from;
    for (let tries = 1; ; tries++) {
      try {
        if (observed) await this.#change(action, observed, desired, addOnly);
        else await this.#create(action, desired);
        return observed?.ready ?? true;
      } catch (error) {
        if (!(error instanceof UncertainAnswer) || tries >= UNCERTAIN_TRIES) throw error;
        tell({ event: "uncertain", id: action.id, at: clock.now(), error });
        observed = await untilListed(this.#ctx, action, desired);
        // Nothing new is started then; the next run looks for it again before it creates it.
        if (!observed) stop?.throwIfAborted();
      }
    }
  }

  /** Makes room in the state for a new generation; the old one is deleted by its own task. */
  async #retire({ id, known, kind, observed, order }: Action<Services>, desired: Spec): Promise<void> {
    if (order === "delete-first" || !observed) return;
    if (clash(kind, desired, observed.spec))
      throw new Error(
        `${kind.type} ${id} must be deleted before its replacement can be created, which became known only during the apply. Run again.`,
      );
    const { journal, token } = this.#ctx;
    // What was applied to another resource does not describe this one.
    const own = known?.id === observed.id ? known : undefined;
    const retired = {
      id: observed.id,
      token: own?.token ?? token(),
      // The values that it was created with, as the provider returns them, identify it if it has no owner tags.
      spec: own?.spec ?? fixedIn(kind, observed.spec),
      attrs: publicAttrs(kind, observed.attrs),
      needs: known?.needs ?? [],
    };
    const old = [...(known?.old ?? []), retired];
    await journal.put(id, { type: kind.type, status: "creating", token: token(), spec: {}, attrs: {}, needs: [], old });
  }

  async #create({ id, kind, node }: Action<Services>, desired: Spec): Promise<void> {
    const { journal, owner, services, token, secret } = this.#ctx;
    const before = journal.get(id);
    // The token is reused if the response of a create was lost; a resource that once existed gets a new one.
    const isUnfinished = before?.status === "creating" && before.id === undefined;
    const own = isUnfinished ? before.token : token();
    const record = { ...unfinishedRecord({ kind, node }, desired, own), ...(before?.old ? { old: before.old } : {}) };
    const { intents } = this.#all;
    const isTold = intents.has(id) || (isUnfinished && kind.traits?.markedAtOnce === true);
    // What bears no mark and is in no list is found by its whole spec alone, once the config does not declare it any more.
    const isHidden = kind.traits?.ownerless === true && kind.list === undefined;
    const isIntended = isTold && !(isHidden && !equal(before?.spec, record.spec));
    intents.begin(id);
    // That it may exist is on disk then, and enough to find it by.
    if (isIntended && intents.areWritten && !this.#recording.isBehind) this.#recording.put(id, record);
    else await journal.put(id, record);
    // It was created nevertheless, so it can be observed.
    const incomplete = (what: string) =>
      new UncertainAnswer(`${kind.type} ${id}: the response does not include its ${what}`);
    let known = "";
    const complete = (created: { readonly id: string; readonly attrs: Spec }) => {
      const missing = missingAttribute(kind, created);
      if (missing !== undefined) throw incomplete(missing);
      this.#attrs.set(id, created.attrs);
    };
    const made = await kind.create(services, desired, {
      owner: owner.of(id),
      token: record.token,
      secret: secret(),
      created: async (providerId) => {
        if (providerId === "") throw incomplete("id");
        known = providerId;
        this.#recording.put(id, current(record, providerId));
      },
      usable: (attrs) => {
        complete({ id: known, attrs });
        this.#usable.get(id)?.();
      },
      until: (look) => polled(this.#ctx, `${kind.type} ${id}`, look),
    });
    complete(made);
    const whole = { ...record, status: "created", attrs: publicAttrs(kind, made.attrs) } as const;
    this.#recording.put(id, current(whole, made.id));
  }

  async #change(
    { id, kind, node }: Action<Services>,
    observed: AnyObserved,
    desired: Spec,
    addOnly: boolean,
  ): Promise<void> {
    const { journal, owner, services, token, secret } = this.#ctx;
    const known = journal.get(id);
    const { differences, changed, target } = compare(kind, desired, known, observed);
    this.#attrs.set(id, observed.attrs);
    const fixed = differences.find(({ replaces }) => replaces)?.path;
    if (fixed !== undefined)
      throw new Error(
        `${fixed} of ${kind.type} ${id} cannot be changed in place, which became known only during the apply. Run again to replace it.`,
      );
    // An update that only added is not complete yet: until the rest is removed, what was applied before and the old dependencies remain.
    // Where nothing is known of what was applied, that remains unknown.
    const before = appliedTo(known, observed);
    const record: ResourceState = {
      type: kind.type,
      status: addOnly && !before ? "creating" : "created",
      token: known?.token ?? token(),
      id: observed.id,
      spec: addOnly ? (before?.spec ?? added(kind, known, observed, desired)) : sealed(kind, desired),
      attrs: publicAttrs(kind, observed.attrs),
      needs: [...needs(node?.edges), ...(addOnly ? formerNeeds(known?.needs, node?.edges) : [])],
      ...(known?.old ? { old: known.old } : {}),
    };
    // Until it has our owner tags, only the state records that it is ours.
    if (known?.id !== observed.id && observed.owner !== owner.of(id))
      await journal.put(id, { ...record, status: "creating" });
    const note = (text: string) => this.#note(id, text);
    if (differences.length > 0) {
      const renewed = await whenFree(this.#ctx, note, () =>
        kind.update(services, observed, target, changed, {
          note,
          secret: secret(),
          until: (look) => polled(this.#ctx, `${kind.type} ${id}`, look, "updated"),
          ...(addOnly ? { addOnly: true } : {}),
        }),
      );
      if (addOnly && renewed) this.#announced.set(id, renewed);
      this.#attrs.set(id, { ...observed.attrs, ...renewed });
    }
    const applied = { ...record, attrs: publicAttrs(kind, this.#attrs.get(id) ?? {}) };
    if (!equal(journal.get(id), applied)) this.#recording.put(id, applied);
  }

  /** Emits a note, once. */
  #note(id: string, text: string): void {
    const notes = this.notes.get(id) ?? [];
    if (notes.includes(text)) return;
    this.notes.set(id, [...notes, text]);
    this.#ctx.tell({ event: "note", id, at: this.#ctx.clock.now(), text });
  }

  #attribute(id: string, attr: string): unknown {
    const value = this.#attrs.get(id)?.[attr];
    if (value === undefined) throw new Error(`${id} has no ${attr} yet.`);
    return value;
  }
}

/** Whether an update is not only of what was changed outside Fairlead. */
const isEdited = <Services>({ action, differences }: Action<Services>): boolean =>
  action === "update" && differences.some(({ cause }) => cause === "change");
