import type {
  BatchGetBuildsCommandInput,
  BatchGetBuildsCommandOutput,
  Build,
  ListBuildsForProjectCommandInput,
  ListBuildsForProjectCommandOutput,
  StopBuildCommandInput,
  StopBuildCommandOutput,
} from "@aws-sdk/client-codebuild";
import type { Bytes } from "../bytes.ts";
import { reviewImages } from "../ecr/lifecycle.ts";
import { push, repositories } from "../ecr/records.ts";
import { refuse } from "../errors.ts";
import { appendLogEvents } from "../logs/append.ts";
import { closeStream } from "../logs/records.ts";
import { uuid } from "../moment.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { courseOf } from "./course.ts";
import { projects, type SimProject } from "./projects.ts";
import { builds, type SimBuild } from "./records.ts";

/** What a pipeline hands over when it starts a build. */
export interface BuildRequest {
  readonly bytes: Bytes;
  /** Where the source lies, and which version of it that is. */
  readonly sourceVersion: string;
  readonly resolvedSourceVersion: string;
  /** Who starts it: `codepipeline/<pipeline>`. */
  readonly initiator: string;
  /** The files of the artifact that it is given, where that is not the source. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Variables beside those of the project. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts a build of the project now. */
export function startBuild(sim: Sim, project: SimProject, request: BuildRequest): SimBuild {
  const stream = uuid(sim);
  const id = `${project.name}:${stream}`;
  const arn = sim.arn("codebuild", `build/${id}`);
  project.builds += 1;
  const variables = {
    ...request.variables,
    AWS_REGION: sim.region,
    AWS_DEFAULT_REGION: sim.region,
    CODEBUILD_BUILD_ARN: arn,
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_NUMBER: String(project.builds),
    CODEBUILD_INITIATOR: request.initiator,
    CODEBUILD_RESOLVED_SOURCE_VERSION: request.resolvedSourceVersion,
    CODEBUILD_SOURCE_VERSION: request.sourceVersion,
  };
  const log = project.logsConfig.cloudWatchLogs;
  const build: SimBuild = {
    ...courseOf(sim, project, { bytes: request.bytes, files: request.files, variables }),
    id,
    arn,
    project: project.name,
    number: project.builds,
    startAt: sim.now,
    sourceVersion: request.sourceVersion,
    resolvedSourceVersion: request.resolvedSourceVersion,
    initiator: request.initiator,
    source: project.source,
    environment: project.environment,
    serviceRole: project.serviceRole,
    timeoutInMinutes: project.timeoutInMinutes,
    queuedTimeoutInMinutes: project.queuedTimeoutInMinutes,
    ...(log?.status === "DISABLED"
      ? {}
      : { log: { group: log?.groupName ?? `/aws/codebuild/${project.name}`, stream } }),
  };
  builds(sim)[id] = build;
  return build;
}

/** When the next thing of a build happens; never, once it is over. */
export const nextOfBuild = ({ happenings }: SimBuild): number => happenings[0]?.at ?? Number.POSITIVE_INFINITY;

/** Lets everything happen that is due. */
export function stepBuild(sim: Sim, build: SimBuild): void {
  const due = build.happenings.filter((happening) => happening.at <= sim.now);
  build.happenings = build.happenings.filter((happening) => happening.at > sim.now);
  const lines = due.flatMap(({ line, at: timestamp }) =>
    line === undefined ? [] : [{ timestamp, message: `${line}\n` }],
  );
  if (build.log && lines.length > 0) appendLogEvents(sim, build.log.group, build.log.stream, lines);
  if (build.log && build.happenings.length === 0) closeStream(sim, build.log.group, build.log.stream);
  for (const { push: image, at: pushedAt } of due) {
    if (!image || !repositories(sim)[image.repository]) continue;
    const { tag, ...pushed } = image;
    push(sim, { ...pushed, tags: [tag], pushedAt });
    reviewImages(sim, image.repository);
  }
}

const answerOf = (sim: Sim, build: SimBuild): Build => {
  const over = build.endAt <= sim.now;
  const begun = build.phases.filter(({ startAt }) => startAt <= sim.now);
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    startTime: new Date(build.startAt),
    ...(over ? { endTime: new Date(build.endAt) } : {}),
    currentPhase: begun.at(-1)?.type ?? "SUBMITTED",
    buildStatus: over ? build.status : "IN_PROGRESS",
    buildComplete: over,
    projectName: build.project,
    sourceVersion: build.sourceVersion,
    resolvedSourceVersion: build.resolvedSourceVersion,
    initiator: build.initiator,
    source: build.source,
    environment: build.environment,
    serviceRole: build.serviceRole,
    timeoutInMinutes: build.timeoutInMinutes,
    queuedTimeoutInMinutes: build.queuedTimeoutInMinutes,
    encryptionKey: sim.arn("kms", "alias/aws/s3"),
    phases: begun.map(({ type, startAt, endAt, status, context }) => ({
      phaseType: type,
      startTime: new Date(startAt),
      ...(endAt > sim.now || type === "COMPLETED"
        ? {}
        : {
            endTime: new Date(endAt),
            phaseStatus: status,
            durationInSeconds: Math.round((endAt - startAt) / 1000),
            contexts: [context ?? { statusCode: "", message: "" }],
          }),
    })),
    ...(build.log
      ? {
          logs: {
            groupName: build.log.group,
            streamName: build.log.stream,
            cloudWatchLogs: { status: "ENABLED", groupName: build.log.group },
            cloudWatchLogsArn: sim.arn("logs", `log-group:${build.log.group}:log-stream:${build.log.stream}`),
          },
        }
      : {}),
  };
};

