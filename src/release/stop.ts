import { StopPipelineExecutionCommand, type PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { hasCode } from "../aws/errors.ts";
import { endingOf } from "./ending.ts";
import type { Ending, ReleaseEvent } from "./events.ts";
import { actionsOf, executionOf, executionsOf } from "./executions.ts";
import type { Action } from "./action.ts";
import { deploymentOf, latestRevisions, registeredBy, revisionIn, serviceOf } from "./revision.ts";
import { Rollouts } from "./rollouts.ts";
import { deploymentTo, rollBackDeployment, serviceDeploymentOf } from "./service-deployment.ts";
import { isDeployOf, type ServiceRef } from "./service-ref.ts";

/** There is no such release, or it has ended and there is nothing to stop. */
export class NothingToStop extends Error {
  override readonly name = "NothingToStop";
}

/** A release to stop. */
export interface Stoppable {
  readonly executionId: string;
  readonly ending: Ending | "running";
  /** Its current action; `undefined` if it waits between two stages, or has ended. */
  readonly action: Action | undefined;
}

/** The result of stopping a release: the fate of its deployment, and what the service runs now. */
export interface Stopped {
  readonly ending: Ending;
  /** `none`: it had not started. `completed`: ECS finished it before it could be stopped. */
  readonly deployment: "none" | "rolled-back" | "completed" | "failed";
  /** Why it failed, in ECS's words. */
  readonly why: string | undefined;
  /** `family:revision`. */
  readonly runs: string | undefined;
}

/** Options for stopping a release. */
export interface Stopping {
  /** The stop reason, shown by CodePipeline. */
  readonly reason: string;
  /** Lets the action in progress finish instead of abandoning it. */
  readonly finish: boolean;
  readonly signal?: AbortSignal;
  /** The services that the release may deploy; if omitted, the one of the reference. */
  readonly refs?: readonly ServiceRef[];
  /** Wraps calls that change what AWS runs, under the lock. */
  readonly changing: <T>(work: () => Promise<T>) => Promise<T>;
}

/** How many executions are searched for the requested one. */
const LOOKED_THROUGH = 100;
/** The maximum length of a reason (API reference, StopPipelineExecution). */
const LONGEST = 200;
/** Poll interval, and how long ECS may take to roll back, in milliseconds. */
const PAUSE = 2_000;
const PATIENCE = 1_800_000;
/** How many revisions are searched for the one that a release registered. */
const RECENT_REVISIONS = 5;
/** How long after CodePipeline abandoned a deploy action its deployment may still start, in milliseconds. */
const STRAGGLING = 20_000;

/** The release with this execution id or id prefix. Throws `NothingToStop` if there is none. */
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

/** The releases in progress, in a sentence. */
function running(runs: readonly PipelineExecutionSummary[]): string {
  const ids = runs.filter(({ status }) => status === "InProgress").map(({ pipelineExecutionId: id }) => id);
  return ids.length === 0 ? "No release is in progress." : `In progress: ${ids.join(", ")}.`;
}

/**
 * Stops a release, and rolls back its deployment if that has started: CodePipeline abandons an action, but ECS continues its deployment
 * (CodePipeline user guide, "Stop a pipeline execution"). If interrupted, running it again completes it.
 */
export async function stopRelease(
  ref: ServiceRef,
  { executionId }: Stoppable,
  stopping: Stopping,
  tell: (event: ReleaseEvent) => void,
): Promise<Stopped> {
  await stopping.changing(() => requestStop(ref, executionId, stopping));
  const ending = await ended(ref, executionId, tell, stopping.signal);
  const actions = await actionsOf(ref, executionId);
  const { refs = [ref] } = stopping;
  const found: Pick<Stopped, "deployment" | "why">[] = [];
  for (const one of ending === "live" ? [] : refs) {
    const deploy = actions.findLast((action) => isDeployOf(one, action));
    if (deploy) found.push(await rollBack(one, deploy, tell, stopping));
  }
  const services = await Promise.all(refs.map(serviceOf));
  const runs = services.flatMap((service) => service?.taskDefinition ?? []).map(revisionIn);
  // The worst result among the services.
  const worst = SEVERITY.flatMap((deployment) => found.find((one) => one.deployment === deployment) ?? [])[0];
  return {
    ending,
    deployment: worst?.deployment ?? (ending === "live" ? "completed" : "none"),
    why: worst?.why,
    runs: runs.length === 0 ? undefined : runs.join(", "),
  };
}

const SEVERITY = ["failed", "completed", "rolled-back", "none"] as const;

async function requestStop(ref: ServiceRef, pipelineExecutionId: string, { finish, reason }: Stopping): Promise<void> {
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
    // It has ended, or is already stopping: the result is read afterwards.
    if (!hasCode(error, "PipelineExecutionNotStoppableException", "DuplicatedStopRequestException")) throw error;
  }
}

/** Waits until the execution has ended. */
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

/** Rolls back the deployment that a deploy action has started. */
async function rollBack(
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

/** The result of a service deployment; `undefined` while it is in progress. */
function endOf(
  { status, statusReason }: ServiceDeployment,
  isCurrent: boolean,
): Pick<Stopped, "deployment" | "why"> | undefined {
  switch (status) {
    case "ROLLBACK_SUCCESSFUL":
      return { deployment: "rolled-back", why: undefined };
    // If another deployment has replaced it, none of its tasks run.
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
 * `family:revision` that the action has registered and deployed: a requested deployment may start a moment after the action was abandoned,
 * and a failed one disappears from the service's list before ECS has rolled back.
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
    // A deployment that started later does not belong to this action.
    if (own && (own.createdAt?.getTime() ?? 0) <= until) return revisionIn(own.taskDefinition);
    const revisions = await latestRevisions(ref, RECENT_REVISIONS);
    const revision = registeredBy({ ...deploy, status: "Abandoned", updatedAt: until }, undefined, revisions);
    if (revision !== undefined || own || clock.now() - since >= STRAGGLING) return revision;
  }
}
