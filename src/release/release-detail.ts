// Everything about one release: what it changes, how far its rollout is, why it failed, and the log of its build.
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { absent } from "../aws/errors.ts";
import { approvalOf } from "./approval.ts";
import { buildsOf, logOf } from "./build-log.ts";
import { comparisonOf, type Comparison } from "./comparison.ts";
import type { ApprovalSubject } from "./events.ts";
import { actionsOf, executionsOf } from "./executions.ts";
import { History, type Release } from "./history.ts";
import { NoSuchRelease } from "./rollback.ts";
import { rolloutNow, type ServiceTasks } from "./rollouts.ts";
import { isDeployOf, isJob, serviceName, type ServiceRef } from "./service-ref.ts";

/** The tasks of one service while a release is deployed to it, or after it. */
export interface ServiceRollout extends ServiceTasks {
  readonly service: string;
}

/** The last lines of a build's log. */
export interface BuildLines {
  readonly id: string;
  /** CodeBuild's status, such as `FAILED`; missing if CodeBuild does not have the build any more. */
  readonly status?: string;
  readonly lines: readonly { readonly at: number; readonly text: string }[];
  /** Whether the log has earlier lines. */
  readonly hasMore: boolean;
}

/** What there is to know of one release. */
export interface ReleaseDetail {
  readonly release: Release;
  readonly rollout: readonly ServiceRollout[];
  /** What it asks to be approved, while it waits for that; `runs` is missing if nothing was released yet. */
  readonly approval?: { readonly subject: ApprovalSubject; readonly runs?: Comparison };
  /** The service whose deployment failed, or else the first one. */
  readonly about: ServiceRef;
  readonly build?: BuildLines;
}

/** How many releases are searched, and the shortest beginning of an id. */
const [SEARCHED, SHORTEST] = [100, 4];

/** What is asked about one release. */
export interface Asked {
  /** Its execution id, or the beginning of it. */
  readonly wanted: string;
  /** How many of the last lines of its build's log. */
  readonly lines: number;
  /** The folder whose checkout may have the commits in between. */
  readonly directory: string;
}

/** Reads one release. Throws `NoSuchRelease` if none of the last ones begins so. `refs`: the services that it deploys. */
export async function releaseDetail(
  ref: ServiceRef,
  refs: readonly ServiceRef[],
  { wanted, lines, directory }: Asked,
): Promise<ReleaseDetail> {
  const runs = await executionsOf(ref, SEARCHED);
  const run = runs.find(({ pipelineExecutionId: id }) => wanted.length >= SHORTEST && id?.startsWith(wanted));
  if (!run)
    throw new NoSuchRelease(`None of the last ${SEARCHED} releases has an id that is or begins with ${wanted}.`);
  const { pipelineExecutionId: executionId = "" } = run;
  const [[release], actions] = await Promise.all([
    new History(ref, runs, refs).read([run]),
    actionsOf(ref, executionId),
  ]);
  if (!release) throw new NoSuchRelease(`Release ${executionId} could not be read.`);
  const isRunning = release.ending === "running";
  const deployed = refs.filter((one) => !isJob(one) && actions.some((action) => isDeployOf(one, action)));
  const failed = refs.find((one) => actions.some((action) => isDeployOf(one, action) && action.status === "Failed"));
  const [rollouts, subject, build] = await Promise.all([
    Promise.all(deployed.map(async (one) => ({ service: serviceName(one), ...(await rolloutNow(one)) }))),
    isRunning ? approvalOf(ref, executionId, actions) : undefined,
    release.build === undefined ? undefined : buildLines(ref, release.build, lines),
  ]);
  const runsNow = subject && (await comparisonOf(refs, subject, directory));
  const own = new Set([release.revision, ...(release.services ?? []).map(({ revision }) => revision)]);
  return {
    release,
    // A later release has taken the place of its tasks.
    rollout: rollouts.filter((one) => isRunning || one.rollouts.some(({ revision }) => own.has(revision))),
    ...(subject && { approval: { subject, ...(runsNow && { runs: runsNow }) } }),
    about: failed ?? ref,
    ...(build && { build }),
  };
}

async function buildLines(ref: ServiceRef, id: string, limit: number): Promise<BuildLines> {
  const [build] = await buildsOf(ref, [id]);
  const place = logOf(build);
  // One more than is wanted, by which it is known whether there are earlier ones. GetLogEvents returns at most 10,000, the latest ones where
  // `startFromHead` is false: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
  const command = place && new GetLogEventsCommand({ ...place, limit: limit + 1, startFromHead: false });
  const { events = [] } = (command && (await absent(ref.aws.logs(command), "ResourceNotFoundException"))) ?? {};
  return {
    id,
    ...(build?.buildStatus === undefined ? {} : { status: build.buildStatus }),
    lines: events.slice(-limit).map(({ timestamp = 0, message = "" }) => ({ at: timestamp, text: message.trimEnd() })),
    hasMore: events.length > limit,
  };
}
