import type { ActionDeclaration } from "@aws-sdk/client-codepipeline";
import { builds } from "../codebuild/records.ts";
import { assumable } from "../iam/trust.ts";
import { uuid } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { startBuilding } from "./building.ts";
import { isDeployed, startDeployment, type Deploy } from "./deploy.ts";
import { ActionFailure } from "./failure.ts";
import { artifactCalls, demand, sourceCalls } from "./permissions.ts";
import {
  declaredIn,
  executions,
  groupsOf,
  inputOf,
  pipelines,
  type SimAction,
  type SimArtifact,
  type SimExecution,
} from "./records.ts";
import { readSource } from "./source.ts";
import { tellOfAction, tellOfFailure } from "./telling.ts";

/** Milliseconds that a source action takes, and between polls of a build or a deployment. */
const SOURCE = 3_000;
const POLL = 10_000;
/** An approval waits for seven days. */
const APPROVAL = 7 * 86_400_000;
const NEVER = Number.POSITIVE_INFINITY;

const isRunning = ({ status }: SimExecution) => status === "InProgress" || status === "Stopping";

/** The actions that are in progress. */
export const currentActions = (execution: SimExecution): SimAction[] =>
  execution.actions.filter(({ status }) => status === "InProgress");

const waits = ({ waitingSince }: SimExecution) => waitingSince !== undefined;

/** Whether another run of the pipeline is in the stage that this one waits for. */
const isTaken = (sim: Sim, { id, pipeline, stage }: SimExecution) =>
  Object.values(executions(sim)).some(
    (other) =>
      other.id !== id && other.pipeline === pipeline && other.stage === stage && isRunning(other) && !waits(other),
  );

/** Whether the transition into the stage that it waits for is disabled, or was for too long. */
const isHeldBack = (sim: Sim, { pipeline, declaration, stage, isStranded = false }: SimExecution) =>
  isStranded || pipelines(sim)[pipeline]?.transitions?.[declaration.stages?.[stage]?.name ?? ""]?.enabled === false;

/** When a run next has something to do. */
export function nextOfRun(sim: Sim, execution: SimExecution): number {
  if (!isRunning(execution)) return NEVER;
  if (execution.stop?.at !== undefined) return execution.stop.at;
  if (execution.waitingSince !== undefined)
    return isTaken(sim, execution) || isHeldBack(sim, execution) ? NEVER : execution.waitingSince;
  return Math.min(...currentActions(execution).map(({ dueAt = NEVER }) => dueAt));
}

/** The runs that are not over, the latest first. */
const running = (sim: Sim) =>
  Object.values(executions(sim))
    .filter(isRunning)
    .toSorted((one, other) => other.number - one.number);

/** Does what is due at this moment in all runs, and what follows from it at the same moment. */
export function stepRuns(sim: Sim): void {
  const all = running(sim);
  for (let again = true; again;) {
    again = false;
    for (const execution of all) {
      if (nextOfRun(sim, execution) > sim.now) continue;
      step(sim, execution);
      again = true;
    }
    supersede(sim, all);
  }
}

/** Of runs that wait for the same stage only the latest goes on. `all`: the latest first. */
function supersede(sim: Sim, all: readonly SimExecution[]): void {
  const latest = new Set<string>();
  for (const execution of all) {
    if (execution.status !== "InProgress" || !waits(execution)) continue;
    const place = `${execution.pipeline} ${execution.stage}`;
    if (latest.has(place)) end(sim, execution, "Superseded");
    latest.add(place);
  }
}

function step(sim: Sim, execution: SimExecution): void {
  if (execution.stop?.at !== undefined) return end(sim, execution, "Stopped");
  if (waits(execution)) {
    delete execution.waitingSince;
    return begin(sim, execution);
  }
  for (const action of currentActions(execution))
    if ((action.dueAt ?? NEVER) <= sim.now) attempt(sim, execution, action, () => look(sim, execution, action));
}

