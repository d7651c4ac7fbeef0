import {
  StopPipelineExecutionCommand,
  type ExecutionTrigger,
  type PipelineExecutionSummary,
} from "@aws-sdk/client-codepipeline";
import { absent } from "../aws/errors.ts";
import { executionsOf, RECENT } from "./executions.ts";
import type { Site } from "./site.ts";
import { DEPLOY, situationOf } from "./situation.ts";

const versionOf = ({ sourceRevisions }: PipelineExecutionSummary) => sourceRevisions?.[0]?.revisionId;

/**
 * The executions among `runs`, the newest first, that an event of the stack's rule started although an earlier one has the same version of
 * the source. What a person started, or another rule, is wanted.
 */
export function twinsOf(runs: readonly PipelineExecutionSummary[], rule: string): PipelineExecutionSummary[] {
  return runs.filter(
    (run, index) =>
      run.status === "InProgress" &&
      startsBy(run.trigger, rule) &&
      versionOf(run) !== undefined &&
      runs.slice(index + 1).some((earlier) => versionOf(earlier) === versionOf(run)),
  );
}

/** API reference, ExecutionTrigger: what `triggerDetail` says of an event is not documented, so a rule counts only where it is named. */
function startsBy(trigger: ExecutionTrigger | undefined, rule: string): boolean {
  const { triggerType, triggerDetail = "" } = trigger ?? {};
  return triggerType === "CloudWatchEvent" && (!triggerDetail.includes(":rule/") || triggerDetail.endsWith(`/${rule}`));
}

/**
 * Stops the executions that an event of S3 has started for a source version that has its release already, because the event came twice or
 * after the pipeline was started without it: each would build the same source again, and block the releases behind it. Answers their ids.
 */
export async function stopTwins(site: Site): Promise<string[]> {
  const { pipeline: pipelineName, sourceRule } = site.names;
  const twins = twinsOf(await executionsOf(site, RECENT), sourceRule);
  if (twins.length === 0) return [];
  // One that is being deployed is left alone: an abandoned deployment goes on with nobody watching it.
  const deploys = (await situationOf(site))?.stages.find(({ stageName }) => stageName === DEPLOY)?.latestExecution;
  const stopped: string[] = [];
  for (const { pipelineExecutionId = "" } of twins) {
    if (pipelineExecutionId === deploys?.pipelineExecutionId) continue;
    const reason = "An event of S3 came twice or late: the same version of the source has its release already.";
    const command = new StopPipelineExecutionCommand({ pipelineName, pipelineExecutionId, abandon: true, reason });
    const done = await absent(
      site.aws.codePipeline(command),
      "PipelineExecutionNotFoundException",
      "PipelineExecutionNotStoppableException",
      "DuplicatedStopRequestException",
    );
    if (done) stopped.push(pipelineExecutionId);
  }
  return stopped;
}
