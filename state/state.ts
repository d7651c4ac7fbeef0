/** What the engine remembers between runs, and the interface of the place where it is kept. */

/** An arrow of the graph as it was when the resource was made. */
export interface Need {
  /** The id of the resource that is needed. */
  readonly to: string;
  /** Orders creation only; either may be deleted first. */
  readonly loose: boolean;
}

/** One generation of a resource. */
export interface Generation {
  /** The provider's id; left out while a create is under way whose answer has not come. */
  readonly id?: string;
  /** The client token of this generation. */
  readonly token: string;
  /** What was applied last, secrets hashed. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The attributes, secrets left out. */
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly needs: readonly Need[];
}

/** One resource of the stack. */
export interface ResourceState extends Generation {
  /** The kind's type, such as `ec2/vpc`. */
  readonly type: string;
  /** `creating` is on disk before the create call leaves; `created` when all of it is done; `deleting` before the delete. */
  readonly status: "creating" | "created" | "deleting";
  /** Earlier generations that a replacement has still to delete. */
  readonly old?: readonly Generation[];
}

/** The whole state of one environment of one stack. */
export interface State {
  readonly version: 1;
  /** Counts the writes. */
  readonly serial: number;
  readonly stack: string;
  readonly target: string;
  readonly account: string;
  readonly region: string;
  readonly resources: Readonly<Record<string, ResourceState>>;
}

/** Who holds a lock. */
export interface Holder {
  /** `user@host`, and the process's id on it. */
  readonly who: string;
  readonly pid: number;
  readonly host: string;
  /** The verb that runs. */
  readonly verb: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
  /** Tells this holder from any other. */
  readonly token: string;
}

/** A place that keeps a state. */
export interface StateStore {
  /** Where it is, for people: a path. */
  readonly where: string;
  /** The state, or `undefined` where there is none yet. Throws `StateError` where it cannot be trusted. */
  read(): Promise<State | undefined>;
  /** Puts the state there, whole or not at all; an empty state is removed. */
  write(state: State): Promise<void>;
  /** Takes the lock, or throws `LockedError` with its holder. The answer gives it back. */
  lock(verb: string): Promise<() => Promise<void>>;
}

/** A state that cannot be used: corrupt, of a newer version, of another account. Nothing was changed. */
export class StateError extends Error {
  override readonly name = "StateError";
}

/** Somebody else holds the lock. */
export class LockedError extends Error {
  override readonly name = "LockedError";
  readonly holder: Holder | undefined;
  constructor(message: string, holder?: Holder) {
    super(message);
    this.holder = holder;
  }
}
