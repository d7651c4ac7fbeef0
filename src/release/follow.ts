import type { PipelineExecution } from "@aws-sdk/client-codepipeline";
import { approve, approvalOf, NothingWaits } from "./approval.ts";
import { BuildLog } from "./build-log.ts";
import { endingOf, stopReason, whyOf } from "./ending.ts";
import type { ApprovalSubject, Ending, ReleaseEvent } from "./events.ts";
import { actionsOf, executionOf, type Action } from "./executions.ts";
import { builtImage } from "./image.ts";
import { Rollouts } from "./rollouts.ts";
import type { Site } from "./site.ts";

/** How a release is to be followed. */
export interface Following {
  /** Ends the following, and leaves the release as it is. */
  readonly signal?: AbortSignal;
  /** Asked once for each approval; with no answer, somebody else's is waited for. */
  readonly onApproval?: (subject: ApprovalSubject) => Promise<"Approved" | "Rejected" | undefined>;
}

/** How a release that was followed ended. */
export interface Followed {
  readonly ending: Ending;
  /** Why, where it is not live: AWS's own words. */
  readonly why: string | undefined;
  /** `family:revision` that the release registered, where it came so far. */
  readonly revision: string | undefined;
}

type End = Omit<Followed, "revision">;

/** Milliseconds between two looks: the first, and the longest while something moves and while an answer is awaited. */
const FIRST = 500;
const MOVING = 2_000;
const AWAITED = 5_000;
/** How long ECS may take to be through with a deployment that the pipeline calls a success. */
const SETTLING = 600_000;

/** Follows an execution of the pipeline to its end, and tells each thing that happens once. */
export function follow(
  site: Site,
  executionId: string,
  tell: (event: ReleaseEvent) => void,
  options: Following = {},
): Promise<Followed> {
  return new Follower(site, executionId, tell, options).run();
}

class Follower {
  readonly #site: Site;
  readonly #id: string;
  readonly #options: Following;
  readonly #tell: (event: ReleaseEvent) => void;
  readonly #stages = new Map<string, string>();
  readonly #logs = new Map<string, BuildLog>();
  readonly #approvals = new Set<string>();
  readonly #rollouts: Rollouts;
  /** Something was told since the last look. */
  #moved = false;
  #awaited = false;
  /** Is asking, and what came of it where that is an error. */
  #asking: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;
  #succeededAt: number | undefined;

  constructor(site: Site, id: string, tell: (event: ReleaseEvent) => void, options: Following) {
    this.#site = site;
    this.#id = id;
    this.#options = options;
    this.#tell = (event) => {
      this.#moved = true;
      tell(event);
    };
    this.#rollouts = new Rollouts(site, this.#tell);
  }

  async run(): Promise<Followed> {
    const { clock } = this.#site;
    const { signal } = this.#options;
    signal?.throwIfAborted();
    this.#tell({ event: "found", executionId: this.#id, at: clock.now() });
    for (let wait = FIRST; ;) {
      const ended = await this.#look();
      signal?.throwIfAborted();
      if (ended) {
        await this.#readOn();
        this.#tell({ event: "ended", ...ended, at: clock.now() });
        return { ...ended, revision: this.#rollouts.revision };
      }
      wait = this.#moved ? FIRST : Math.min(this.#awaited ? AWAITED : MOVING, wait * 1.5);
      this.#moved = false;
      const asking = this.#asking;
      await (asking ? Promise.race([clock.sleep(wait, signal), asking]) : clock.sleep(wait, signal));
      if (this.#failed) throw this.#failed.error;
    }
  }

  async #look(): Promise<End | undefined> {
    // The execution first: once that is over, what its actions say is the last word.
    const execution = await executionOf(this.#site, this.#id);
    const actions = await actionsOf(this.#site, this.#id);
    this.#awaited = false;
    for (const action of actions) {
      if (action.status === "InProgress") this.#tellStage(action);
      await this.#watch(action, actions);
      this.#tellStage(action);
    }
    return this.#endOf(execution, actions);
  }

  #tellStage({ stage, status, startedAt, updatedAt }: Action): void {
    if (this.#stages.get(stage) === status) return;
    this.#stages.set(stage, status);
    this.#tell({ event: "stage", stage, status, at: status === "InProgress" ? startedAt : updatedAt });
  }

  async #watch(action: Action, actions: readonly Action[]): Promise<void> {
    const { category, status, externalId } = action;
    if (category === "Build" && externalId !== undefined) {
      const log = this.#logs.get(externalId) ?? new BuildLog(this.#site, externalId);
      this.#logs.set(externalId, log);
      await log.read(status !== "InProgress", this.#tell);
    }
    if (category === "Approval" && status === "InProgress") await this.#await(action, actions);
    if (category === "Deploy") await this.#rollouts.look(action);
  }

  async #await({ stage, name, startedAt }: Action, actions: readonly Action[]): Promise<void> {
    this.#awaited = true;
    const key = `${stage}/${name}/${startedAt}`;
    if (this.#approvals.has(key)) return;
    const subject = await approvalOf(this.#site, this.#id, actions);
    // The answer may have come between the two looks.
    if (!subject) return;
    this.#approvals.add(key);
    this.#tell({ event: "approval", subject, at: subject.since });
    const { onApproval } = this.#options;
    if (onApproval) this.#asking = this.#ask(subject, onApproval);
  }

  async #ask(subject: ApprovalSubject, onApproval: NonNullable<Following["onApproval"]>): Promise<void> {
    try {
      const answer = await onApproval(subject);
      if (answer !== undefined) await approve(this.#site, { approved: answer === "Approved", reason: "", subject });
    } catch (error) {
      // Somebody else was faster, and what they said is what counts.
      if (!(error instanceof NothingWaits)) this.#failed = { error };
    } finally {
      this.#asking = undefined;
    }
  }

  async #endOf({ status, statusSummary }: PipelineExecution, actions: readonly Action[]): Promise<End | undefined> {
    const ending = endingOf(status, actions);
    const deploy = actions.findLast(({ category }) => category === "Deploy");
    if (ending === "running") {
      const why = deploy?.status === "InProgress" ? this.#rollouts.failure : undefined;
      return why === undefined ? undefined : { ending: "failed", why };
    }
    if (ending === "live") return deploy ? this.#outcome(deploy, actions) : { ending, why: undefined };
    if (ending === "failed" || ending === "rejected") return { ending, why: whyOf(actions) ?? statusSummary };
    return { ending, why: statusSummary ?? (await stopReason(this.#site, this.#id)) };
  }

  /** What a success of the pipeline comes to: ECS may have gone back to an earlier revision, or may still do so. */
  async #outcome(deploy: Action, actions: readonly Action[]): Promise<End | undefined> {
    const { clock } = this.#site;
    this.#succeededAt ??= clock.now();
    const { live, settled, why } = await this.#rollouts.outcome(deploy, () => builtImage(this.#site, actions));
    if (!live) return { ending: "failed", why };
    if (settled || clock.now() - this.#succeededAt >= SETTLING) return { ending: "live", why };
    const { failure } = this.#rollouts;
    return failure === undefined ? undefined : { ending: "failed", why: failure };
  }

  /** Reads what a build's log still has to come. */
  async #readOn(): Promise<void> {
    for (const log of this.#logs.values())
      while (!log.isRead) {
        await log.read(true, this.#tell);
        if (!log.isRead) await this.#site.clock.sleep(1_000, this.#options.signal);
      }
  }
}
