/** What the engine records between runs, and the interface of the store. */

/** A dependency as it was when the resource was created. */
export interface Need {
  /** The id of the resource that is depended on. */
  readonly to: string;
  /** Only orders creation; either may be deleted first. */
  readonly loose: boolean;
}

/** One generation of a resource. */
export interface Generation {
  /** The provider's id; absent while the response of a create is outstanding. */
  readonly id?: string;
  /** The client token of this generation. */
  readonly token: string;
  /** The last applied spec, with secrets hashed. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The attributes, without secrets. */
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly needs: readonly Need[];
}

/** One resource of the stack. */
export interface ResourceState extends Generation {
  /** The kind's type, such as `ec2/vpc`. */
  readonly type: string;
  /** `creating` is written to disk before the create call is sent; `created` when everything is done; `deleting` before the delete. */
  readonly status: "creating" | "created" | "deleting";
  /** Earlier generations that a replacement still has to delete. */
  readonly old?: readonly Generation[];
}

/** The whole state of one environment of one stack. */
export interface State {
  /** 1: Fairlead 0.1, which recorded name and environment only as one word. */
  readonly version: 1 | 2;
  /** Incremented by each write. */
  readonly serial: number;
  /** When a run last recorded something, ISO 8601, on the run's clock: reads may not show that yet. Versions before 0.2 did not record it. */
  readonly recordedAt?: string;
  /** `<name>-<environment>`. */
  readonly stack: string;
  /** The two separately, from version 2: `shop-dev` in `prod` is another stack than `shop` in `dev-prod`. */
  readonly name?: string;
  readonly environment?: string;
  readonly target: string;
  readonly account: string;
  readonly region: string;
  /**
   * From the first write of a new or restored state until a run has done everything that an inventory of all kinds called for: what an
   * earlier state recorded may be missing, so plans look for resources of every kind. A run that died keeps it.
   */
  readonly incomplete?: true;
  readonly resources: Readonly<Record<string, ResourceState>>;
}

/** Whether it records nothing: in a first run, and where it was lost. */
export const isEmpty = ({ resources }: Pick<State, "resources">): boolean => Object.keys(resources).length === 0;

/** Whether it may lack what an earlier one recorded. */
export const isIncomplete = (state: Pick<State, "resources" | "incomplete">): boolean =>
  state.incomplete === true || isEmpty(state);

/** The holder of a lock. */
export interface Holder {
  /** `user@host`, and the process's id on it. */
  readonly who: string;
  readonly pid: number;
  readonly host: string;
  /** The command that is running. */
  readonly verb: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
  /** When the holder last renewed the lock, for stores that cannot check its process. */
  readonly renewed?: string | undefined;
  /** Distinguishes its process from another one that reuses its id, see `ProcessMark`. */
  readonly process?: string | undefined;
  /** Distinguishes this holder from any other. */
  readonly token: string;
}

/**
 * Called with the holder of a lock that was taken over because that holder died, only by the process that took it over, even if a third one
 * has the lock in the end. It never throws.
 */
export type Died = (holder: Holder) => Promise<void>;

/** A state before a run changed it. */
export interface Backup {
  readonly serial: number;
  /** When it was copied, ISO 8601. */
  readonly when: string;
}

/** The outcome of one action of a run. */
export interface RunAction {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  readonly outcome: string;
  readonly ms: number;
  /** Milliseconds from the run's start to its own; missing if it was not started. Versions before 0.2 did not record it. */
  readonly from?: number | undefined;
  /** Milliseconds until its calls had returned, if it waited after that. */
  readonly callMs?: number | undefined;
  /** AWS's error if it failed, the reason if it was skipped. */
  readonly error?: string | undefined;
}

/** One action on the critical path of a run, in milliseconds after the run's start. */
export interface RunStep {
  readonly id: string;
  readonly action: string;
  readonly from: number;
  readonly to: number;
  readonly waitedFor: "call" | "ready" | "gone";
}

/** A run in the history. It contains no secrets. */
export interface Run {
  /** The number of the run, starting at 1. */
  readonly number: number;
  /** When it began, ISO 8601, on its own clock; for a run that died, when it acquired the lock. */
  readonly when: string;
  /** `user@host`. */
  readonly who: string;
  readonly verb: string;
  readonly target: string;
  /**
   * `partly`: some actions failed or were not started; `failed`: it ended before any action; `declined`: the user said no; `died`: it never
   * released its lock, and the process that removed the lock recorded whose run it was and since when.
   */
  readonly outcome: "done" | "partly" | "failed" | "declined" | "died";
  /** Why it ended early, or why its release failed. */
  readonly error?: string | undefined;
  /** The release that it was about: a pipeline execution's id. */
  readonly release?: string | undefined;
  /** The number of actions per outcome: `created`, `updated` and so on. */
  readonly summary: Readonly<Record<string, number>>;
  /** The actions; unchanged resources are omitted. */
  readonly actions: readonly RunAction[];
  /** The critical path, first action first. Versions before 0.2 did not record it. */
  readonly chain?: readonly RunStep[] | undefined;
  /** Attempted calls by operation: `ec2.CreateVpc`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Unknown for a run that died. */
  readonly seconds?: number | undefined;
}

/** Which of the two documents beside a state: a run holds the lock, a release is followed with or without it. */
export type ProgressOf = "run" | "release";