/** Starts the actions that are due in the run, all at the same time. */
function begin(sim: Sim, execution: SimExecution): void {
  const group = groupsOf(execution.declaration, execution.stage)[execution.action] ?? [];
  const begun = group.map((declared) => {
    const action: SimAction = {
      id: uuid(sim),
      stage: execution.declaration.stages?.[execution.stage]?.name ?? "",
      name: declared.name ?? "",
      status: "InProgress",
      startAt: sim.now,
      updatedAt: sim.now,
      outputs: [],
    };
    return { declared, action };
  });
  execution.actions.push(...begun.map(({ action }) => action));
  execution.updatedAt = sim.now;
  for (const { declared, action } of begun)
    attempt(sim, execution, action, () => start(sim, execution, declared, action));
}

/** Does a part of an action; its failure is the run's. */
function attempt(sim: Sim, execution: SimExecution, action: SimAction, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error;
    action.error = { code: error.code, message: error.message };
    finish(sim, execution, action, "Failed");
  }
}

function start(sim: Sim, execution: SimExecution, declared: ActionDeclaration, action: SimAction): void {
  const { roleArn } = execution.declaration;
  const { configuration = {}, actionTypeId } = declared;
  if (!assumable(sim, roleArn, "codepipeline.amazonaws.com"))
    throw new ActionFailure(
      "PermissionError",
      `CodePipeline is not authorized to perform AssumeRole on role ${roleArn}`,
    );
  switch (actionTypeId?.provider) {
    case "S3":
      action.dueAt = sim.now + SOURCE;
      return;
    case "Manual":
      action.token = uuid(sim);
      action.dueAt = sim.now + APPROVAL;
      tellOfAction(sim, execution, declared, "STARTED");
      return;
    case "CodeBuild":
      action.externalId = startBuilding(sim, execution, declared);
      action.dueAt = sim.now + POLL;
      return;
    default:
      action.externalId = startDeployment(sim, deployOf(execution, declared), (calls) =>
        demand(sim, execution, [...artifactCalls(execution), ...calls]),
      );
      action.summary = `Deployment ${action.externalId} of the service ${configuration["ServiceName"]} started`;
      action.dueAt = sim.now + POLL;
  }
}

/** Looks whether an action is through. */
function look(sim: Sim, execution: SimExecution, action: SimAction): void {
  const declared = declaredIn(execution, action);
  if (!declared) return;
  switch (declared.actionTypeId?.provider) {
    case "S3":
      return lookAtSource(sim, execution, declared, action);
    case "Manual":
      throw new ActionFailure("ActionTimedOut", "The approval action was not approved or rejected within 7 days.");
    case "CodeBuild":
      return lookAtBuild(sim, execution, declared, action);
    default:
      return lookAtDeployment(sim, execution, declared, action);
  }
}

function lookAtSource(sim: Sim, execution: SimExecution, declared: ActionDeclaration, action: SimAction): void {
  const { S3Bucket: bucket = "", S3ObjectKey: key = "" } = declared.configuration ?? {};
  const source = readSource(sim, bucket, key);
  demand(sim, execution, [...sourceCalls(bucket, key), ...artifactCalls(execution)]);
  // To a role that may not list the bucket S3 says of a key that is not there that it may not be read.
  if (!source)
    throw new ActionFailure(
      "PermissionError",
      `The service role or action role doesn't have the permissions required to access the Amazon S3 bucket named ${bucket}. ` +
        "Update the IAM role permissions, and then try again. Error: Amazon S3:AccessDenied:Access Denied " +
        "(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)",
    );
  execution.revision = { action: action.name, bucket, key, id: source.versionId, createdAt: source.createdAt };
  action.summary = `Amazon S3 version id: ${source.versionId}`;
  action.outputs = outputsOf(sim, execution, declared, {});
  finish(sim, execution, action, "Succeeded");
}

