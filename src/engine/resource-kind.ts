import type { Deleting } from "./deleting.ts";
import type { Making, Updating } from "./making.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Timing } from "./timing.ts";
import type { Traits } from "./traits.ts";

export type { Making, Updating };

/**
 * The one contract of Fairlead: everything the engine must know of a kind of resource.
 *
 * `Spec` is what a component declares, in the provider's own spelling; `Attrs` is what other resources may refer to;
 * `Services` is whatever the kind needs to talk to its provider (for AWS: `Aws`). The engine passes it through unread.
 */
export interface ResourceKind<Spec extends object, Attrs extends object, Services> {
  /** The path of the kind's file below `src/aws/`, such as `ec2/subnet`: written to the state, so it never changes. */
  readonly type: string;
  /** One row for every field of `Spec`; `{}` for a field that is compared as a whole and updated in place. With `tags`, it has owner tags. */
  readonly fields: Fields<Spec>;
  /** Attributes that are secret, or that an update in place changes. */
  readonly attrs?: { readonly [A in keyof Attrs]?: AttributeFacts<Spec> };
  /** What is unusual about the kind as a whole. */
  readonly traits?: Traits;
  /** How long the provider usually takes; omit if everything is done when the call returns. */
  readonly timing?: Timing;
  /**
   * Why the provider will refuse what is planned, or never get to it, as a sentence that ends with the edit that would work: asked once
   * all is planned, and before anything is changed. `all` has every planned resource of this kind, this one included.
   */
  refuse?(planned: Planned<Spec, Attrs>, all: readonly Planned<Spec, Attrs>[]): string | undefined;
  /** For how long what is planned keeps requests from being answered, and why. Asked for what serves them now. */
  interrupts?(planned: Planned<Spec, Attrs>): Interruption | undefined;
  /** The provider's own spelling of a desired spec; never changes its argument. */
  canonical?(spec: Spec): Spec;
  /**
   * Finds the resource, by known id first and by owner tags or deterministic name otherwise, and never changes anything.
   * Every dialect of absence (exception, empty list, deleted and still listed) is `undefined`.
   */
  observe(services: Services, look: Look<Spec>): Promise<Observed<Spec, Attrs> | undefined>;
  /**
   * Everything of this kind that exists and has the stack's owner mark, whatever the state says: for the inventory. `ids` are the
   * provider's ids that a teardown dealt with: what has one of those names again and no one's mark (a log group that a late build
   * brought back) is listed too, with no owner. Left out for a kind that goes with another or is found with it.
   */
  list?(services: Services, ids: readonly string[], snapshot?: Snapshot): Promise<readonly Owned[]>;
  /** Creates the resource and everything that its spec says. The id is passed to `making.created` as soon as it is known. */
  create(services: Services, spec: Spec, making: Making<Attrs>): Promise<Created<Attrs>>;
  /**
   * Changes what differs, named in `changed` by field; answers the attributes that are new by it. Throws `Busy` where another owner is at
   * work on the resource and has to be let finish first.
   */
  update(
    services: Services,
    observed: Observed<Spec, Attrs>,
    spec: Spec,
    changed: ReadonlySet<keyof Spec & string>,
    updating?: Updating,
  ): Promise<Partial<Attrs> | void>;
  /**
   * Deletes the resource; one that is gone already is a success. Where it takes a step that has to settle first (a
   * distribution is disabled before it can be deleted) it answers `again`: the engine waits until it is ready and calls again. `gone` where the
   * provider says that it is: the engine does not wait for `timing.gone` then.
   */
  delete(services: Services, observed: Observed<Spec, Attrs>, deleting?: Deleting): Promise<void | "again" | "gone">;
}

/** What is to be known of every field of a spec. */
export type Fields<Spec extends object> = { readonly [F in keyof Spec]-?: Field<Spec[F], Spec> };

