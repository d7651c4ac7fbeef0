import { BatchGetBuildsCommand } from "@aws-sdk/client-codebuild";
import { ListActionExecutionsCommand, type ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { absent } from "../../aws/errors.ts";
import { STEP, type ServiceRef } from "../service-ref.ts";
import { sourceExistedAt } from "../source-then.ts";
import type { Ask } from "./ask.ts";
import type { FailedBuild, PipelineEvidence } from "./evidence.ts";
import { looksLikeError } from "./lines.ts";
import { tail } from "./log.ts";

/** The evidence of a pipeline execution, and the deployment that it started. */
export interface RunEvidence extends PipelineEvidence {
  /** `ecs-svc/<number>`, if the run reached its deployment. */
  readonly deployment?: string | undefined;
  /** When its deployment started and ended in CodePipeline, in milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** How many build log lines are read, and how many are shown before and after the first error. */
const READ = 200;
const BEFORE = 3;
const AFTER = 8;

export async function ofPipeline(ref: ServiceRef, executionId: string, ask: Ask): Promise<RunEvidence> {
  const command = new ListActionExecutionsCommand({
    pipelineName: ref.names.pipeline,
    filter: { pipelineExecutionId: executionId },
  });
  const answer = await ask(
    "the pipeline",
    absent(ref.aws.codePipeline(command), "PipelineNotFoundException", "PipelineExecutionNotFoundException"),
  );
  // Newest first: only the last attempt of a retried action counts.
  const latest = new Map<string, ActionExecutionDetail>();
  for (const detail of answer?.actionExecutionDetails ?? []) {
    const name = `${detail.stageName}/${detail.actionName}`;
    if (!latest.has(name)) latest.set(name, detail);
  }
  const actions = [...latest.values()];
  const deploys = actions.filter((detail) => categoryOf(detail) === "Deploy");
  const isOwn = ({ input }: ActionExecutionDetail) => input?.configuration?.["ServiceName"] === ref.names.service;
  // With several services, the one in question counts.
  const deploy = deploys.length > 1 ? deploys.find(isOwn) : deploys[0];
  const failures = actions.filter(({ status }) => status === "Failed");
  const failed = failures.find((one) => one === deploy) ?? failures[0];
  return {
    deployment: deploy && deploymentOf(deploy),
    since: deploy?.startTime?.getTime(),
    until: deploy?.status === "InProgress" ? undefined : deploy?.lastUpdateTime?.getTime(),
    isBeforeDeployment: actions.length > 0 && !deploy,
    ...(failed ? await ofFailed(ref, failed, ask) : {}),
  };
}

const categoryOf = ({ input }: ActionExecutionDetail): string => input?.actionTypeId?.category ?? "";

/** ECS's id of the deployment that an action started, from any field where the pipeline reports it. */
function deploymentOf({ output }: ActionExecutionDetail): string | undefined {
  const { externalExecutionId, externalExecutionSummary, errorDetails } = output?.executionResult ?? {};
  return /ecs-svc\/\d+/.exec(`${externalExecutionId} ${externalExecutionSummary} ${errorDetails?.message}`)?.[0];
}

async function ofFailed(ref: ServiceRef, failed: ActionExecutionDetail, ask: Ask): Promise<PipelineEvidence> {
  const category = categoryOf(failed);
  const { errorDetails, externalExecutionId, externalExecutionSummary } = failed.output?.executionResult ?? {};
  const by = failed.updatedBy;
  const action = {
    stage: failed.stageName ?? category,
    name: failed.actionName ?? "",
    category,
    code: errorDetails?.code ?? "",
    message: errorDetails?.message ?? "",
    summary: externalExecutionSummary ?? "",
    ...(by === undefined ? {} : { by }),
  };
  if (category === "Source") return { action, source: await sourceOf(ref, failed, ask) };
  if ((category !== "Build" && category !== STEP) || externalExecutionId === undefined) return { action };
  const build = await buildOf(ref, externalExecutionId, category, ask);
  return { action, ...(build ? { build } : {}) };
}

async function sourceOf(
  ref: ServiceRef,
  { input, lastUpdateTime }: ActionExecutionDetail,
  ask: Ask,
): Promise<NonNullable<PipelineEvidence["source"]>> {
  const bucket = input?.configuration?.["S3Bucket"] ?? ref.names.sourceBucket;
  const key = input?.configuration?.["S3ObjectKey"] ?? ref.stack.delivery.sourceKey;
  // Without permission to list the bucket, S3 returns the same error for a missing key and for an unreadable one.
  const at = lastUpdateTime?.getTime() ?? ref.clock.now();
  const there = await ask(`s3://${bucket}/${key}`, sourceExistedAt(ref, { bucket, key }, at));
  return { bucket, key, ...(there === undefined ? {} : { there }) };
}

async function buildOf(ref: ServiceRef, id: string, category: string, ask: Ask): Promise<FailedBuild | undefined> {
  const answer = await ask("the build", ref.aws.codeBuild(new BatchGetBuildsCommand({ ids: [id] })));
  const build = answer?.builds?.[0];
  if (!build) return undefined;
  const phase = build.phases?.find(({ phaseStatus = "SUCCEEDED" }) => !GOING_WELL.includes(phaseStatus));
  const context = phase?.contexts?.find(({ message }) => message !== undefined && message !== "");
  const { groupName = "", streamName = "" } = build.logs ?? {};
  const log = groupName === "" || streamName === "" ? [] : await tail(ref, groupName, streamName, READ, ask);
  return {
    status: build.buildStatus ?? "FAILED",
    phase: phase?.phaseType ?? "",
    code: context?.statusCode ?? "",
    message: context?.message ?? "",
    ...(category === STEP ? lastSaid(log) : whatFailed(log, phase?.phaseType ?? "")),
    logGroup: groupName,
    logStream: streamName,
  };
}

const GOING_WELL: readonly string[] = ["SUCCEEDED", "IN_PROGRESS", "QUEUED"];

/** Whether a line was written by CodeBuild itself. */
const isFrame = (line: string) => line.startsWith("[Container]");

const COMMAND_PHASES: readonly string[] = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"];

/** What a step of a release wrote last: its last line says how it ended. */
function lastSaid(log: readonly string[]): Pick<FailedBuild, "error" | "lines"> {
  const lines = log.filter((line) => !isFrame(line)).slice(-BEFORE - AFTER);
  const error = lines.at(-1);
  return { lines, ...(error === undefined ? {} : { error }) };
}

/** The first error line of the failed phase, or else the last line of its command, with the lines around it. */
function whatFailed(log: readonly string[], phase: string): Pick<FailedBuild, "error" | "lines"> {
  // In the other phases CodeBuild itself fails, and reports the reason in the phase.
  if (!COMMAND_PHASES.includes(phase)) return { lines: log.slice(-BEFORE) };
  const entered = log.findLastIndex((line) => isFrame(line) && line.includes(`Entering phase ${phase}`));
  const ended = log.findIndex(
    (line, at) => at > entered && isFrame(line) && line.includes("did not exit successfully"),
  );
  const last = ended < 0 ? log.length - 1 : ended;
  // The heading of a build step quotes its command, which may mention errors.
  const own = (line: string, at: number) => at > entered && at <= last && !isFrame(line) && !/^#\d+ \[/.test(line);
  const first = log.findIndex((line, at) => own(line, at) && looksLikeError(line));
  const at = first < 0 ? log.findLastIndex(own) : first;
  const lines = log.slice(Math.max(0, at - BEFORE), Math.min(at + AFTER, last + 1));
  return { lines, ...(log[at] === undefined ? {} : { error: log[at] }) };
}
