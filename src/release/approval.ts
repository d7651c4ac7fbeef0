import {
  GetPipelineStateCommand,
  PutApprovalResultCommand,
  type ActionState,
  type StageState,
} from "@aws-sdk/client-codepipeline";
import { hasCode, messageOf } from "../aws/errors.ts";
import type { ApprovalSubject } from "./events.ts";
import { actionsOf, executionOf } from "./executions.ts";
import type { Action } from "./action.ts";
import { builtImages } from "./image.ts";
import { scansOf } from "./scan.ts";
import type { ServiceRef } from "./service-ref.ts";
import { sourceOf } from "./upload.ts";

/** No approval is pending for the given answer. */
export class NoPendingApproval extends Error {
  override readonly name = "NoPendingApproval";
}

/** A pending approval. */
interface Waiting {
  readonly executionId: string;
  readonly stage: string;
  readonly action: string;
  readonly token: string;
}

async function stagesOf(ref: ServiceRef): Promise<StageState[]> {
  const command = new GetPipelineStateCommand({ name: ref.names.pipeline });
  return (await ref.aws.codePipeline(command)).stageStates ?? [];
}

function waitingIn(stages: readonly StageState[]): Waiting | undefined {
  for (const { stageName: stage = "", latestExecution, actionStates = [] } of stages)
    for (const { actionName: action = "", latestExecution: latest } of actionStates)
      if (latest?.status === "InProgress" && latest.token !== undefined)
        return { executionId: latestExecution?.pipelineExecutionId ?? "", stage, action, token: latest.token };
  return undefined;
}

/** The pending approval. Throws `NoPendingApproval` if there is none. */
export async function pendingApproval(ref: ServiceRef): Promise<ApprovalSubject> {
  const waiting = await waitingNow(ref);
  const actions = await actionsOf(ref, waiting.executionId);
  return subjectOf(ref, waiting, actions);
}

async function waitingNow(ref: ServiceRef): Promise<Waiting> {
  const stages = await stagesOf(ref);
  const waiting = waitingIn(stages);
  if (waiting) return waiting;
  throw new NoPendingApproval(`No approval is pending in pipeline ${ref.names.pipeline}: ${doingOf(stages)}`);
}

/** The pending approval of one execution; `undefined` if it is not (or no longer) waiting for one. */
export async function approvalOf(
  ref: ServiceRef,
  executionId: string,
  actions: readonly Action[],
): Promise<ApprovalSubject | undefined> {
  const waiting = waitingIn(await stagesOf(ref));
  return waiting?.executionId === executionId ? subjectOf(ref, waiting, actions) : undefined;
}

async function subjectOf(ref: ServiceRef, waiting: Waiting, actions: readonly Action[]): Promise<ApprovalSubject> {
  const { executionId, stage, action: name, token } = waiting;
  const action = actions.findLast((one) => one.stage === stage && one.name === name);
  const { artifactRevisions: [revision] = [] } = await executionOf(ref, executionId);
  const version = revision?.revisionId ?? "";
  const unknown = {
    version,
    digest: undefined,
    commit: undefined,
    files: undefined,
    changed: undefined,
    by: undefined,
  };
  const [source, images] = await Promise.all([
    version === "" ? unknown : sourceOf(ref, version),
    builtImages(ref, actions),
  ]);
  const message = action?.configuration["CustomData"] ?? "";
  const since = action?.startedAt ?? ref.clock.now();
  const scans = await scansOf(ref, images, since);
  return { executionId, message, token, source, images, scans, since };
}

/** CodePipeline's maximum length of a summary. */
const LONGEST = 512;

/**
 * Answers the approval that was shown, and no other: a release that nobody has seen is not approved because it arrived a moment later.
 * Throws `NoPendingApproval` if `subject` is no longer pending.
 */
export async function approve(
  ref: ServiceRef,
  answer: { readonly approved: boolean; readonly reason: string; readonly subject: ApprovalSubject },
): Promise<void> {
  const { pipeline: pipelineName } = ref.names;
  const waiting = await waitingNow(ref);
  const { subject } = answer;
  if (subject.token !== waiting.token)
    throw new NoPendingApproval(
      `The approval of execution ${subject.executionId} is no longer pending in pipeline ${pipelineName}; ` +
        `the approval of execution ${waiting.executionId} is.`,
    );
  const status = answer.approved ? "Approved" : "Rejected";
  try {
    await ref.aws.codePipeline(
      new PutApprovalResultCommand({
        pipelineName,
        stageName: waiting.stage,
        actionName: waiting.action,
        token: waiting.token,
        result: { status, summary: answer.reason.slice(0, LONGEST) },
      }),
    );
  } catch (error) {
    if (!hasCode(error, "ApprovalAlreadyCompletedException", "InvalidApprovalTokenException")) throw error;
    throw new NoPendingApproval(
      `The approval of execution ${waiting.executionId} has already been answered: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The pipeline's current or last activity, in one sentence. */
function doingOf(stages: readonly StageState[]): string {
  const at = stages.find(({ latestExecution }) => latestExecution?.status === "InProgress");
  const execution = ({ latestExecution }: StageState) => latestExecution?.pipelineExecutionId;
  if (at) return `execution ${execution(at)} is in stage ${at.stageName}.`;
  const last = stages
    .flatMap((stage) => {
      const times = (stage.actionStates ?? []).map(changedAt).filter((time) => time > 0);
      return times.length === 0 ? [] : [{ stage, time: Math.max(...times) }];
    })
    // If two stages changed at the same moment, the later one is the one it reached.
    .reduce<{ stage: StageState; time: number } | undefined>(
      (latest, one) => (latest && latest.time > one.time ? latest : one),
      undefined,
    );
  if (!last) return "it has not run yet.";
  return `execution ${execution(last.stage)} reached stage ${last.stage.stageName}: ${last.stage.latestExecution?.status}.`;
}

const changedAt = ({ latestExecution }: ActionState) => latestExecution?.lastStatusChange?.getTime() ?? 0;
