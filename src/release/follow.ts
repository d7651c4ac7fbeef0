import type { PipelineExecution } from "@aws-sdk/client-codepipeline";
import { approve, approvalOf, NoPendingApproval } from "./approval.ts";
import { BuildLog } from "./build-log.ts";
import { Deployments, type FollowedService } from "./deployments.ts";
import { endingOf, stopReason, whyOf } from "./ending.ts";
import type { ApprovalSubject, Ending, ReleaseEvent } from "./events.ts";
import { actionsOf, executionOf } from "./executions.ts";
import type { Action } from "./action.ts";
import { STEP, type ServiceRef } from "./service-ref.ts";
import { situationOf, waitOf, type Situation, type Wait } from "./situation.ts";
import { stopDuplicates } from "./duplicates.ts";

/** Options for following a release. */
export interface Following {
  /** Stops following; the release continues. */
  readonly signal?: AbortSignal;
  /** Called once per approval, and again after `again`; without an answer, an answer from elsewhere is awaited. */
  readonly onApproval?: (
    subject: ApprovalSubject,
    /** Aborted when the approval has been answered elsewhere. */
    answered: AbortSignal,
  ) => Promise<"Approved" | "Rejected" | "again" | undefined>;
  /** Polling pauses while the user is asked: the clock of a simulated AWS is stopped. */
  readonly asksAlone?: boolean;
  /** Called, and awaited, when the release waits for something other than its own approval. */
  readonly onWait?: (wait: Wait, situation: Situation) => Promise<void>;
  /** Wraps calls that change what AWS runs: approving starts a deployment. */
  readonly changing?: <T>(work: () => Promise<T>) => Promise<T>;
  /** The services that the release may deploy; if omitted, the one of the reference. */
  readonly refs?: readonly ServiceRef[];
}

/** How a release that was followed ended. */
export interface Followed {
  readonly ending: Ending;
  /** The reason if it is not live: AWS's message. */
  readonly why: string | undefined;
  /** `family:revision` that the release registered, if it got that far. */
  readonly revision: string | undefined;
  /** The services that it deployed, if the stack has several. */
  readonly services?: readonly FollowedService[];
}

type End = Omit<Followed, "revision" | "services">;

/** Poll intervals in milliseconds: the first, and the longest while there is progress and while an answer is awaited. */
const FIRST = 500;
const MOVING = 2_000;
const AWAITED = 5_000;
/** The longest interval while waiting for other releases, which take minutes, and people, who take hours. */
const BEHIND = 30_000;
/** How often, in milliseconds, to read the execution whatever its actions tell: they are another list, which may be behind. */
const REREAD = 60_000;
/** For how long after its start, and how often, to look for duplicate executions of a release's source version. */
const TWINS = 300_000;
const TWINS_PAUSE = 20_000;
/** Follows a pipeline execution to its end, and emits each event once. */
export function follow(
  ref: ServiceRef,
  executionId: string,
  tell: (event: ReleaseEvent) => void,
  options: Following = {},
): Promise<Followed> {
  return new Follower(ref, executionId, tell, options).run();
}

class Follower {
  readonly #ref: ServiceRef;
  readonly #id: string;
  readonly #options: Following;
  readonly #tell: (event: ReleaseEvent) => void;
  readonly #stages = new Map<string, string>();
  readonly #logs = new Map<string, BuildLog>();
  /** Those of them that are of steps of the release. */
  readonly #steps = new Set<BuildLog>();
  readonly #approvals = new Set<string>();
  readonly #deployments: Deployments;
  /** An event was emitted since the last poll. */
  #moved = false;
  /** When the execution was last read, if its actions told then that it goes on. */
  #underwayAt = Number.NEGATIVE_INFINITY;
  #awaited = false;
  #waiting = "";
  #twinsAt: number | undefined;
  #startedAt: number | undefined;
  #answered = new AbortController();
  /** The last approval that was emitted. */
  #told = "";
  /** The pending question to the user, and its error, if any. */
  #asking: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;