function lookAtBuild(sim: Sim, execution: SimExecution, declared: ActionDeclaration, action: SimAction): void {
  const build = builds(sim)[action.externalId ?? ""];
  if (!build) throw new ActionFailure("JobFailed", `Could not find build ${action.externalId}`);
  if (build.endAt > sim.now) {
    action.dueAt = sim.now + POLL;
    return;
  }
  if (build.status !== "SUCCEEDED") {
    const failed = build.phases.find(({ status }) => status !== "SUCCEEDED");
    throw new ActionFailure(
      "JobFailed",
      `Build terminated with state: ${build.status}. Phase: ${failed?.type}, Code: ${failed?.context?.statusCode ?? ""}, Message: ${failed?.context?.message ?? ""}`,
    );
  }
  action.outputs = outputsOf(sim, execution, declared, build.artifacts);
  finish(sim, execution, action, "Succeeded");
}

function lookAtDeployment(sim: Sim, execution: SimExecution, declared: ActionDeclaration, action: SimAction): void {
  const minutes = Number(declared.configuration?.["DeploymentTimeout"] ?? 60);
  if (isDeployed(sim, deployOf(execution, declared), action.externalId ?? ""))
    return finish(sim, execution, action, "Succeeded");
  if (sim.now >= action.startAt + minutes * 60_000)
    throw new ActionFailure(
      "ActionTimedOut",
      `The Amazon ECS deployment ${action.externalId} did not complete within ${minutes} minutes.`,
    );
  action.dueAt = sim.now + POLL;
}

/** Artifacts lie in the artifact bucket, below the first twenty letters of the pipeline's name. */
const outputsOf = (
  sim: Sim,
  { pipeline }: SimExecution,
  { outputArtifacts = [] }: ActionDeclaration,
  files: Record<string, string>,
): SimArtifact[] =>
  outputArtifacts.map(({ name = "" }) => ({
    name,
    key: `${pipeline.slice(0, 20)}/${name.slice(0, 10)}/${sim.world.hex(7)}`,
    files,
  }));

function deployOf(execution: SimExecution, declared: ActionDeclaration): Deploy {
  const { ClusterName: cluster = "", ServiceName: service = "", FileName = "" } = declared.configuration ?? {};
  const file = FileName === "" ? "imagedefinitions.json" : FileName;
  const input = inputOf(execution, declared);
  return {
    cluster,
    service,
    file,
    content: input?.files[file],
    bucket: execution.declaration.artifactStore?.location ?? "",
    key: input?.key ?? "",
  };
}

/**
 * Ends an action, and lets the run continue from there once the actions beside it have ended too. One that fails leaves those that run beside it
 * alone (CodePipeline user guide, "Retry a failed action in a stage": "all actions that are still in progress continue working"), and the
 * stage fails when the last of them is through: it cannot be retried before ("it must either have all actions failed or some actions
 * failed and some succeeded").
 */
export function finish(sim: Sim, execution: SimExecution, action: SimAction, status: "Succeeded" | "Failed"): void {
  action.status = status;
  action.updatedAt = sim.now;
  execution.updatedAt = sim.now;
  delete action.dueAt;
  if (currentActions(execution).length > 0) return;
  if (execution.status === "Stopping") return end(sim, execution, "Stopped");
  const failed = execution.actions.some((one) => one.stage === action.stage && one.status === "Failed");
  if (failed) return end(sim, execution, "Failed");
  if (execution.action + 1 < groupsOf(execution.declaration, execution.stage).length) {
    execution.action += 1;
    return begin(sim, execution);
  }
  if (execution.stage + 1 >= (execution.declaration.stages ?? []).length) return end(sim, execution, "Succeeded");
  execution.stage += 1;
  execution.action = 0;
  execution.waitingSince = sim.now;
  supersede(sim, running(sim));
}

function end(sim: Sim, execution: SimExecution, status: "Succeeded" | "Failed" | "Stopped" | "Superseded"): void {
  execution.status = status;
  if (status === "Failed") tellOfFailure(sim, execution);
  execution.updatedAt = sim.now;
}
