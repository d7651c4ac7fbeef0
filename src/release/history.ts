import type { Build } from "@aws-sdk/client-codebuild";
import type { PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { hasCode } from "../aws/errors.ts";
import { buildsOf } from "./build-log.ts";
import { endingOf, overtakerOf, personIn, whyOf } from "./ending.ts";
import type { Ending, Source } from "./events.ts";
import { actionsOfAll, executionsOf } from "./executions.ts";
import type { Action } from "./action.ts";
import { allImagesOnce, imageOf, type AllImages, type Image } from "./image.ts";
import { registeredBy, Revisions } from "./revision.ts";
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

/** The latest releases, newest first. */
export async function releases(
  ref: ServiceRef,
  limit: number,
  refs: readonly ServiceRef[] = [ref],
): Promise<Release[]> {
  const runs = await executionsOf(ref, limit);
  return new History(ref, runs, refs).read(runs);
}

/** Revisions that are described at once, in addition to one per release: those registered by a reconcile. */
const OTHERS = 2;

/** How many releases `liveInTurn` reads first; later parts are twice as large as the one before. */
const FIRST_PART = 2;

/** Reads releases among `runs`, and whatever several of them need only once. */
export class History {
  readonly #ref: ServiceRef;
  readonly #refs: readonly ServiceRef[];
  /** The executions, the newest first. */
  readonly #runs: readonly PipelineExecutionSummary[];
  readonly #sites: ReadonlyMap<ServiceRef, { readonly revisions: Revisions; readonly images: AllImages }>;

  constructor(ref: ServiceRef, runs: readonly PipelineExecutionSummary[], refs: readonly ServiceRef[] = [ref]) {
    this.#ref = ref;
    this.#refs = refs;
    this.#runs = runs;
    const sites = [ref, ...refs].map(
      (one) => [one, { revisions: new Revisions(one), images: allImagesOnce(one) }] as const,
    );
    this.#sites = new Map(sites);
  }

  /** The releases that are live or were, one after the other, for whoever stops at the right one: those after it are hardly read. */
  async *liveInTurn(): AsyncGenerator<Release> {
    // No other one is live, and there are many of them where a release has failed again and again.
    const runs = this.#runs.filter((run) => endingOf(run.status, []) === "live");
    for (let from = 0, size = FIRST_PART; from < runs.length; from += size, size *= 2)
      yield* await this.read(runs.slice(from, from + size));
  }

  /** The releases of some of the executions, in the same order. One call after the other. */
  async read(runs: readonly PipelineExecutionSummary[]): Promise<Release[]> {
    const actions = await actionsOfAll(this.#ref, runs);
    const ids = [...new Set(actions.flatMap((own) => buildIdIn(own) ?? []))];
    const [builds, revisions] = await Promise.all([
      buildsOf(this.#ref, ids),
      Promise.all(this.#refs.map((one) => this.#revisionsSince(one, actions))),
    ]);
    const known = {
      builds: new Map(builds.map((build) => [build.id, build])),
      revisions,
      refs: this.#refs,
      runs: this.#runs,
      imageOf: (one: ServiceRef, build: Build | undefined) => imageOf(one, build, this.#sites.get(one)?.images),
    };
    return Promise.all(runs.map((run, index) => releaseOf(this.#ref, run, actions[index] ?? [], known)));
  }

  /** The revisions of a service that the deploy actions may have registered. */
  async #revisionsSince(ref: ServiceRef, actions: readonly (readonly Action[])[]) {
    const starts = actions.flatMap((own) => deployIn(own, ref)?.startedAt ?? []);
    const { revisions } = this.#sites.get(ref) ?? {};
    return starts.length > 0 ? ((await revisions?.since(Math.min(...starts), actions.length + OTHERS)) ?? []) : [];
  }
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
    imageOf: (ref: ServiceRef, build: Build | undefined) => Promise<Image | undefined>;
  },
): Promise<Release> {
  const version = run.sourceRevisions?.[0]?.revisionId;
  const build = buildIdIn(actions);
  const [source, image] = await Promise.all([
    version === undefined ? undefined : sourceOf(ref, version),
    build === undefined ? undefined : known.imageOf(ref, known.builds.get(build)),
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
      const own = build === undefined ? undefined : await known.imageOf(one, known.builds.get(build));
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
