import type { ExecutionTrigger } from "@aws-sdk/client-codepipeline";
import { uuid } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { executions, executionsOf, pipelines, type SimExecution } from "./records.ts";

/** Starts a run of the pipeline; nothing where there is no such pipeline. It moves when `advance` is next called. */
export function startExecution(sim: Sim, name: string, trigger: ExecutionTrigger): SimExecution | undefined {
  const pipeline = pipelines(sim)[name];
  if (!pipeline) return undefined;
  const execution: SimExecution = {
    id: uuid(sim),
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
  executions(sim)[execution.id] = execution;
  return execution;
}
