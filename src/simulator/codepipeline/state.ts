import type {
  ActionExecutionDetail,
  ActionState,
  GetPipelineStateCommandInput,
  GetPipelineStateCommandOutput,
  ListActionExecutionsCommandInput,
  ListActionExecutionsCommandOutput,
  StageExecution,
  StageExecutionStatus,
  TransitionState,
} from "@aws-sdk/client-codepipeline";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import {
  declaredIn,
  executions,
  executionsOf,
  pipelineOf,
  type SimAction,
  type SimExecution,
  type SimPipeline,
  inputOf,
} from "./records.ts";

const PAGE = 100;

/** The status of a stage of a run, from the results of its actions. */
export function stageStatus(execution: SimExecution, stage: string): StageExecutionStatus {
  const own = execution.actions.filter((action) => action.stage === stage);
  if (own.length === 0) return "Cancelled";
  const isThrough = own.every(({ status }) => status !== "InProgress");
  if (isThrough && own.some(({ status }) => status === "Failed")) return "Failed";
  const index = execution.declaration.stages?.findIndex(({ name }) => name === stage) ?? 0;
  // User guide, "Stop a pipeline execution in CodePipeline": a stage says so too, whichever way its run is stopped.
  const { status } = execution;
  if (execution.stage === index && (status === "Stopping" || status === "Stopped")) return status;
  const through = execution.stage > index || execution.status === "Succeeded";
  return through ? "Succeeded" : "InProgress";
}

const urlOf = (sim: Sim, action: SimAction) =>
  action.externalId?.startsWith("ecs-svc/") || action.externalId === undefined
    ? {}
    : {
        externalExecutionUrl: `https://console.aws.amazon.com/codebuild/home?region=${sim.region}#/builds/${action.externalId}/view/new`,
      };

function latest(sim: Sim, action: SimAction): NonNullable<ActionState["latestExecution"]> {
  return {
    actionExecutionId: action.id,
    status: action.status,
    lastStatusChange: new Date(action.updatedAt),
    ...(action.summary === undefined ? {} : { summary: action.summary }),
    // A token is of use for as long as the answer is awaited.
    ...(action.token === undefined || action.status !== "InProgress" ? {} : { token: action.token }),
    ...(action.by === undefined ? {} : { lastUpdatedBy: action.by }),
    ...(action.externalId === undefined ? {} : { externalExecutionId: action.externalId }),
    ...urlOf(sim, action),
    ...(action.error ? { errorDetails: action.error } : {}),
  };
}

function detail(sim: Sim, execution: SimExecution, action: SimAction): ActionExecutionDetail {
  const declared = declaredIn(execution, action);
  const bucket = execution.declaration.artifactStore?.location ?? "";
  const input = declared && inputOf(execution, declared);
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: action.id,
    pipelineVersion: execution.version,
    stageName: action.stage,
    actionName: action.name,
    startTime: new Date(action.startAt),
    lastUpdateTime: new Date(action.updatedAt),
    status: action.status,
    ...(action.by === undefined ? {} : { updatedBy: action.by }),
    input: {
      actionTypeId: declared?.actionTypeId,
      configuration: declared?.configuration ?? {},
      region: sim.region,
      inputArtifacts: input ? [{ name: input.name, s3location: { bucket, key: input.key } }] : [],
    },
    output: {
      outputArtifacts: action.outputs.map(({ name, key }) => ({ name, s3location: { bucket, key } })),
      executionResult: {
        ...(action.externalId === undefined ? {} : { externalExecutionId: action.externalId }),
        ...(action.summary === undefined ? {} : { externalExecutionSummary: action.summary }),
        ...urlOf(sim, action),
        ...(action.error ? { errorDetails: action.error } : {}),
      },
      outputVariables: {},
    },
  };
}

const standing = ({ id }: SimExecution, status: StageExecutionStatus): StageExecution => ({
  pipelineExecutionId: id,
  status,
  type: "STANDARD",
});

/** API reference, `TransitionState`: one that no one ever changed says that it is enabled and nothing else. */
function transitionOf({ transitions }: SimPipeline, stage: string): TransitionState {
  const found = transitions?.[stage];
  return {
    enabled: found?.enabled ?? true,
    ...(found ? { lastChangedBy: found.by, lastChangedAt: new Date(found.at) } : {}),
    ...(found?.reason === undefined ? {} : { disabledReason: found.reason }),
  };
}

export const stateOperations = {
  /** Of each stage what the latest run that entered it came to, and which run waits before it. */
  GetPipelineState(input: GetPipelineStateCommandInput, sim): Answer<GetPipelineStateCommandOutput> {
    const pipeline = pipelineOf(sim, input.name);
    const runs = executionsOf(sim, pipeline.name);
    return {
      pipelineName: pipeline.name,
      pipelineVersion: pipeline.version,
      created: new Date(pipeline.createdAt),
      updated: new Date(pipeline.updatedAt),
      stageStates: (pipeline.declaration.stages ?? []).map(({ name = "", actions = [] }, index) => {
        const run = runs.find((one) => one.actions.some(({ stage }) => stage === name));
        const waiting = runs.find(
          ({ status, stage, waitingSince }) => status === "InProgress" && stage === index && waitingSince !== undefined,
        );
        const inbound = waiting && standing(waiting, "InProgress");
        return {
          stageName: name,
          inboundTransitionState: transitionOf(pipeline, name),
          ...(inbound ? { inboundExecution: inbound, inboundExecutions: [inbound] } : {}),
          ...(run ? { latestExecution: standing(run, stageStatus(run, name)) } : {}),
          actionStates: actions.map(({ name: actionName = "" }) => {
            const action = run?.actions.findLast((one) => one.stage === name && one.name === actionName);
            const revision = run?.revision?.action === actionName ? run.revision : undefined;
            return {
              actionName,
              ...(action ? { latestExecution: latest(sim, action) } : {}),
              ...(revision
                ? {
                    currentRevision: {
                      revisionId: revision.id,
                      revisionChangeId: revision.id,
                      created: new Date(revision.createdAt),
                    },
                  }
                : {}),
            };
          }),
        };
      }),
    };
  },

  /** Newest first. */
  ListActionExecutions(input: ListActionExecutionsCommandInput, sim): Answer<ListActionExecutionsCommandOutput> {
    onlyKnown("ListActionExecutions", input, "pipelineName", "filter", "maxResults", "nextToken");
    onlyKnown("a filter of ListActionExecutions", input.filter ?? {}, "pipelineExecutionId");
    const { name } = pipelineOf(sim, input.pipelineName);
    const id = input.filter?.pipelineExecutionId;
    const one = id === undefined ? undefined : executions(sim)[id];
    if (id !== undefined && one?.pipeline !== name)
      refuse(
        "PipelineExecutionNotFoundException",
        `The pipeline execution '${id}' does not exist in the pipeline '${name}'`,
      );
    const all = (one ? [one] : executionsOf(sim, name))
      .filter((execution) => execution.visibleAt <= sim.now)
      .flatMap((execution) => execution.actions.toReversed().map((action) => detail(sim, execution, action)));
    const from = Number(input.nextToken ?? 0);
    const size = Math.min(PAGE, input.maxResults ?? PAGE);
    return {
      actionExecutionDetails: all.slice(from, from + size),
      ...(from + size < all.length ? { nextToken: String(from + size) } : {}),
    };
  },
} satisfies Operations;
