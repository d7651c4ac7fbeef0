import type { ActionDeclaration } from "@aws-sdk/client-codepipeline";
import { tellEventBridge } from "../events/queue.ts";
import { rules } from "../events/rules.ts";
import type { Sim } from "../sim.ts";
import type { SimExecution } from "./records.ts";

const SOURCE = "aws.codepipeline";

/** Tells EventBridge of a failed run and its stage (CodePipeline user guide, "Monitoring CodePipeline events"). No one hears without a rule. */
export function tellOfFailure(sim: Sim, execution: SimExecution): void {
  const state = "FAILED";
  const stage = stageOf(execution);
  tell(sim, `${execution.id} ${stage} ${state}`, "CodePipeline Stage Execution State Change", {
    ...detailOf(execution),
    stage,
    state,
  });
  tell(sim, `${execution.id} ${state}`, "CodePipeline Pipeline Execution State Change", {
    ...detailOf(execution),
    state,
  });
}

/** Tells it of a state of an action (the same page). */
export function tellOfAction(sim: Sim, execution: SimExecution, declared: ActionDeclaration, state: "STARTED"): void {
  const { category, owner, provider, version } = declared.actionTypeId ?? {};
  tell(sim, `${execution.id} ${declared.name} ${state}`, "CodePipeline Action Execution State Change", {
    ...detailOf(execution),
    stage: stageOf(execution),
    action: declared.name,
    state,
    region: sim.region,
    type: { category, owner, provider, version },
  });
}

const stageOf = ({ declaration, stage }: SimExecution) => declaration.stages?.[stage]?.name;

const detailOf = ({ pipeline, id, version }: SimExecution) => ({ pipeline, "execution-id": id, version });

function tell(sim: Sim, name: string, type: string, detail: object): void {
  if (Object.values(rules(sim)).some(({ pattern }) => pattern.includes(SOURCE)))
    tellEventBridge(sim, name, { source: SOURCE, "detail-type": type, detail });
}
