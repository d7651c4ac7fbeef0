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

/** Why a twin is stopped: whoever follows it goes on with the other. */
const REASON = "Duplicate or late S3 event: this version of the source already has a release.";

/**
 * The executions among `runs`, the newest first, that an event of the stack's rule started although another one has the same version of the
 * source: the one that is followed, or an earlier one. What a person started, or another rule, is wanted.
 */
export function twinsOf(
  runs: readonly PipelineExecutionSummary[],
  rule: string,
  followed: string,
): PipelineExecutionSummary[] {
  const own = runs.find(({ pipelineExecutionId }) => pipelineExecutionId === followed);
  return runs.filter((run, index) => {
    const isOfEvent = run.status === "InProgress" && startsBy(run.trigger, rule) && versionOf(run) !== undefined;
    if (!isOfEvent || run === own) return false;
    if (own?.status === "InProgress" && versionOf(own) === versionOf(run)) return true;
    // An earlier one that this one has overtaken will not be released: then this one is.
    return runs
      .slice(index + 1)
      .some((earlier) => versionOf(earlier) === versionOf(run) && earlier.status !== "Superseded");
  });
}

/** API reference, ExecutionTrigger: what `triggerDetail` says of an event is not documented, so a rule counts only where it is named. */
function startsBy(trigger: ExecutionTrigger | undefined, rule: string): boolean {
  const { triggerType, triggerDetail = "" } = trigger ?? {};
  return triggerType === "CloudWatchEvent" && (!triggerDetail.includes(":rule/") || triggerDetail.endsWith(`/${rule}`));
}

/**
 * The execution in progress that releases the source of one that was superseded, or stopped as its twin: an event that came twice or late started
 * one of the two. `undefined` where what took its place is another source.
 */
export async function heirOf(ref: ServiceRef, executionId: string): Promise<string | undefined> {
  const runs = await executionsOf(ref, RECENT);
  const own = runs.find(({ pipelineExecutionId }) => pipelineExecutionId === executionId);
  const version = own && versionOf(own);
  const isTwin = own?.status === "Superseded" || own?.stopTrigger?.reason === REASON;
  if (version === undefined || !isTwin) return undefined;
  return runs.find((run) => run.status === "InProgress" && versionOf(run) === version)?.pipelineExecutionId;
}

/**
 * Stops the executions that an event of S3 has started for a source version that has its release already, because the event came twice or
 * after the pipeline was started without it: each would build the same source again, and block the releases behind it. `followed`
 * is the release that goes on. Answers their ids.
 */
export async function stopTwins(ref: ServiceRef, followed: string): Promise<string[]> {
  const { pipeline: pipelineName, sourceRule } = ref.names;
  const twins = twinsOf(await executionsOf(ref, RECENT), sourceRule, followed);
  if (twins.length === 0) return [];
  // One that is being deployed is left alone: an abandoned deployment goes on with no one watching it.
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