/** What is to be known of one field. Nothing: it is compared as a whole, and `update` changes it in place. */
export interface Field<Value, Spec extends object = object> {
  /** It cannot be changed in place: a difference replaces the resource. Where it is not set at all (a detached gateway), `update` sets it. */
  readonly immutable?: true;
  /**
   * The provider allows the values of all such fields together only once, such as a name. Where a replacement leaves all of them as they
   * are, the old resource is deleted before the new one is created; otherwise, and with no such field, the new one is created first.
   */
  readonly unique?: true;
  /** Hashed in the state, hidden in plans and errors. */
  readonly secret?: true;
  /** Another owner changes it later: drift is ignored, and only an edit changes it. A function says whether the observed may be that owner's. */
  readonly ignoreDrift?: true | ((observed: Value, spec: Seen<Spec>) => boolean);
  /** It is set once, at the create, and never compared again: what exists keeps its own value, which the plan shows. */
  readonly ignoreChanges?: true;
  /**
   * A record that is compared key by key: keys that Fairlead never wrote are unmanaged and stay, as in `tags` always. `provider-filled`
   * where the provider adds keys by itself, which are no one's doing and not shown.
   */
  readonly keyed?: true | "provider-filled";
  /** The provider takes it and never tells it again: compared with what was applied last. */
  readonly writeOnly?: true;
  /** Whether both are the same, where that is not deep equality. `spec` is all that is desired, as far as it is known. */
  same?(desired: Value, observed: Value, spec: Seen<Spec>): boolean;
  /**
   * Where the desired state fixes bounds only, such as a count that an autoscaler moves: the value that an update would set where the
   * provider has `observed`. It is what the plan shows, what `update` is given, and what counts as a difference.
   */
  planned?(desired: Value, observed: Value): Value;
}

/** What is to be known of an attribute. */
export interface AttributeFacts<Spec extends object> {
  /** Left out of the state, and may be empty: not every resource has one. */
  readonly secret?: true;
  /** Others have the same value: it tells nobody which resource a setting is about. */
  readonly shared?: true;
  /** An update in place of one of these fields changes it: a plan calls it known after apply. */
  readonly changesWith?: readonly (keyof Spec & string)[];
}

/** One resource as it is planned. */
export interface Planned<Spec extends object, Attrs extends object> {
  readonly id: string;
  readonly action: "create" | "update" | "replace" | "adopt" | "delete" | "noop";
  readonly order: "create-first" | "delete-first" | undefined;
  /** What is desired; a value that only the apply can tell is a `KnownAfterApply`. `undefined` for a delete. */
  readonly spec: Seen<Spec> | undefined;
  readonly observed: Observed<Spec, Attrs> | undefined;
  /** The top-level fields that differ. */
  readonly changed: ReadonlySet<string>;
}

/** A time during which requests are not answered. */
export interface Interruption {
  /** About how long, in seconds. */
  readonly seconds: number;
  /** Whose requests, and why: the end of a sentence after a colon. */
  readonly why: string;
}

/** What `observe` is given to find a resource with. */
export interface Look<Spec extends object> {
  /** The resource's id in the stack, such as `network/vpc`. */
  readonly id: string;
  /** The owner mark of the resource if it is ours. */
  readonly owner: string;
  /** That mark as an earlier version wrote it, which tells less. */
  readonly formerOwner?: string | undefined;
  /** What the state file records: the provider's id. */
  readonly knownId: string | undefined;
  /** The attributes that the state file records of a resource whose create was completed, also where its delete has begun. */
  readonly knownAttrs?: Readonly<Record<string, unknown>> | undefined;
  /** Ids of earlier generations that a replacement has still to delete: they have the same owner mark and are never the answer. */
  readonly excludeIds: readonly string[];
  /** Where lists lag behind deletes: the known id is to be asked for itself, because it comes from such a list. */
  readonly direct?: true | undefined;
  /** A poll, which asks for `ready` and `status` alone: fields of the spec and the owner that take a call of their own may be left out. */
  readonly brief?: boolean | undefined;
  /** It is recorded as created, and its parts may be asked for by what is recorded, beside the read that tells whether it is there. */
  readonly expected?: true | undefined;
  /** It is recorded and will be deleted: fields of the spec that `delete` does not need may be left out where they take a call of their own. */
  readonly toDelete?: true | undefined;
  /** What was applied last, or else what is desired, as far as it is known: for finding by name. */
  readonly spec: Seen<Spec>;
  /** Reads shared by all resources that are observed together. */
  readonly snapshot: Snapshot;
}

