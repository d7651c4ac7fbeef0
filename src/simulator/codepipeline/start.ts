import type { ExecutionTrigger } from "@aws-sdk/client-codepipeline";
import { uuid } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { executions, executionsOf, pipelines, type SimExecution } from "./records.ts";

// AWS CodePipeline is eventually consistent: right after StartPipelineExecution, GetPipelineExecution answers
// PipelineExecutionNotFoundException and ListActionExecutions nothing; clients ask again for about a minute (apache/airflow and
// aws-solutions retry both so).
const lagOf = (id: string) => 500 + Number.parseInt(id.slice(0, 2), 16) * 40;

/** Starts a run of the pipeline; nothing where there is no such pipeline. It moves when `advance` is next called. */
export function startExecution(
  sim: Sim,
  name: string,
  trigger: ExecutionTrigger,
  token?: string,
): SimExecution | undefined {
  const pipeline = pipelines(sim)[name];
  if (!pipeline) return undefined;
  const same = token === undefined ? undefined : executionsOf(sim, name).find((execution) => execution.token === token);
  if (same) return same;
  const id = uuid(sim);
  const execution: SimExecution = {
    id,
    ...(token === undefined ? {} : { token }),
    visibleAt: sim.now + lagOf(id),
    pipeline: name,
    declaration: structuredClone(pipeline.declaration),
    version: pipeline.version,
    status: "InProgress",
    trigger,
    startAt: sim.now,
    updatedAt: sim.now,
    number: 1 + (executionsOf(sim, name)[0]?.number ?? 0),
    stage: 0,
    action: 0,
    waitingSince: sim.now,
    actions: [],
  };
  forgetOld(sim);
  executions(sim)[execution.id] = execution;
  return execution;
}

/** CodePipeline user guide, "Quotas": prior months for which the history of executions can be viewed. */
const MONTHS = 12;
const MONTH = 30 * 86_400_000;

function forgetOld(sim: Sim): void {
  for (const { id, status, startAt } of Object.values(executions(sim)))
    if (status !== "InProgress" && status !== "Stopping" && startAt < sim.now - MONTHS * MONTH)
      delete executions(sim)[id];
}
