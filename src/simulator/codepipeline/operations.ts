import type { Operations } from "../sim.ts";
import { executionOperations } from "./executions.ts";
import { pipelineOperations } from "./pipelines.ts";
import { stateOperations } from "./state.ts";
import { transitionOperations } from "./transitions.ts";

/** CodePipeline, as far as the topology needs it: pipelines, their runs, and the approvals that runs wait for. */
export const codepipeline: Operations = {
  ...pipelineOperations,
  ...executionOperations,
  ...stateOperations,
  ...transitionOperations,
};
