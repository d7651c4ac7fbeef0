import type { StageState } from "@aws-sdk/client-codepipeline";
import { pipelineState } from "../aws/codepipeline/revision.ts";
import { Snapshot } from "../engine/snapshot.ts";
import type { ServiceRef } from "./service-ref.ts";

/** What a release that is in progress waits for, or does where that keeps others out. Times are milliseconds since the epoch. */
export type Wait = {
  readonly executionId: string;
  /** The stage that it is in, or waits for. */
  readonly stage: string;
} & (
  | { readonly for: "approval"; readonly action: string; readonly token: string; readonly since: number }
  /** Another release is in the stage. */
  | { readonly for: "release"; readonly inFront: string }
  /** Someone disabled the transition into the stage. */
  | Frozen
  /** ECS replaces the tasks. */
  | { readonly for: "deployment"; readonly since: number }
);

/** A transition that was disabled: releases wait before its stage. */
export interface Frozen {
  readonly for: "transition";
  readonly reason: string;
  readonly by: string;
  readonly since: number | undefined;
}

/** How the pipeline stands, as far as it keeps releases waiting. */
export interface Situation {
  readonly pipeline: string;
  readonly region: string;
  /** When it was asked for, in milliseconds since the epoch. */
  readonly askedAt: number;
  readonly stages: readonly StageState[];
  /** In the order of the stages, the last one first: so what is in front comes before what waits behind it. */
  readonly waits: readonly Wait[];
  /** The transitions that are disabled, whether something waits there or not. */
  readonly frozen: readonly (Frozen & { readonly stage: string })[];
}

/** The stage whose action replaces the tasks of the service. */
export const DEPLOY = "Deploy";

const timeOf = (date: Date | undefined) => date?.getTime() ?? 0;

/** Asks the pipeline, in one call; `undefined` where there is none. */
export async function situationOf(ref: ServiceRef, snapshot = new Snapshot()): Promise<Situation | undefined> {
  const { pipeline } = ref.names;
  const state = await pipelineState(ref.aws, pipeline, snapshot);
  if (!state) return undefined;
  const stages = state.stageStates ?? [];
  const frozen = stages.flatMap((stage) => {
    const found = frozenAt(stage);
    return found ? [{ ...found, stage: stage.stageName ?? "" }] : [];
  });
  return {
    pipeline,
    region: ref.aws.region,
    askedAt: ref.clock.now(),
    stages,
    frozen,
    waits: stages.flatMap((stage) => [...waitsAt(stage), ...waitsIn(stage)]).toReversed(),
  };
}

/** What an execution that has not ended waits for; `undefined` where it is on its way. */
export function waitOf({ stages, waits }: Situation, executionId: string): Wait | undefined {
  const told = waits.find((wait) => wait.executionId === executionId);
  if (told) return told;
  // Between two stages CodePipeline need not name it as inbound: it stands before the first stage that it has not come to.
  const last = stages.findLastIndex(({ latestExecution }) => latestExecution?.pipelineExecutionId === executionId);
  const [here, next] = [stages[last], stages[last + 1]];
  return here?.latestExecution?.status === "Succeeded" && next ? waitBefore(next, executionId) : undefined;
}

/** The release whose deployment replaces tasks now, if one does. */
export const deployingIn = (situation: Situation | undefined): Wait | undefined =>
  situation?.waits.find((wait) => wait.for === "deployment");

/** Who is needed for a release to go on: a person who answers or enables something, here or for the one in front. */
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

/** What a stage is busy with that others have to wait for. */
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
  // The actions that deploy several services are one deployment of the release.
  const first = waits.find((wait) => wait.for === "deployment");
  return waits.filter((wait) => wait.for !== "deployment" || wait === first);
}
