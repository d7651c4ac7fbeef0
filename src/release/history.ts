import type { Build } from "@aws-sdk/client-codebuild";
import type { PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { hasCode } from "../aws/errors.ts";
import { buildsOf } from "./build-log.ts";
import { endingOf, overtakerOf, personIn, whyOf } from "./ending.ts";
import type { Ending, Source } from "./events.ts";
import { actionsOfAll, executionsOf } from "./executions.ts";
import type { Action } from "./action.ts";
import { imageOf, type Image } from "./image.ts";
import { latestRevisions, registeredBy } from "./revision.ts";
import { isDeployOf, serviceName, type ServiceRef } from "./service-ref.ts";
import { sourceExistedAt } from "./source-then.ts";
import { sourceOf } from "./upload.ts";

/** One release and its origin. Times are milliseconds since the epoch. */
export interface Release {
  readonly executionId: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** `live`: the pipeline succeeded; `no-source`: started when the pipeline was created, before anything was uploaded. */
  readonly ending: Ending | "running" | "no-source";
  readonly why: string | undefined;
  /** Missing if it failed before its source was read. */
  readonly source: Source | undefined;
  /** CodeBuild's build id. */
  readonly build: string | undefined;
  readonly image: Image | undefined;
  /** `family:revision`, if it reached a deployment. */
  readonly revision: string | undefined;
  /** The services that it deployed, if the stack has several. */
  readonly services?: readonly ReleasedService[];
  /** Who answered the approval, and their comment. */
  readonly approval: { readonly by: string; readonly summary: string } | undefined;
}

/** The result of a release for one of several services. */
export interface ReleasedService {
  readonly service: string;
  readonly image: Image | undefined;
  /** `family:revision`. */
  readonly revision: string | undefined;
}

/** How many revisions are searched in addition to one per release: those registered by a reconcile. */
const OTHERS = 20;
/** The maximum page size of ListTaskDefinitions. */
const MOST = 100;

/** The latest releases, newest first. */
export async function releases(
  ref: ServiceRef,
  limit: number,
  refs: readonly ServiceRef[] = [ref],
): Promise<Release[]> {
  const runs = await executionsOf(ref, limit);
  const actions = await actionsOfAll(ref, runs);
  const ids = [...new Set(actions.flatMap((own) => buildIdIn(own) ?? []))];
  const [builds, revisions] = await Promise.all([
    buildsOf(ref, ids),
    Promise.all(
      refs.map(async (one) =>
        actions.some((own) => deployIn(own, one)) ? latestRevisions(one, Math.min(MOST, limit + OTHERS)) : [],
      ),
    ),
  ]);
  const known = { builds: new Map(builds.map((build) => [build.id, build])), revisions, refs };
  return Promise.all(runs.map((run, index) => releaseOf(ref, run, actions[index] ?? [], { ...known, runs })));
}

const buildIdIn = (actions: readonly Action[]) => actions.findLast(({ category }) => category === "Build")?.externalId;

const deployIn = (actions: readonly Action[], ref: ServiceRef) => actions.findLast((action) => isDeployOf(ref, action));

async function releaseOf(
  ref: ServiceRef,
  run: PipelineExecutionSummary,
  actions: readonly Action[],
  known: {
    builds: ReadonlyMap<string | undefined, Build>;
    /** Of each of the sites. */
    revisions: readonly (readonly TaskDefinition[])[];
    refs: readonly ServiceRef[];
    runs: readonly PipelineExecutionSummary[];
  },
): Promise<Release> {
  const version = run.sourceRevisions?.[0]?.revisionId;
  const build = buildIdIn(actions);
  const [source, image] = await Promise.all([
    version === undefined ? undefined : sourceOf(ref, version),
    build === undefined ? undefined : imageOf(ref, known.builds.get(build)),
  ]);
  const told = endingOf(run.status, actions);
  const isFirst = told === "failed" && version === undefined && (await startedWithoutSource(ref, run, actions));
  const ending = isFirst ? "no-source" : told;
  const { refs } = known;
  const revisionOf = (one: ServiceRef, uri: string | undefined) => {
    const deploy = deployIn(actions, one);
    return deploy && registeredBy(deploy, uri, known.revisions[refs.indexOf(one)] ?? []);
  };
  const services = await Promise.all(
    (refs.length > 1 ? refs : []).map(async (one) => {
      const own = build === undefined ? undefined : await imageOf(one, known.builds.get(build));
      return { service: serviceName(one), image: own, revision: revisionOf(one, own?.uri) };
    }),
  );
  const approval = actions.findLast(({ category, by }) => category === "Approval" && by !== undefined);
  const by = personIn(approval?.by);
  return {
    executionId: run.pipelineExecutionId ?? "",
    startedAt: run.startTime?.getTime() ?? 0,
    endedAt: ending === "running" ? undefined : run.lastUpdateTime?.getTime(),
    ending,
    why: whyEnded(ending, run, actions, known.runs),
    source,
    build,
    image,
    revision: refs.length > 1 ? undefined : revisionOf(refs[0] ?? ref, image?.uri),
    ...(services.length > 0 ? { services: services.filter(({ revision }) => revision !== undefined) } : {}),
    approval: by === undefined ? undefined : { by, summary: approval?.summary ?? "" },
  };
}

function whyEnded(
  ending: Release["ending"],
  run: PipelineExecutionSummary,
  actions: readonly Action[],
  runs: readonly PipelineExecutionSummary[],
): string | undefined {
  if (ending === "live" || ending === "running") return undefined;
  if (ending === "no-source")
    return "CodePipeline runs a new pipeline once when it is created; nothing had been uploaded yet.";
  return whyOf(actions) ?? run.stopTrigger?.reason ?? overtakerOf(run, runs) ?? run.statusSummary;
}

/**
 * Whether this is the execution that CreatePipeline starts, without a source to release: without permission to list the bucket, S3
 * returns AccessDenied for a missing object, so CodePipeline reports a missing permission.
 */
async function startedWithoutSource(
  ref: ServiceRef,
  { trigger }: PipelineExecutionSummary,
  actions: readonly Action[],
): Promise<boolean> {
  const failed = actions.find(({ status }) => status === "Failed");
  if (trigger?.triggerType !== "CreatePipeline" || failed?.category !== "Source") return false;
  const { S3Bucket: bucket = ref.names.sourceBucket, S3ObjectKey: key = ref.stack.delivery.sourceKey } =
    failed.configuration;
  try {
    return !(await sourceExistedAt(ref, { bucket, key }, failed.updatedAt));
  } catch (error) {
    // Without permission to check, CodePipeline's message is shown.
    if (hasCode(error, "AccessDenied", "Forbidden")) return false;
    throw error;
  }
}
