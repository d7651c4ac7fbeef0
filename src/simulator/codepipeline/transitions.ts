import type {
  DisableStageTransitionCommandInput,
  EnableStageTransitionCommandInput,
} from "@aws-sdk/client-codepipeline";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Operations, Sim } from "../sim.ts";
import { executionsOf, pipelineOf, type SimPipeline } from "./records.ts";

/** Milliseconds that a transition may be disabled for and still let go on what waits there once it is enabled. */
const RESUMES = 30 * 86_400_000;

interface Transition {
  readonly pipelineName: string | undefined;
  readonly stageName: string | undefined;
  readonly transitionType: string | undefined;
}

/** The stage that a transition enters, by its number. */
function stageOf(pipeline: SimPipeline, { pipelineName, stageName, transitionType }: Transition): number {
  if (transitionType !== "Inbound")
    refuse("SimulatorUnknownOption", `The simulated AWS does not know transitions of the type ${transitionType}.`, 501);
  const index = (pipeline.declaration.stages ?? []).findIndex(({ name }) => name === stageName);
  return index >= 0
    ? index
    : refuse("StageNotFoundException", `Pipeline '${pipelineName}' does not have a stage with name '${stageName}'`);
}

/** Leaves the transition into a stage as it is said. */
function change(sim: Sim, pipeline: SimPipeline, stage: number, reason: string | undefined): void {
  const name = pipeline.declaration.stages?.[stage]?.name ?? "";
  pipeline.transitions = {
    ...pipeline.transitions,
    [name]: {
      enabled: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      by: sim.arn("iam", "user/local", ""),
      at: sim.now,
    },
  };
}

/** The transitions between stages, which people disable to hold releases back (AWS CodePipeline user guide, "Working with stage transitions"). */
export const transitionOperations = {
  /** What is in the stage already goes on; what comes later waits before it. */
  DisableStageTransition(input: DisableStageTransitionCommandInput, sim) {
    onlyKnown("DisableStageTransition", input, "pipelineName", "stageName", "transitionType", "reason");
    const pipeline = pipelineOf(sim, input.pipelineName);
    change(sim, pipeline, stageOf(pipeline, input), input.reason ?? "");
    return {};
  },

  /** "Pipeline execution won't resume for a transition that has been disabled more than 30 days" (user guide, as above). */
  EnableStageTransition(input: EnableStageTransitionCommandInput, sim) {
    onlyKnown("EnableStageTransition", input, "pipelineName", "stageName", "transitionType");
    const pipeline = pipelineOf(sim, input.pipelineName);
    const stage = stageOf(pipeline, input);
    const before = pipeline.transitions?.[input.stageName ?? ""];
    if (before?.enabled === false && sim.now - before.at > RESUMES)
      for (const execution of executionsOf(sim, pipeline.name))
        if (execution.waitingSince !== undefined && execution.stage === stage) execution.isStranded = true;
    if (before) change(sim, pipeline, stage, undefined);
    return {};
  },
} satisfies Operations;
