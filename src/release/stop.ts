import { StopPipelineExecutionCommand, type PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { hasCode } from "../aws/errors.ts";
import { endingOf } from "./ending.ts";
import type { Ending, ReleaseEvent } from "./events.ts";
import { actionsOf, executionOf, executionsOf, type Action } from "./executions.ts";
import { deploymentOf, latestRevisions, registeredBy, revisionIn, serviceOf } from "./revision.ts";
import { Rollouts } from "./rollouts.ts";
import { deploymentTo, rollBackDeployment, serviceDeploymentOf } from "./service-deployment.ts";
import { isDeployOf, type ServiceRef } from "./service-ref.ts";

/** There is no such release, or it has ended in a way that leaves nothing to stop. */
export class NothingToStop extends Error {
  override readonly name = "NothingToStop";
}

/** A release that is to be stopped. */
export interface Stoppable {
  readonly executionId: string;
  readonly ending: Ending | "running";
  /** What it does; `undefined` where it waits between two stages, or has ended. */
  readonly action: Action | undefined;
}

/** What became of the deployment of a release that was stopped, and what the service runs now. */
export interface Stopped {
  readonly ending: Ending;
  /** `none`: it had not begun. `completed`: ECS was through with it before it could be stopped. */
  readonly deployment: "none" | "rolled-back" | "completed" | "failed";
  /** Why it failed, in ECS's words. */
  readonly why: string | undefined;
  /** `family:revision`. */
  readonly runs: string | undefined;
}

/** How a release is to be stopped. */
export interface Stopping {
  /** Written down beside it, where CodePipeline shows it. */
  readonly reason: string;
  /** Lets the action that is in progress come to its end, instead of abandoning it. */
  readonly finish: boolean;
  readonly signal?: AbortSignal;
  /** The services that the release may deploy; if omitted: the one of the reference. */
  readonly refs?: readonly ServiceRef[];
  /** Does what changes what AWS runs, while nothing else does. */
  readonly changing: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Executions among which the one that is meant is looked for. */
const LOOKED_THROUGH = 100;
/** What CodePipeline accepts of a reason (API reference, StopPipelineExecution). */
const LONGEST = 200;
/** Milliseconds between two looks, and how long ECS may take to go back. */
const PAUSE = 2_000;
const PATIENCE = 1_800_000;
/** Revisions among which the one that a release registered is looked for. */
const RECENT_REVISIONS = 5;
/** For so long after CodePipeline has let go of a deploy action, a deployment that it had already asked for may still begin. */
const STRAGGLING = 20_000;

/** The release that an execution's id, or its beginning, means. Throws `NothingToStop` where there is none. */
export async function stoppable(ref: ServiceRef, wanted: string): Promise<Stoppable> {
  const runs = await executionsOf(ref, LOOKED_THROUGH);
  const meant = runs.filter(
    ({ pipelineExecutionId: id }) => id === wanted || (wanted.length >= 4 && id?.startsWith(wanted)),
  );
  const [run, other] = meant;
  const executionId = run?.pipelineExecutionId;
  if (!run || executionId === undefined)
    throw new NothingToStop(
      `Pipeline ${ref.names.pipeline} has no release ${wanted} among its latest ${LOOKED_THROUGH}. ${running(runs)}`,
    );
  if (other)
    throw new NothingToStop(
      `${wanted} is ambiguous: it matches ${executionId} and ${other.pipelineExecutionId}. Enter more of the id.`,
    );
  const actions = await actionsOf(ref, executionId);
  const action = actions.findLast(({ status }) => status === "InProgress");
  return { executionId, ending: endingOf(run.status, actions), action };
}

/** The releases that are in progress, in a sentence. */
function running(runs: readonly PipelineExecutionSummary[]): string {
  const ids = runs.filter(({ status }) => status === "InProgress").map(({ pipelineExecutionId: id }) => id);
  return ids.length === 0 ? "No release is in progress." : `In progress: ${ids.join(", ")}.`;
}

/**
 * Stops a release, and rolls its deployment back where that has begun: CodePipeline lets go of an action and ECS goes on with what it was
 * told (CodePipeline user guide, "Stop a pipeline execution"). Whoever dies in between does the rest by doing it again.
 */
export async function stopRelease(
  ref: ServiceRef,
  { executionId }: Stoppable,
  stopping: Stopping,
  tell: (event: ReleaseEvent) => void,
): Promise<Stopped> {
  await stopping.changing(() => askToStop(ref, executionId, stopping));
  const ending = await ended(ref, executionId, tell, stopping.signal);
  const actions = await actionsOf(ref, executionId);
  const { refs = [ref] } = stopping;
  const found: Pick<Stopped, "deployment" | "why">[] = [];
  for (const one of ending === "live" ? [] : refs) {
    const deploy = actions.findLast((action) => isDeployOf(one, action));
    if (deploy) found.push(await takeBack(one, deploy, tell, stopping));
  }
  const services = await Promise.all(refs.map(serviceOf));
  const runs = services.flatMap((service) => service?.taskDefinition ?? []).map(revisionIn);
  // The worst that became of one of them.
  const worst = SEVERITY.flatMap((deployment) => found.find((one) => one.deployment === deployment) ?? [])[0];
  return {
    ending,
    deployment: worst?.deployment ?? (ending === "live" ? "completed" : "none"),
    why: worst?.why,
    runs: runs.length === 0 ? undefined : runs.join(", "),
  };
}

const SEVERITY = ["failed", "completed", "rolled-back", "none"] as const;

async function askToStop(ref: ServiceRef, pipelineExecutionId: string, { finish, reason }: Stopping): Promise<void> {
  const command = new StopPipelineExecutionCommand({
    pipelineName: ref.names.pipeline,
    pipelineExecutionId,
    abandon: !finish,
    reason: reason.slice(0, LONGEST),
  });
  try {
    // "The pipeline is busy handling ongoing activities. Try again later" (API reference).
    await ref.aws.codePipeline(command, { notYet: [{ code: "ConflictException", budget: 60 }] });
  } catch (error) {
    // It has ended, or is stopping already: what it comes to is looked up.
    if (!hasCode(error, "PipelineExecutionNotStoppableException", "DuplicatedStopRequestException")) throw error;
  }
}

/** Waits until the execution is over. */
async function ended(
  ref: ServiceRef,
  executionId: string,
  tell: (event: ReleaseEvent) => void,
  signal: AbortSignal | undefined,
): Promise<Ending> {
  for (let told = ""; ;) {
    const { status = "" } = await executionOf(ref, executionId);
    const ending = endingOf(status, await actionsOf(ref, executionId));
    if (ending !== "running") return ending;
    if (status !== told) tell({ event: "stage", stage: "Release", status, at: ref.clock.now() });
    told = status;
    await ref.clock.sleep(PAUSE, signal);
  }
}

/** Rolls back what a deploy action has begun. */
async function takeBack(
  ref: ServiceRef,
  deploy: Action,
  tell: (event: ReleaseEvent) => void,
  { changing, signal }: Stopping,
): Promise<Pick<Stopped, "deployment" | "why">> {
  const { clock } = ref;
  const revision = await registered(ref, deploy, signal);
  const arn = revision === undefined ? undefined : await deploymentTo(ref, revision, deploy.startedAt);
  if (arn === undefined) return { deployment: "none", why: undefined };
  const rollouts = new Rollouts(ref, tell);
  for (const since = clock.now(); ; await clock.sleep(PAUSE, signal)) {
    const now = await serviceDeploymentOf(ref, arn);
    const end = now && endOf(now, revisionIn((await serviceOf(ref))?.taskDefinition) === revision);
    if (end) return end;
    if (clock.now() - since > PATIENCE) return { deployment: "failed", why: now?.statusReason };
    if (now?.status === "PENDING" || now?.status === "IN_PROGRESS") {
      const refused = await changing(() => rollBackDeployment(ref, arn));
      if (refused !== undefined) return { deployment: "failed", why: refused };
    }
    await rollouts.look({ ...deploy, startedAt: since });
  }
}

/** What a service deployment came to; `undefined` while it is in progress. */
function endOf(
  { status, statusReason }: ServiceDeployment,
  isCurrent: boolean,
): Pick<Stopped, "deployment" | "why"> | undefined {
  switch (status) {
    case "ROLLBACK_SUCCESSFUL":
      return { deployment: "rolled-back", why: undefined };
    // Where another has taken its place nothing of it runs.
    case "SUCCESSFUL":
      return { deployment: isCurrent ? "completed" : "none", why: undefined };
    case "STOPPED":
      return isCurrent ? { deployment: "failed", why: statusReason } : { deployment: "none", why: undefined };
    case "ROLLBACK_FAILED":
      return { deployment: "failed", why: statusReason };
    default:
      return undefined;
  }
}

/**
 * `family:revision` that the action has registered and deployed: one that it had asked for may begin a moment after the action was abandoned,
 * and one that fails is out of the service's list before ECS has gone back.
 */
async function registered(
  ref: ServiceRef,
  deploy: Action,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { clock } = ref;
  const until = deploy.updatedAt + STRAGGLING;
  for (const since = clock.now(); ; await clock.sleep(PAUSE, signal)) {
    const own = deploymentOf(await serviceOf(ref), deploy);
    // One that began later is another's.
    if (own && (own.createdAt?.getTime() ?? 0) <= until) return revisionIn(own.taskDefinition);
    const revisions = await latestRevisions(ref, RECENT_REVISIONS);
    const revision = registeredBy({ ...deploy, status: "Abandoned", updatedAt: until }, undefined, revisions);
    if (revision !== undefined || own || clock.now() - since >= STRAGGLING) return revision;
  }
}
