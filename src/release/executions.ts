import {
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  StartPipelineExecutionCommand,
  type ActionExecutionDetail,
  type PipelineExecution,
  type PipelineExecutionSummary,
} from "@aws-sdk/client-codepipeline";
import { messageOf } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import type { ServiceRef } from "./service-ref.ts";
import { headOf, tokenOf } from "./upload.ts";
import type { Action } from "./action.ts";

const timeOf = (date: Date | undefined) => date?.getTime() ?? 0;

/** The actions of an execution, in start order. */
export async function actionsOf(ref: ServiceRef, pipelineExecutionId: string): Promise<Action[]> {
  const { pipeline: pipelineName } = ref.names;
  const found = await everyPage(async (nextToken) => {
    const page = await ref.aws.codePipeline(
      new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId }, nextToken }),
    );
    return { items: page.actionExecutionDetails, next: page.nextToken };
  });
  return inOrder(found);
}

/** AWS lists the newest first; actions that started at the same moment keep their order. */
const inOrder = (found: readonly ActionExecutionDetail[]): Action[] =>
  found
    .toReversed()
    .map(actionFrom)
    .toSorted((one, other) => one.startedAt - other.startedAt);

/** Above this number, executions are read together, page by page, instead of one by one. */
const ONE_BY_ONE = 10;

/**
 * The actions of several executions (newest first), each in start order. One call returns a hundred
 * actions, so many executions need fewer calls than one each.
 */
export async function actionsOfAll(ref: ServiceRef, runs: readonly PipelineExecutionSummary[]): Promise<Action[][]> {
  const read = runs.length > ONE_BY_ONE ? await actionsSince(ref, timeOf(runs.at(-1)?.startTime)) : new Map();
  return Promise.all(
    runs.map(({ pipelineExecutionId = "" }) => read.get(pipelineExecutionId) ?? actionsOf(ref, pipelineExecutionId)),
  );
}

/** The actions that started since a moment, by execution. */
async function actionsSince(ref: ServiceRef, since: number): Promise<Map<string, Action[]>> {
  const { pipeline: pipelineName } = ref.names;
  const found = await everyPage(async (nextToken) => {
    const command = new ListActionExecutionsCommand({ pipelineName, maxResults: 100, nextToken });
    const { actionExecutionDetails: items = [], nextToken: next } = await ref.aws.codePipeline(command);
    // Newest first: the actions of an execution start after it.
    const isPast = timeOf(items.at(-1)?.startTime) < since;
    return { items, next: isPast ? undefined : next };
  });
  const byRun = new Map<string, ActionExecutionDetail[]>();
  for (const detail of found) {
    const { pipelineExecutionId: id = "" } = detail;
    byRun.set(id, [...(byRun.get(id) ?? []), detail]);
  }
  return new Map([...byRun].map(([id, own]) => [id, inOrder(own)]));
}

function actionFrom({ input, output, ...detail }: ActionExecutionDetail): Action {
  const result = output?.executionResult;
  return {
    stage: detail.stageName ?? "",
    name: detail.actionName ?? "",
    category: input?.actionTypeId?.category ?? "",
    status: detail.status ?? "",
    startedAt: timeOf(detail.startTime),
    updatedAt: timeOf(detail.lastUpdateTime ?? detail.startTime),
    externalId: result?.externalExecutionId,
    summary: result?.externalExecutionSummary,
    error: result?.errorDetails?.message,
    by: detail.updatedBy,
    configuration: input?.resolvedConfiguration ?? input?.configuration ?? {},
  };
}

/**
 * CodePipeline does not immediately find an execution that it has just started: retried for about a minute. A missing
 * execution takes as long.
 */
const NOT_KNOWN_YET = [{ code: "PipelineExecutionNotFoundException", budget: 60 }] as const;

/** The current state of an execution. */
export async function executionOf(ref: ServiceRef, pipelineExecutionId: string): Promise<PipelineExecution> {
  const { pipeline: pipelineName } = ref.names;
  const command = new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId });
  return (await ref.aws.codePipeline(command, { notYet: NOT_KNOWN_YET })).pipelineExecution ?? {};
}

