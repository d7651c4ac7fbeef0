import {
  StopPipelineExecutionCommand,
  type ExecutionTrigger,
  type PipelineExecutionSummary,
} from "@aws-sdk/client-codepipeline";
import { absent } from "../aws/errors.ts";
import { executionsOf, RECENT } from "./executions.ts";
import type { ServiceRef } from "./service-ref.ts";
import { DEPLOY, situationOf } from "./situation.ts";

const versionOf = ({ sourceRevisions }: PipelineExecutionSummary) => sourceRevisions?.[0]?.revisionId;

/** Why a duplicate execution is stopped: followers continue with the other one. */
const REASON = "Duplicate or late S3 event: this version of the source already has a release.";

/**
 * The executions among `runs` (newest first) that an event of the stack's rule started although another one has the same version of the
 * source: the followed one, or an earlier one. Executions started by a person or another rule are intended.
 */
export function duplicatesOf(
  runs: readonly PipelineExecutionSummary[],
  rule: string,
  followed: string,
): PipelineExecutionSummary[] {
  const own = runs.find(({ pipelineExecutionId }) => pipelineExecutionId === followed);
  return runs.filter((run, index) => {
    const isOfEvent = run.status === "InProgress" && startsBy(run.trigger, rule) && versionOf(run) !== undefined;
    if (!isOfEvent || run === own) return false;
    if (own?.status === "InProgress" && versionOf(own) === versionOf(run)) return true;
    // If this one superseded the earlier one, this one is released.
    return runs
      .slice(index + 1)
      .some((earlier) => versionOf(earlier) === versionOf(run) && earlier.status !== "Superseded");
  });
}

/** API reference, ExecutionTrigger: `triggerDetail` is not documented for events, so the rule is compared only if it is named. */
function startsBy(trigger: ExecutionTrigger | undefined, rule: string): boolean {
  const { triggerType, triggerDetail = "" } = trigger ?? {};
  return triggerType === "CloudWatchEvent" && (!triggerDetail.includes(":rule/") || triggerDetail.endsWith(`/${rule}`));
}

/**
 * The execution in progress that releases the same source as a superseded or stopped duplicate: a duplicate or late event started
 * one of the two. `undefined` if it was superseded by another source.
 */
export async function successorOf(ref: ServiceRef, executionId: string): Promise<string | undefined> {
  const runs = await executionsOf(ref, RECENT);
  const own = runs.find(({ pipelineExecutionId }) => pipelineExecutionId === executionId);
  const version = own && versionOf(own);
  const isTwin = own?.status === "Superseded" || own?.stopTrigger?.reason === REASON;
  if (version === undefined || !isTwin) return undefined;
  return runs.find((run) => run.status === "InProgress" && versionOf(run) === version)?.pipelineExecutionId;
}

/**
 * Stops the executions that an S3 event has started for a source version that already has a release, because the event was duplicated or
 * came after the pipeline was started without it: each would build the same source again, and block the releases behind it. `followed`
 * is the release that continues. Returns their ids.
 */
export async function stopDuplicates(ref: ServiceRef, followed: string): Promise<string[]> {
  const { pipeline: pipelineName, sourceRule } = ref.names;
  const twins = duplicatesOf(await executionsOf(ref, RECENT), sourceRule, followed);
  if (twins.length === 0) return [];
  // One that is being deployed is not stopped: an abandoned deployment would continue unattended.
  const deploys = (await situationOf(ref))?.stages.find(({ stageName }) => stageName === DEPLOY)?.latestExecution;
  const stopped: string[] = [];
  for (const { pipelineExecutionId = "" } of twins) {
    if (pipelineExecutionId === deploys?.pipelineExecutionId) continue;
    const command = new StopPipelineExecutionCommand({
      pipelineName,
      pipelineExecutionId,
      abandon: true,
      reason: REASON,
    });
    const done = await absent(
      ref.aws.codePipeline(command),
      "PipelineExecutionNotFoundException",
      "PipelineExecutionNotStoppableException",
      "DuplicatedStopRequestException",
    );
    if (done) stopped.push(pipelineExecutionId);
  }
  return stopped;
}
