import type {
  GetPipelineExecutionCommandInput,
  GetPipelineExecutionCommandOutput,
  ListPipelineExecutionsCommandInput,
  ListPipelineExecutionsCommandOutput,
  PutApprovalResultCommandInput,
  PutApprovalResultCommandOutput,
  StartPipelineExecutionCommandInput,
  StartPipelineExecutionCommandOutput,
  StopPipelineExecutionCommandInput,
  StopPipelineExecutionCommandOutput,
} from "@aws-sdk/client-codepipeline";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { executions, executionsOf, pipelineOf, type SimExecution } from "./records.ts";
import { finish } from "./run.ts";
import { startExecution } from "./start.ts";
import { stageStatus } from "./state.ts";
import { stop } from "./stop.ts";

const PAGE = 100;

function executionOf(sim: Sim, pipeline: string | undefined, id: string | undefined): SimExecution {
  const { name } = pipelineOf(sim, pipeline);
  const found = executions(sim)[id ?? ""];
  return found?.pipeline === name && found.visibleAt <= sim.now
    ? found
    : refuse(
        "PipelineExecutionNotFoundException",
        `The pipeline execution '${id}' does not exist in the pipeline '${name}'`,
      );
}

const caller = (sim: Sim) => sim.arn("iam", "user/local", "");

export const executionOperations = {
  StartPipelineExecution(input: StartPipelineExecutionCommandInput, sim): Answer<StartPipelineExecutionCommandOutput> {
    onlyKnown("StartPipelineExecution", input, "name", "clientRequestToken");
    const { name } = pipelineOf(sim, input.name);
    const trigger = { triggerType: "StartPipelineExecution", triggerDetail: caller(sim) } as const;
    const started = startExecution(sim, name, trigger, input.clientRequestToken);
    return { pipelineExecutionId: started?.id };
  },

  /** Newest first. */
  ListPipelineExecutions(input: ListPipelineExecutionsCommandInput, sim): Answer<ListPipelineExecutionsCommandOutput> {
    onlyKnown("ListPipelineExecutions", input, "pipelineName", "maxResults", "nextToken", "filter");
    const { name } = pipelineOf(sim, input.pipelineName);
    const from = Number(input.nextToken ?? 0);
    const size = Math.min(PAGE, input.maxResults ?? PAGE);
    const stage = input.filter?.succeededInStage?.stageName;
    const all = executionsOf(sim, name).filter(
      (execution) =>
        execution.visibleAt <= sim.now && (stage === undefined || stageStatus(execution, stage) === "Succeeded"),
    );
    return {
      pipelineExecutionSummaries: all.slice(from, from + size).map((execution) => ({
        pipelineExecutionId: execution.id,
        status: execution.status,
        startTime: new Date(execution.startAt),
        lastUpdateTime: new Date(execution.updatedAt),
        trigger: execution.trigger,
        executionMode: "SUPERSEDED" as const,
        executionType: "STANDARD" as const,
        ...(execution.stop ? { stopTrigger: { reason: execution.stop.reason } } : {}),
        sourceRevisions: execution.revision
          ? [
              {
                actionName: execution.revision.action,
                revisionId: execution.revision.id,
                revisionSummary: `Amazon S3 version id: ${execution.revision.id}`,
              },
            ]
          : [],
      })),
      ...(from + size < all.length ? { nextToken: String(from + size) } : {}),
    };
  },

  GetPipelineExecution(input: GetPipelineExecutionCommandInput, sim): Answer<GetPipelineExecutionCommandOutput> {
    const execution = executionOf(sim, input.pipelineName, input.pipelineExecutionId);
    const { revision } = execution;
    const outputs = execution.actions.find(({ name }) => name === revision?.action)?.outputs ?? [];
    return {
      pipelineExecution: {
        pipelineName: execution.pipeline,
        pipelineVersion: execution.version,
        pipelineExecutionId: execution.id,
        status: execution.status,
        trigger: execution.trigger,
        executionMode: "SUPERSEDED",
        executionType: "STANDARD",
        artifactRevisions: revision
          ? outputs.map(({ name }) => ({
              name,
              revisionId: revision.id,
              revisionSummary: `Amazon S3 version id: ${revision.id}`,
              created: new Date(revision.createdAt),
            }))
          : [],
      },
    };
  },

  PutApprovalResult(input: PutApprovalResultCommandInput, sim): Answer<PutApprovalResultCommandOutput> {
    const { stages = [] } = pipelineOf(sim, input.pipelineName).declaration;
    const stage = stages.find(({ name }) => name === input.stageName);
    if (!stage)
      return refuse(
        "StageNotFoundException",
        `Pipeline '${input.pipelineName}' does not have a stage with name '${input.stageName}'`,
      );
    if (!stage.actions?.some(({ name }) => name === input.actionName))
      refuse(
        "ActionNotFoundException",
        `Stage '${input.stageName}' of the pipeline '${input.pipelineName}' does not have an action with name '${input.actionName}'`,
      );
    const asked = executionsOf(sim, input.pipelineName ?? "").find(({ actions }) =>
      actions.some(({ token }) => token !== undefined && token === input.token),
    );
    const action = asked?.actions.find(({ token }) => token === input.token);
    if (!asked || !action || action.stage !== input.stageName || action.name !== input.actionName)
      return refuse("InvalidApprovalTokenException", `The approval token ${input.token} is not valid`);
    if (action.status !== "InProgress")
      refuse("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected.");
    action.summary = input.result?.summary ?? "";
    action.by = caller(sim);
    finish(sim, asked, action, input.result?.status === "Approved" ? "Succeeded" : "Failed");
    return { approvedAt: new Date(sim.now) };
  },

  StopPipelineExecution(input: StopPipelineExecutionCommandInput, sim): Answer<StopPipelineExecutionCommandOutput> {
    const execution = executionOf(sim, input.pipelineName, input.pipelineExecutionId);
    const { abandon = false } = input;
    if (execution.status === "Stopping" && (execution.stop?.abandon || !abandon))
      refuse(
        "DuplicatedStopRequestException",
        `The pipeline execution '${execution.id}' is already in a Stopping state. You already chose to stop and ${abandon ? "abandon" : "wait"}.`,
      );
    if (execution.status !== "InProgress" && execution.status !== "Stopping")
      refuse(
        "PipelineExecutionNotStoppableException",
        `The pipeline execution '${execution.id}' is not in a state that can be stopped: ${execution.status}`,
      );
    stop(sim, execution, abandon, input.reason ?? "");
    return { pipelineExecutionId: execution.id };
  },
} satisfies Operations;