/** How far one action of a run is. Times are milliseconds of the run's clock after its start. */
export interface ActionProgress {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  /** `waiting`: its calls are made, and AWS is still busy with it. */
  readonly state: "pending" | "running" | "waiting" | "done" | "failed" | "skipped" | "stopped";
  readonly started?: number | undefined;
  /** When its calls had returned and the wait began. */
  readonly waited?: number | undefined;
  readonly ended?: number | undefined;
  /** What is waited for, and AWS's own word for how it is. */
  readonly waitsFor?: "ready" | "gone" | undefined;
  readonly status?: string | undefined;
  /** How many seconds that usually takes. */
  readonly usual?: number | undefined;
  /** What an update found and did otherwise than planned. */
  readonly note?: string | undefined;
  /** AWS's error if it failed, the reason if it was skipped. */
  readonly error?: string | undefined;
}

/** How far one stage of a release is. Times as in `ActionProgress`. */
export interface StageProgress {
  readonly stage: string;
  /** CodePipeline's own word, such as `InProgress`. */
  readonly status: string;
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
}

/** How far a run is. It contains only what the run's own terminal shows. */
export interface Progress {
  /** As `Run.when` of the history will have it. */
  readonly when: string;
  readonly target: string;
  readonly region: string;
  /** When its first action could start, ISO 8601, on this machine's clock: times of actions and stages are counted from there. */
  readonly startedAt: string;
  /** When this was written, on the same clock, and at which millisecond of the run that was. */
  readonly updatedAt: string;
  readonly elapsed: number;
  /** `virtual` on the local target: the run's milliseconds are not those of this machine's clock. */
  readonly clock: "virtual" | "real";
  readonly done: number;
  readonly all: number;
  /** Of the run's clock, if everything takes as long as it usually does; 0 if nothing is left that is usually waited for. */
  readonly secondsLeft: number;
  /** The call that last had to wait, and why: throttled, or retried. */
  readonly held?: string | undefined;
  /** Attempted calls so far, and how many of them repeated another one. */
  readonly calls: number;
  readonly retries: number;
  /** Of a run; empty for a release. */
  readonly actions: readonly ActionProgress[];
  /** Of a release; empty for a run. */
  readonly stages: readonly StageProgress[];
  /** The release that it is about: a pipeline execution's id. */
  readonly release?: string | undefined;
  /** What the release waits for: a sentence. */
  readonly waitsFor?: string | undefined;
}

/** The progress of a run as others read it. `token` is that of its lock; for a release, of this one following of it. */
export interface RunProgress extends Holder, Progress {
  readonly of: ProgressOf;
  /** Whether it is in progress: a run that died leaves its progress behind. */
  readonly isAlive: boolean;
}

/** Writes how far a run is, for others to see. None of it fails, and a run that does not call it goes on the same. */
export interface Reporting {
  /** The first write. With `beats`, it is repeated every minute, which shows that this process exists. */
  start(beats?: boolean): Promise<void>;
  /** There is something new to be written: now, or when the pause after the last write is over. */
  changed(): void;
  /**
   * Removes what was written, once a write in flight has ended: a later run may write at the same place. Of a run that holds its lock, the
   * removal may still be in progress when this resolves; the lock is released after it.
   */
  end(): Promise<void>;
}

/** A store for a state, its backups and its history. */
export interface StateStore {
  /** The location to show to users: a path, or an S3 address. */
  readonly where: string;
  /** The state, or `undefined` if there is none yet. Throws `StateError` if it cannot be trusted. */
  read(): Promise<State | undefined>;
  /**
   * Writes the state atomically; an empty state is removed. Before the first write of a run, the previous state is kept as a backup. Throws
   * `StateError` without writing if another process has written since the last read or write here.
   */
  write(state: State): Promise<void>;
  /** The same, replacing whatever exists, even a damaged state, which is kept beside the backups. */
  replace(state: State): Promise<void>;
  /**
   * This run will change the state that it read under its lock: begins to keep the backup that its first write makes, so that the write need not
   * wait for it. Never fails.
   */
  prepareWrite(): void;
  /** Acquires the lock, or throws `LockedError` with its holder. The returned function releases it. */
  lock(verb: string, died?: Died): Promise<() => Promise<void>>;
  /** Throws `LockedError` if the lock held here was taken away; does nothing if none is held. */
  check(): Promise<void>;
  /** The holder of the lock. Throws `LockedError` if it is held and the holder cannot be read. */
  holder(): Promise<Holder | undefined>;
  /** Removes the lock by force and returns its former holder: any, or only the holder of `token`. */
  unlock(token?: string): Promise<Holder | undefined>;
  /** The latest earlier states, the newest first. */
  backups(): Promise<Backup[]>;
  /** The backup with that serial. Throws `StateError` if it cannot be trusted. */
  readBackup(serial: number): Promise<State | undefined>;
  /** A run will be recorded in a while: begins what that needs, which never fails. */
  prepareRecord(): void;
  /** Adds a run to the history and returns its number. */
  record(run: Omit<Run, "number">): Promise<number>;
  /** The latest runs, the newest first. */
  runs(limit: number): Promise<Run[]>;
  /**
   * How far the run is that holds the lock, and without one the release that is followed; with `of`, only one of the two. `undefined` if there is
   * none, or if it died and is in the history. Throws nothing: what cannot be read is none.
   */
  progress(of?: ProgressOf): Promise<RunProgress | undefined>;
  /** Reports how far a run or a release is, which `now` answers at the moment of each write. */
  reporting(of: ProgressOf, verb: string, now: () => Progress): Reporting;
}

/** A state that cannot be used: damaged, of a newer version, of another account. Nothing was changed. */
export class StateError extends Error {
  override readonly name = "StateError";
}

/** Another process holds the lock. */
export class LockedError extends Error {
  override readonly name = "LockedError";
  readonly holder: Holder | undefined;
  constructor(message: string, holder?: Holder) {
    super(message);
    this.holder = holder;
  }
}
