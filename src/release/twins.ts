import { StopPipelineExecutionCommand, type PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import { absent } from "../aws/errors.ts";
import { executionsOf, RECENT } from "./executions.ts";
import type { Site } from "./site.ts";
import { DEPLOY, situationOf } from "./situation.ts";

const startOf = ({ startTime }: PipelineExecutionSummary) => startTime?.getTime() ?? 0;
const versionOf = ({ sourceRevisions }: PipelineExecutionSummary) => sourceRevisions?.[0]?.revisionId;

/** The executions among `runs` of the same source version that an event started after that one. */
export function twinsOf(runs: readonly PipelineExecutionSummary[], executionId: string): PipelineExecutionSummary[] {
  const own = runs.find(({ pipelineExecutionId }) => pipelineExecutionId === executionId);
  const version = own && versionOf(own);
  if (!own || version === undefined) return [];
  return runs.filter(
    (run) =>
      run.pipelineExecutionId !== executionId &&
      run.status === "InProgress" &&
      versionOf(run) === version &&
      // What a person starts again is wanted.
      run.trigger?.triggerType === "CloudWatchEvent" &&
      startOf(run) >= startOf(own),
  );
}

/**
 * Stops the executions that an event of S3 has started for the source version of this one, because it came twice or after the pipeline was
 * started without it: each would build the same source again, and block the releases that come after it. Answers their ids.
 */
export async function stopTwins(site: Site, executionId: string): Promise<string[]> {
  const { pipeline: pipelineName } = site.names;
  const twins = twinsOf(await executionsOf(site, RECENT), executionId);
  if (twins.length === 0) return [];
  // One that is being deployed already is left alone: an abandoned deployment goes on without anybody who watches it.
  const deploys = (await situationOf(site))?.stages.find(({ stageName }) => stageName === DEPLOY)?.latestExecution;
  const stopped: string[] = [];
  for (const { pipelineExecutionId = "" } of twins) {
    if (pipelineExecutionId === deploys?.pipelineExecutionId) continue;
    const reason = `The same source version is released by execution ${executionId}: an event of S3 came twice or late.`;
    await absent(
      site.aws.codePipeline(
        new StopPipelineExecutionCommand({ pipelineName, pipelineExecutionId, abandon: true, reason }),
      ),
      "PipelineExecutionNotFoundException",
      "PipelineExecutionNotStoppableException",
      "DuplicatedStopRequestException",
    );
    stopped.push(pipelineExecutionId);
  }
  return stopped;
}