  constructor(ref: ServiceRef, id: string, tell: (event: ReleaseEvent) => void, options: Following) {
    this.#ref = ref;
    this.#id = id;
    this.#options = options;
    this.#tell = (event) => {
      this.#moved = true;
      tell(event);
    };
    this.#deployments = new Deployments(options.refs ?? [ref], this.#tell);
  }

  async run(): Promise<Followed> {
    const { clock } = this.#ref;
    const { signal } = this.#options;
    signal?.throwIfAborted();
    this.#tell({ event: "found", executionId: this.#id, at: clock.now() });
    for (let wait = FIRST; ;) {
      const ended = await this.#look();
      signal?.throwIfAborted();
      if (ended) {
        await this.#readOn();
        this.#tell({ event: "ended", ...ended, at: clock.now() });
        const { revision } = this.#deployments;
        return { ...ended, revision, ...(await this.#services()) };
      }
      const longest = this.#waiting === "" ? (this.#awaited ? AWAITED : MOVING) : BEHIND;
      wait = this.#moved ? FIRST : Math.min(longest, wait * 1.5);
      this.#moved = false;
      const asking = this.#asking;
      if (asking && this.#options.asksAlone) await asking;
      else await (asking ? Promise.race([clock.sleep(wait, signal), asking]) : clock.sleep(wait, signal));
      if (this.#failed) throw this.#failed.error;
    }
  }

  /** Of a step of a release its own lines are told, and not what CodeBuild says it runs. */
  readonly #tellOutput = (event: ReleaseEvent): void => {
    if (event.event !== "log") this.#tell(event);
    else if (!event.line.startsWith("[Container]")) this.#tell({ ...event, isStep: true });
  };

  async #services(): Promise<Pick<Followed, "services">> {
    if (!this.#deployments.areSeveral) return {};
    return { services: await this.#deployments.services(await actionsOf(this.#ref, this.#id)) };
  }

  async #look(): Promise<End | undefined> {
    const { execution, actions } = await this.#read();
    this.#awaited = false;
    for (const action of actions) {
      if (action.status === "InProgress") this.#tellStage(action, actions);
      await this.#watch(action, actions);
      this.#tellStage(action, actions);
    }
    if (!actions.some(({ category, status }) => category === "Approval" && status === "InProgress"))
      this.#answered.abort();
    const end = await this.#endOf(execution, actions);
    if (end) return end;
    await this.#stopDuplicates();
    const idle = actions.length > 0 && actions.every(({ status }) => status !== "InProgress");
    if (idle && !this.#moved) await this.#seeWait();
    else if (!idle) this.#waiting = "";
    return undefined;
  }

  /** The execution is left out where its actions tell that it goes on and it was read a moment ago: that is most of the time. */
  async #read(): Promise<{ readonly execution?: PipelineExecution; readonly actions: readonly Action[] }> {
    const now = this.#ref.clock.now();
    if (now - this.#underwayAt < REREAD) {
      const actions = await actionsOf(this.#ref, this.#id);
      if (isUnderway(actions)) return { actions };
    }
    // The execution first: once it has ended, its actions are final.
    const execution = await executionOf(this.#ref, this.#id);
    const actions = await actionsOf(this.#ref, this.#id);
    this.#underwayAt = isUnderway(actions) ? now : Number.NEGATIVE_INFINITY;
    return { execution, actions };
  }

  /** Between two stages: emits what it waits for, once. */
  async #seeWait(): Promise<void> {
    const situation = await situationOf(this.#ref);
    const wait = situation && waitOf(situation, this.#id);
    const key = wait ? JSON.stringify(wait) : "";
    const isNew = key !== this.#waiting;
    this.#waiting = key;
    if (!wait) return;
    if (isNew) this.#tell({ event: "waits", wait, situation, at: this.#ref.clock.now() });
    await this.#options.onWait?.(wait, situation);
  }

  /** Runs immediately, because a duplicate may be ahead of this release, and for as long as late events may arrive. */
  async #stopDuplicates(): Promise<void> {
    const { clock } = this.#ref;
    const now = clock.now();
    this.#startedAt ??= now;
    if (now - this.#startedAt > TWINS || now < (this.#twinsAt ?? now)) return;
    this.#twinsAt = now + TWINS_PAUSE;
    for (const executionId of await stopDuplicates(this.#ref, this.#id))
      this.#tell({ event: "twin", executionId, at: clock.now() });
  }

  #tellStage({ stage: where, name, category, status, startedAt, updatedAt }: Action, actions: readonly Action[]): void {
    // Parallel actions are reported by their own names.
    const isOne = category === STEP || actions.some((other) => other.stage === where && other.name !== name);
    const stage = isOne ? name : where;
    if (this.#stages.get(stage) === status) return;
    this.#stages.set(stage, status);
    this.#tell({ event: "stage", stage, status, at: status === "InProgress" ? startedAt : updatedAt });
  }

  async #watch(action: Action, actions: readonly Action[]): Promise<void> {
    const { category, status, externalId } = action;
    if ((category === "Build" || category === STEP) && externalId !== undefined) {
      const log = this.#logs.get(externalId) ?? new BuildLog(this.#ref, externalId);
      this.#logs.set(externalId, log);
      if (category === STEP) this.#steps.add(log);
      await log.read(status !== "InProgress", category === STEP ? this.#tellOutput : this.#tell);
    }
    if (category === "Approval" && status === "InProgress") await this.#await(action, actions);
    if (category === "Deploy") await this.#deployments.look(action, actions);
  }

  async #await({ stage, name, startedAt }: Action, actions: readonly Action[]): Promise<void> {
    this.#awaited = true;
    const key = `${stage}/${name}/${startedAt}`;
    if (this.#approvals.has(key)) return;
    const subject = await approvalOf(this.#ref, this.#id, actions);
    // The answer may have arrived between the two calls.
    if (!subject) return;
    this.#approvals.add(key);
    if (this.#told !== key) this.#tell({ event: "approval", subject, at: subject.since });
    this.#told = key;
    const { onApproval } = this.#options;
    if (!onApproval) return;
    this.#answered = new AbortController();
    this.#asking = this.#ask(key, subject, onApproval);
  }

  async #ask(key: string, subject: ApprovalSubject, onApproval: NonNullable<Following["onApproval"]>): Promise<void> {
    try {
      const answer = await onApproval(subject, this.#answered.signal);
      if (answer === "again") this.#approvals.delete(key);
      if (answer === undefined || answer === "again") return;
      const given = { approved: answer === "Approved", reason: "", subject };
      const { changing = (work) => work() } = this.#options;
      await changing(() => approve(this.#ref, given));
    } catch (error) {
      // The approval was answered elsewhere, and that answer counts.
      if (!(error instanceof NoPendingApproval)) this.#failed = { error };
    } finally {
      this.#asking = undefined;
    }
  }

  async #endOf(
    { status, statusSummary }: PipelineExecution = {},
    actions: readonly Action[],
  ): Promise<End | undefined> {
    const ending = endingOf(status, actions);
    if (ending === "running") {
      const why = this.#deployments.failure(actions);
      return why === undefined ? undefined : { ending: "failed", why };
    }
    if (ending === "live") return this.#deployments.outcome(actions);
    // The documentation is ambiguous about whether a stage fails before its other actions have ended (see the simulated pipeline): they are awaited.
    if (ending === "failed" && this.#deployments.goOn(actions)) return undefined;
    if (ending === "failed" || ending === "rejected") return { ending, why: whyOf(actions) ?? statusSummary };
    return { ending, why: statusSummary ?? (await stopReason(this.#ref, this.#id)) };
  }

  /** Reads the rest of the build logs. */
  async #readOn(): Promise<void> {
    for (const log of this.#logs.values())
      while (!log.isRead) {
        await log.read(true, this.#steps.has(log) ? this.#tellOutput : this.#tell);
        if (!log.isRead) await this.#ref.clock.sleep(1_000, this.#options.signal);
      }
  }
}

/**
 * Whether an execution with these actions goes on: it stays in a stage while actions of that are running, and one that is stopped without waiting for
 * them has abandoned them (CodePipeline User Guide, "Stop a pipeline execution in CodePipeline").
 */
const isUnderway = (actions: readonly Action[]) =>
  actions.some(({ status }) => status === "InProgress") &&
  actions.every(({ status }) => status === "InProgress" || status === "Succeeded");