/** The latest executions, newest first. */
export async function executionsOf(ref: ServiceRef, limit: number): Promise<PipelineExecutionSummary[]> {
  const { pipeline: pipelineName } = ref.names;
  const found: PipelineExecutionSummary[] = [];
  let nextToken: string | undefined;
  do {
    const maxResults = Math.min(100, limit - found.length);
    const page = await ref.aws.codePipeline(new ListPipelineExecutionsCommand({ pipelineName, maxResults, nextToken }));
    found.push(...(page.pipelineExecutionSummaries ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && found.length < limit);
  return found.slice(0, limit);
}

/** How long an upload may take to start an execution. Milliseconds. */
export const PATIENCE = 180_000;
/**
 * How long to wait for an event from S3 before starting the pipeline directly. "Typically, event notifications are delivered in
 * seconds but can sometimes take a minute or longer" (Amazon S3 user guide); none comes for about five minutes after a bucket was set to
 * send them ("Enabling Amazon EventBridge"), and that is when its pipeline is created too.
 */
const EVENT = 90_000;
const EVENT_OF_YOUNG = 20_000;
const YOUNG = 600_000;
/** How many executions are searched for the one that an upload started. */
export const RECENT = 25;

/**
 * The execution that the upload of a version started. Events from S3 may be lost: if none arrives, the execution is started here,
 * at most once per version.
 */
export async function findExecution(ref: ServiceRef, version: string, signal?: AbortSignal): Promise<string> {
  const { clock, names } = ref;
  const since = clock.now();
  let patience: number | undefined;
  let refused: string | undefined;
  for (let wait = 500; ; wait = Math.min(3_000, wait * 1.5)) {
    signal?.throwIfAborted();
    const runs = await executionsOf(ref, RECENT);
    const found = await startedBy(ref, runs, version);
    const waited = clock.now() - since;
    if (found?.pipelineExecutionId !== undefined && (waited >= EVENT_OF_YOUNG || !mayBeSecond(runs, found)))
      return found.pipelineExecutionId;
    if (waited >= EVENT_OF_YOUNG) patience ??= (await isYoung(ref)) ? EVENT_OF_YOUNG : EVENT;
    if (patience !== undefined && waited >= patience && refused === undefined && !runs.some(mayStillBe)) {
      await checkNewest(ref, version);
      const started = await start(ref, version);
      if (started.id !== undefined) return started.id;
      refused = started.refused;
    }
    if (waited >= PATIENCE)
      throw new Error(
        `The source was uploaded as version ${version} of s3://${names.sourceBucket}/${ref.stack.delivery.sourceKey}, but no ` +
          `pipeline execution started with it. Check that EventBridge rule ${names.sourceRule} is enabled and allowed to start ` +
          `pipeline ${names.pipeline}${refused === undefined ? "." : `, which could not be started directly either: ${refused}`}`,
      );
    await clock.sleep(wait, signal);
  }
}

/** Whether an earlier one in progress may have the same source: of two that an event started, the first one is the release. `runs`: newest first. */
const mayBeSecond = (runs: readonly PipelineExecutionSummary[], found: PipelineExecutionSummary): boolean =>
  runs.slice(runs.indexOf(found) + 1).some(mayStillBe);

/** Its source revision is not known yet. */
const mayStillBe = ({ status, sourceRevisions = [] }: PipelineExecutionSummary) =>
  status === "InProgress" && sourceRevisions.length === 0;

/** Whether the pipeline, and the bucket's event configuration with it, was created recently. */
async function isYoung({ aws, names, clock }: ServiceRef): Promise<boolean> {
  const { metadata } = await aws.codePipeline(new GetPipelineCommand({ name: names.pipeline }));
  return metadata?.created !== undefined && clock.now() - metadata.created.getTime() < YOUNG;
}

/**
 * The execution among `runs` that the upload of a version started. If duplicate events started several (S3 delivers "at least once": Amazon S3
 * user guide, "Amazon S3 Event Notifications"), the first one in progress, and then one that has succeeded: the others were stopped.
 */
export async function startedBy(
  ref: ServiceRef,
  runs: readonly PipelineExecutionSummary[],
  version: string,
): Promise<PipelineExecutionSummary | undefined> {
  const all = runs.filter(({ sourceRevisions }) => sourceRevisions?.some(({ revisionId }) => revisionId === version));
  const own =
    all.findLast(({ status }) => status === "InProgress") ?? all.find(({ status }) => status === "Succeeded") ?? all[0];
  return own ?? withoutSource(ref, runs, version);
}

/** The first execution since the upload that ended before its source revision was known. */
async function withoutSource(ref: ServiceRef, runs: readonly PipelineExecutionSummary[], version: string) {
  const ended = runs.filter(
    ({ status, sourceRevisions = [], trigger }) =>
      status !== "InProgress" && sourceRevisions.length === 0 && trigger?.triggerType === "CloudWatchEvent",
  );
  const latest = ended.at(0)?.startTime;
  if (latest === undefined) return undefined;
  const uploaded = (await headOf(ref, version))?.LastModified;
  return uploaded && ended.findLast(({ startTime }) => timeOf(startTime) >= uploaded.getTime());
}

/** A pipeline that is started now uses the newest version, whoever uploaded it. */
async function checkNewest(ref: ServiceRef, version: string): Promise<void> {
  const newest = (await headOf(ref))?.VersionId;
  if (newest !== version)
    throw new Error(
      `Before pipeline ${ref.names.pipeline} picked up version ${version} of the source, ` +
        (newest === undefined ? "it was deleted." : `version ${newest} was uploaded and superseded it.`),
    );
}

async function start(ref: ServiceRef, version: string): Promise<{ id?: string | undefined; refused: string }> {
  const { pipeline: name } = ref.names;
  try {
    const command = new StartPipelineExecutionCommand({ name, clientRequestToken: tokenOf(version) });
    const { pipelineExecutionId } = await ref.aws.codePipeline(command);
    return { id: pipelineExecutionId, refused: "CodePipeline returned no execution." };
  } catch (error) {
    return { refused: messageOf(error) };
  }
}