const MAX_IDS = 100;

/** The project's builds that have started, the latest first. */
const buildsOf = (sim: Sim, name: string | undefined) =>
  Object.values(builds(sim))
    .filter(({ project }) => project === name)
    .toSorted((one, other) => other.number - one.number);

export const buildOperations = {
  BatchGetBuilds({ ids = [] }: BatchGetBuildsCommandInput, sim): Answer<BatchGetBuildsCommandOutput> {
    if (ids.length === 0 || ids.length > MAX_IDS)
      refuse("InvalidInputException", `Invalid build ids: between 1 and ${MAX_IDS} ids are required`);
    const found = (id: string) => Object.values(builds(sim)).find((build) => build.id === id || build.arn === id);
    return {
      builds: ids.flatMap((id) => {
        const build = found(id);
        return build ? [answerOf(sim, build)] : [];
      }),
      buildsNotFound: ids.filter((id) => !found(id)),
    };
  },

  ListBuildsForProject(
    { projectName, sortOrder }: ListBuildsForProjectCommandInput,
    sim,
  ): Answer<ListBuildsForProjectCommandOutput> {
    if (!projects(sim)[projectName ?? ""])
      refuse(
        "ResourceNotFoundException",
        `The provided project ${sim.arn("codebuild", `project/${projectName}`)} does not exist`,
      );
    const ids = buildsOf(sim, projectName).map(({ id }) => id);
    return { ids: sortOrder === "ASCENDING" ? ids.toReversed() : ids };
  },

  StopBuild({ id = "" }: StopBuildCommandInput, sim): Answer<StopBuildCommandOutput> {
    const build =
      builds(sim)[id] ??
      refuse("ResourceNotFoundException", `Could not find build ${sim.arn("codebuild", `build/${id}`)}`);
    if (build.endAt > sim.now) {
      const begun = build.phases.filter(({ startAt }) => startAt <= sim.now);
      const phases = begun.map((phase) =>
        phase.endAt <= sim.now ? phase : { ...phase, endAt: sim.now, status: "STOPPED" as const },
      );
      phases.push({ type: "COMPLETED", startAt: sim.now, endAt: sim.now, status: "SUCCEEDED" });
      builds(sim)[id] = { ...build, phases, status: "STOPPED", endAt: sim.now, happenings: [], artifacts: {} };
    }
    return { build: answerOf(sim, builds(sim)[id] ?? build) };
  },
} satisfies Operations;
