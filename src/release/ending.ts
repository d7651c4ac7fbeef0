import type { PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import type { Ending } from "./events.ts";
import { executionsOf } from "./executions.ts";
import type { Action } from "./action.ts";
import type { ServiceRef } from "./service-ref.ts";

/** How an execution ended in CodePipeline: success there does not imply that the service is healthy. */
export function endingOf(status: string | undefined, actions: readonly Action[]): Ending | "running" {
  switch (status) {
    case "Succeeded":
      return "live";
    case "Failed":
      return isRejected(failedIn(actions)) ? "rejected" : "failed";
    case "Superseded":
      return "superseded";
    case "Stopped":
    case "Cancelled":
      return "stopped";
    default:
      return "running";
  }
}

/** Why an execution failed or was rejected: CodePipeline's message or the reviewer's comment. */
export function whyOf(actions: readonly Action[]): string | undefined {
  const failed = failedIn(actions);
  if (!failed) return undefined;
  const { summary = "", error, by } = failed;
  if (!isRejected(failed)) return error ?? (summary === "" ? `${failed.name} failed.` : summary);
  return summary === "" ? `Rejected by ${personIn(by) ?? "a reviewer"}.` : summary;
}

/** How many executions are searched for a newer one. */
const RECENT = 25;

/** Why an execution was stopped, or which newer one superseded it. */
export async function stopReason(ref: ServiceRef, executionId: string): Promise<string | undefined> {
  const runs = await executionsOf(ref, RECENT);
  const at = runs.findIndex(({ pipelineExecutionId }) => pipelineExecutionId === executionId);
  const run = runs[at];
  return run && (run.stopTrigger?.reason ?? overtakerOf(run, runs));
}

/** Which newer execution superseded one while it waited; `runs`: newest first. */
export function overtakerOf(
  run: PipelineExecutionSummary,
  runs: readonly PipelineExecutionSummary[],
): string | undefined {
  if (run.status !== "Superseded") return undefined;
  const later = runs.slice(0, runs.indexOf(run)).findLast(({ status }) => status !== "Superseded");
  return later && `A newer execution took its place: ${later.pipelineExecutionId}.`;
}

/** The last part of the ARN of a user or role session. */
export const personIn = (arn: string | undefined): string | undefined =>
  arn === undefined || arn === "" ? undefined : arn.slice(arn.lastIndexOf("/") + 1);

const failedIn = (actions: readonly Action[]) => actions.findLast(({ status }) => status === "Failed");

/** An expired approval fails with an error; a rejected one has an identity that rejected it. */
const isRejected = (action: Action | undefined) =>
  action?.category === "Approval" && (action.by !== undefined || action.error === undefined);
