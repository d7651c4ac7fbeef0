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
  /** The provider's id; left out while a create is in progress whose answer has not come. */
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
  /** 1: of Fairlead 0.1, which told name and environment only as one word. */
  readonly version: 1 | 2;
  /** Counts the writes. */
  readonly serial: number;
  /** `<name>-<environment>`. */
  readonly stack: string;
  /** The two apart, from version 2 on: `shop-dev` in `prod` is another stack than `shop` in `dev-prod`. */
  readonly name?: string;
  readonly environment?: string;
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
  /** The command that runs. */
  readonly verb: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
  /** When the holder last said that it is still there, where the store cannot look at its process. */
  readonly renewed?: string | undefined;
  /** Tells its process from another one that has the same id by now, see `ProcessMark`. */
  readonly process?: string | undefined;
  /** Tells this holder from any other. */
  readonly token: string;
}

/**
 * Told of the holder of a lock that was taken over because that one died, by whoever did so, and by no one else: also where a third
 * one has the lock in the end. It never throws.
 */
export type Died = (holder: Holder) => Promise<void>;

/** A state as it was before a run changed it. */
export interface Backup {
  readonly serial: number;
  /** When it was copied, ISO 8601. */
  readonly when: string;
}

/** What became of one action of a run. */
export interface RunAction {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  readonly outcome: string;
  readonly ms: number;
  /** What AWS said where it failed, why not where it was skipped. */
  readonly error?: string | undefined;
}

/** One run, as the history tells it. Nothing in it is secret. */
export interface Run {
  /** Counts the runs of this state from 1. */
  readonly number: number;
  /** When it began, ISO 8601, on its own clock; of one that died, when it took the lock. */
  readonly when: string;
  /** `user@host`. */
  readonly who: string;
  readonly verb: string;
  readonly target: string;
  /**
   * `partly`: some actions failed or were not started; `failed`: it ended before any; `declined`: its user said no; `died`: it never
   * gave its lock back, and whoever took that away tells what it said: whose run it was, and since when.
   */
  readonly outcome: "done" | "partly" | "failed" | "declined" | "died";
  /** Why it ended early. */
  readonly error?: string | undefined;
  /** How many actions ended in which way: `created`, `updated` and so on. */
  readonly summary: Readonly<Record<string, number>>;
  /** What there was to do; resources that nothing was done to are left out. */
  readonly actions: readonly RunAction[];
  /** Attempts of calls by operation: `ec2.CreateVpc`. */
  readonly calls: Readonly<Record<string, number>>;
  /** No one knows how long one went on that died. */
  readonly seconds?: number | undefined;
}

/** A place that keeps a state, what it was before, and who changed it. */
export interface StateStore {
  /** Where it is, for people: a path, or an address in S3. */
  readonly where: string;
  /** The state, or `undefined` where there is none yet. Throws `StateError` where it cannot be trusted. */
  read(): Promise<State | undefined>;
  /**
   * Puts the state there, whole or not at all; an empty state is removed. Before the first write of a run, what was there is kept as
   * a backup. Throws `StateError`, and writes nothing, where someone else has written since it was last read or written here.
   */
  write(state: State): Promise<void>;
  /** The same in the place of whatever is there, also of a damaged state, which is kept beside the backups. */
  replace(state: State): Promise<void>;
  /** Takes the lock, or throws `LockedError` with its holder. The answer gives it back. */
  lock(verb: string, died?: Died): Promise<() => Promise<void>>;
  /** Throws `LockedError` where the lock that is held here was taken away; does nothing where none is held. */
  check(): Promise<void>;
  /** Who holds the lock. Throws `LockedError` where someone does and it cannot be read who. */
  holder(): Promise<Holder | undefined>;
  /** Takes the lock away by force and answers who held it: anyone, or only the holder of `token`. */
  unlock(token?: string): Promise<Holder | undefined>;
  /** The latest states before the present one, the newest first. */
  backups(): Promise<Backup[]>;
  /** The state of that serial as it was kept. Throws `StateError` where it cannot be trusted. */
  readBackup(serial: number): Promise<State | undefined>;
  /** Adds a run to the history, under the next number, which it answers. */
  record(run: Omit<Run, "number">): Promise<number>;
  /** The latest runs, the newest first. */
  runs(limit: number): Promise<Run[]>;
}

/** A state that cannot be used: corrupt, of a newer version, of another account. Nothing was changed. */
export class StateError extends Error {
  override readonly name = "StateError";
}

/** Someone else holds the lock. */
export class LockedError extends Error {
  override readonly name = "LockedError";
  readonly holder: Holder | undefined;
  constructor(message: string, holder?: Holder) {
    super(message);
    this.holder = holder;
  }
}