/** What a provider says of one resource. */
export interface Observed<Spec extends object, Attrs extends object> {
  /** The provider's id of the resource: an id, an ARN or a name, whichever `observe` finds it by. */
  readonly id: string;
  /** The spec as the provider has it now, canonical; a field that is `undefined` is not set there. */
  readonly spec: Seen<Spec>;
  readonly attrs: Attrs;
  /** The owner mark found on the resource; `undefined` when it has none. */
  readonly owner: string | undefined;
  /** The part of the provider that created it for the stack; omit for what Fairlead, or a person, created. */
  readonly madeBy?: string | undefined;
  /** Whether it can be used now. */
  readonly ready: boolean;
  /** The provider's own status, shown while waiting: `provisioning`, `InProgress`. */
  readonly status?: string | undefined;
  /** For how many seconds the state that it is in may last, where that can be longer than `timing` lets expect. */
  readonly within?: number | undefined;
  /** Keys of keyed fields that are the stack's own doing by what they say, also where no state tells of them: by field. */
  readonly own?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The provider's handles for `update` and `delete`, such as an ETag: never compared, recorded or shown, and possibly outdated by then. */
  readonly handles?: Readonly<Record<string, string>> | undefined;
  /** Set when it is being deleted and will disappear by itself. */
  readonly leaving?: true | undefined;
  /** Set when it is not ready and stays so until an update: an interrupted delete has taken it apart. Reads after that update may still say so. */
  readonly idle?: true | undefined;
  /** Set when waiting is useless until something is changed: the provider's own reason. A wait ends with it at once. */
  readonly stuck?: string | undefined;
  /** Set when an update cannot succeed until something else is changed: a sentence that says what to do. It blocks the plan. */
  readonly blocked?: string | undefined;
  /** Set when it can never become ready: the provider's own reason. The engine replaces such a resource. */
  readonly failed?: string | undefined;
  /** Set if it is shared with others and never deleted, but only leaves the state: a sentence with the command that deletes it by hand. */
  readonly stays?: string | undefined;
  /** What others put on it that is not part of the spec and stays, in a few words each: `schedule night (cron)`. A plan shows it. */
  readonly unmanaged?: readonly string[] | undefined;
  /** Settings that are no part of the spec, that every create and update sets the same, and that are otherwise now: drift. */
  readonly drifted?: readonly Drifted[] | undefined;
}

/** A setting that is not declared and always set the same, and was changed outside Fairlead. */
export interface Drifted {
  /** The field of the spec whose update sets it again. */
  readonly field: string;
  /** Where, as a plan shows it: `environment.type`. */
  readonly path: string;
  readonly old: unknown;
  /** What an update sets; `undefined` where it goes. */
  readonly new: unknown;
}

/** The owner marks of one stack. The engine compares marks and never takes one apart. */
export interface Owner {
  /** The mark of resource `id` of this stack. */
  of(id: string): string;
  /** The resource of this stack that a mark is of; `undefined` for the mark of another. */
  idOf(mark: string): string | undefined;
  /** Both for owner marks as an earlier version wrote them. They are less specific, so they alone prove nothing. */
  formerOf?(id: string): string;
  formerly?(mark: string): string | undefined;
}

/** One resource that the stack owns. */
export interface Owned {
  /** The provider's id, as `observe` takes and answers it. */
  readonly id: string;
  /** The owner mark found on it; `undefined` when it has none. */
  readonly owner: string | undefined;
}

/** A spec as it was observed: any field may be missing there. */
export type Seen<Spec> = { readonly [F in keyof Spec]?: Spec[F] | undefined };

/** What a create returns: enough for other resources to refer to it. An attribute missing from the response is the empty string. */
export interface Created<Attrs extends object> {
  readonly id: string;
  readonly attrs: Attrs;
}

/** Another owner is changing the resource: the engine waits and calls `update` again. The message says, as a sentence, what is waited for. */
export class Busy extends Error {
  override readonly name = "Busy";
}

/** A create, update or delete whose call may or may not have been carried out: only another read can tell. */
export class UncertainAnswer extends Error {
  override readonly name = "UncertainAnswer";
}

/** Any kind, for code that treats all kinds alike. */
// oxlint-disable-next-line typescript/no-explicit-any -- a kind's Spec is both read and written, so no narrower type holds all kinds
export type AnyKind<Services> = ResourceKind<any, any, Services>;

/** Any observed resource. */
export type AnyObserved = Observed<Record<string, unknown>, Record<string, unknown>>;
