import type { StageState } from "@aws-sdk/client-codepipeline";
import { pipelineState } from "../aws/codepipeline/revision.ts";
import { Snapshot } from "../engine/snapshot.ts";
import type { ServiceRef } from "./service-ref.ts";

/** What a release in progress waits for, or what it does while it blocks others. Times are milliseconds since the epoch. */
export type Wait = {
  readonly executionId: string;
  /** The stage that it is in, or waiting for. */
  readonly stage: string;
} & (
  | { readonly for: "approval"; readonly action: string; readonly token: string; readonly since: number }
  /** Another release is in the stage. */
  | { readonly for: "release"; readonly inFront: string }
  /** The transition into the stage is disabled. */
  | Frozen
  /** ECS replaces the tasks, or has given up and brings the ones before back: `rollback` is its reason then. */
  | { readonly for: "deployment"; readonly since: number; readonly rollback?: string }
);

/** A disabled transition: releases wait before its stage. */
export interface Frozen {
  readonly for: "transition";
  readonly reason: string;
  readonly by: string;
  readonly since: number | undefined;
}

/** The state of the pipeline that keeps releases waiting. */
export interface Situation {
  readonly pipeline: string;
  readonly region: string;
  /** When it was read, in milliseconds since the epoch. */
  readonly askedAt: number;
  readonly stages: readonly StageState[];
  /** Releases that a stage is at work on and that wait for nothing: in Source, or in Build. */
  readonly working: readonly { readonly executionId: string; readonly stage: string; readonly since?: number }[];
  /** In reverse stage order, so that the release ahead comes before those that wait behind it. */
  readonly waits: readonly Wait[];
  /** The disabled transitions, whether or not a release waits there. */
  readonly frozen: readonly (Frozen & { readonly stage: string })[];
}

/** The stage whose action replaces the tasks of the service. */
export const DEPLOY = "Deploy";

const timeOf = (date: Date | undefined) => date?.getTime() ?? 0;

/** Reads the pipeline in one call; `undefined` if it does not exist. */
export async function situationOf(ref: ServiceRef, snapshot = new Snapshot()): Promise<Situation | undefined> {
  const { pipeline } = ref.names;
  const state = await pipelineState(ref.aws, pipeline, snapshot);
  if (!state) return undefined;
  const stages = state.stageStates ?? [];
  const frozen = stages.flatMap((stage) => {
    const found = frozenAt(stage);
    return found ? [{ ...found, stage: stage.stageName ?? "" }] : [];
  });
  const waits = stages.flatMap((stage) => [...waitsAt(stage), ...waitsIn(stage)]).toReversed();
  return {
    pipeline,
    region: ref.aws.region,
    askedAt: ref.clock.now(),
    stages,
    frozen,
    waits,
    working: stages.flatMap((stage) => workingIn(stage, waits)).toReversed(),
  };
}

/** What an execution in progress waits for; `undefined` if it is not waiting. */
export function waitOf({ stages, waits }: Situation, executionId: string): Wait | undefined {
  const told = waits.find((wait) => wait.executionId === executionId);
  if (told) return told;
  // Between two stages CodePipeline may not list it as inbound: it waits before the first stage that it has not reached.
  const last = stages.findLastIndex(({ latestExecution }) => latestExecution?.pipelineExecutionId === executionId);
  const [here, next] = [stages[last], stages[last + 1]];
  return here?.latestExecution?.status === "Succeeded" && next ? waitBefore(next, executionId) : undefined;
}

/** The release that is being deployed now, if any. */
export const deployingIn = (situation: Situation | undefined): Wait | undefined =>
  situation?.waits.find((wait) => wait.for === "deployment");

/** Whether a release needs a person to continue: to answer or enable something, for it or for the release ahead. */
export function waitsForPerson({ waits }: Situation, wait: Wait): boolean {
  if (wait.for !== "release") return wait.for !== "deployment";
  const front = waits.find(({ executionId }) => executionId === wait.inFront);
  return front?.for === "approval" || front?.for === "transition";
}

/** What waits before a stage. */
function waitsAt(stage: StageState): Wait[] {
  const { inboundExecutions, inboundExecution } = stage;
  const inbound = inboundExecutions ?? (inboundExecution ? [inboundExecution] : []);
  return inbound.flatMap(({ pipelineExecutionId: id }) => (id === undefined ? [] : (waitBefore(stage, id) ?? [])));
}

function waitBefore(stage: StageState, executionId: string): Wait | undefined {
  const where = { executionId, stage: stage.stageName ?? "" };
  const frozen = frozenAt(stage);
  if (frozen) return { ...where, ...frozen };
  const { pipelineExecutionId: inFront, status } = stage.latestExecution ?? {};
  // "When an execution is running in a stage, it is locked" (CodePipeline user guide, "How pipeline executions work").
  const locked = status === "InProgress" || status === "Stopping";
  return locked && inFront !== undefined && inFront !== executionId ? { ...where, for: "release", inFront } : undefined;
}

function frozenAt({ inboundTransitionState: transition }: StageState): Frozen | undefined {
  if (transition?.enabled !== false) return undefined;
  const { disabledReason: reason = "", lastChangedBy: by = "", lastChangedAt } = transition;
  return { for: "transition", reason, by, since: lastChangedAt?.getTime() };
}

/** What a stage is at work on that waits for nothing. */
function workingIn(stage: StageState, waits: readonly Wait[]): Situation["working"] {
  const {
    stageName = "",
    latestExecution: { pipelineExecutionId: executionId, status } = {},
    actionStates = [],
  } = stage;
  if (executionId === undefined || status !== "InProgress") return [];
  if (waits.some((wait) => wait.executionId === executionId)) return [];
  const at = actionStates.map(({ latestExecution }) => timeOf(latestExecution?.lastStatusChange));
  const since = Math.max(0, ...at);
  return [{ executionId, stage: stageName, ...(since > 0 && { since }) }];
}

/** What a stage is busy with that blocks other releases. */
function waitsIn({ stageName: stage = "", latestExecution, actionStates = [] }: StageState): Wait[] {
  const executionId = latestExecution?.pipelineExecutionId;
  if (executionId === undefined) return [];
  const waits = actionStates.flatMap(({ actionName: action = "", latestExecution: latest }): Wait[] => {
    if (latest?.status !== "InProgress") return [];
    const since = timeOf(latest.lastStatusChange);
    if (latest.token !== undefined)
      return [{ executionId, stage, for: "approval", action, token: latest.token, since }];
    return stage === DEPLOY ? [{ executionId, stage, for: "deployment", since }] : [];
  });
  // The actions that deploy several services count as one deployment of the release.
  const first = waits.find((wait) => wait.for === "deployment");
  return waits.filter((wait) => wait.for !== "deployment" || wait === first);
}
