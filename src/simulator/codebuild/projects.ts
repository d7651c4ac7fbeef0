import type {
  BatchGetProjectsCommandInput,
  BatchGetProjectsCommandOutput,
  CreateProjectCommandInput,
  CreateProjectCommandOutput,
  DeleteProjectCommandInput,
  ListProjectsCommandInput,
  ListProjectsCommandOutput,
  LogsConfig,
  Project,
  ProjectArtifacts,
  ProjectEnvironment,
  ProjectSource,
  UpdateProjectCommandInput,
  UpdateProjectCommandOutput,
} from "@aws-sdk/client-codebuild";
import { refuse } from "../errors.ts";
import { assumable } from "../iam/trust.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { lowerTagList, type SimTags, tagsOfInput, withTags } from "../tagging.ts";
import { builds } from "./records.ts";

/** A build project of the simulated world. */
export interface SimProject {
  name: string;
  arn: string;
  description: string;
  serviceRole: string;
  source: ProjectSource;
  artifacts: ProjectArtifacts;
  environment: ProjectEnvironment;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
  logsConfig: LogsConfig;
  tags: SimTags;
  createdAt: number;
  modifiedAt: number;
  /** How many builds it has started so far. */
  builds: number;
}

const KNOWN = [
  "name",
  "description",
  "serviceRole",
  "source",
  "artifacts",
  "environment",
  "timeoutInMinutes",
  "queuedTimeoutInMinutes",
  "logsConfig",
  "tags",
];

const MAX_NAME = 150;
const MAX_BATCH = 100;

/** The projects by name. */
export const projects = (sim: Sim) => sim.table<SimProject>("codebuild.projects");

const invalid = (message: string): never => refuse("InvalidInputException", message);

type Input = Omit<CreateProjectCommandInput, "name">;

/** Refuses what CodeBuild would not take. The role is assumed while the project is written, so it has to be known by then. */
function check(sim: Sim, project: string, { source, artifacts, environment, ...input }: Input): void {
  if ((source?.type === "CODEPIPELINE") !== (artifacts?.type === "CODEPIPELINE"))
    invalid("Both source and artifacts must be set to CODEPIPELINE");
  if (source?.type !== "CODEPIPELINE")
    refuse("SimulatorUnknownOption", `The simulated AWS does not know the source type ${source?.type}.`, 501);
  onlyKnown("a project's source", source, "type", "buildspec", "insecureSsl");
  onlyKnown("a project's artifacts", artifacts ?? {}, "type", "name", "packaging", "encryptionDisabled");
  const variables = (environment?.environmentVariables ?? []).map(({ name }) => name ?? "");
  if (variables.includes("")) invalid("Invalid environment variable: name must not be empty");
  if (new Set(variables).size < variables.length) invalid("Invalid environment variables: duplicate names");
  // CodeBuild user guide, "Docker images provided by CodeBuild": each of its own images is for one type of machine.
  const { type = "", image = "" } = environment ?? {};
  if (image.startsWith("aws/codebuild/") && image.includes("aarch64") !== (type === "ARM_CONTAINER"))
    invalid(`The environment type ${type} is not supported for the image ${image}`);
  const { timeoutInMinutes: minutes = 60 } = input;
  if (minutes < 5 || minutes > 2160) invalid("Invalid timeoutInMinutes: value must be between 5 and 2160");
  if ((input.description ?? "").length > 255) invalid("Invalid description: length must be less than or equal to 255");
  if (!assumable(sim, input.serviceRole, "codebuild.amazonaws.com", sim.arn("codebuild", `project/${project}`)))
    invalid(`CodeBuild is not authorized to perform: sts:AssumeRole on ${input.serviceRole}`);
}

const answerOf = (sim: Sim, { createdAt, modifiedAt, builds: _builds, tags, ...project }: SimProject): Project => ({
  ...project,
  tags: lowerTagList(tags),
  created: new Date(createdAt),
  lastModified: new Date(modifiedAt),
  encryptionKey: sim.arn("kms", "alias/aws/s3"),
  cache: { type: "NO_CACHE" },
  badge: { badgeEnabled: false },
  projectVisibility: "PRIVATE",
  secondarySources: [],
  secondaryArtifacts: [],
  secondarySourceVersions: [],
});

const logsOf = (logs: LogsConfig = {}): LogsConfig => ({
  cloudWatchLogs: logs.cloudWatchLogs ?? { status: "ENABLED" },
  s3Logs: logs.s3Logs ?? { status: "DISABLED", encryptionDisabled: false },
});

const sourceOf = (source: ProjectSource): ProjectSource => ({ insecureSsl: false, ...source });
const artifactsOf = (name: string, artifacts: ProjectArtifacts): ProjectArtifacts => ({
  name,
  packaging: "NONE",
  encryptionDisabled: false,
  ...artifacts,
});
const environmentOf = (environment: ProjectEnvironment): ProjectEnvironment => ({
  ...environment,
  imagePullCredentialsType: environment.imagePullCredentialsType ?? "CODEBUILD",
  privilegedMode: environment.privilegedMode ?? false,
  environmentVariables: (environment.environmentVariables ?? []).map((variable) => ({
    ...variable,
    type: variable.type ?? "PLAINTEXT",
  })),
});

export const projectOperations = {
  CreateProject(input: CreateProjectCommandInput, sim): Answer<CreateProjectCommandOutput> {
    onlyKnown("CreateProject", input, ...KNOWN);
    const { name = "", source = { type: "NO_SOURCE" }, artifacts = { type: "NO_ARTIFACTS" } } = input;
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]+$/.test(name) || name.length > MAX_NAME)
      invalid(`Project name ${name} is not valid: 2 to ${MAX_NAME} letters, digits, underscores and hyphens`);
    const arn = sim.arn("codebuild", `project/${name}`);
    if (projects(sim)[name]) refuse("ResourceAlreadyExistsException", `Project already exists: ${arn}`);
    check(sim, name, input);
    const project: SimProject = {
      name,
      arn,
      description: input.description ?? "",
      serviceRole: input.serviceRole ?? "",
      source: sourceOf(source),
      artifacts: artifactsOf(name, artifacts),
      environment: environmentOf(
        input.environment ?? { type: "LINUX_CONTAINER", image: "", computeType: "BUILD_GENERAL1_SMALL" },
      ),
      timeoutInMinutes: input.timeoutInMinutes ?? 60,
      queuedTimeoutInMinutes: input.queuedTimeoutInMinutes ?? 480,
      logsConfig: logsOf(input.logsConfig),
      tags: withTags({}, tagsOfInput(input.tags, "InvalidInputException"), "InvalidInputException"),
      createdAt: sim.now,
      modifiedAt: sim.now,
      builds: 0,
    };
    projects(sim)[name] = project;
    return { project: answerOf(sim, project) };
  },

  BatchGetProjects({ names = [] }: BatchGetProjectsCommandInput, sim): Answer<BatchGetProjectsCommandOutput> {
    if (names.length === 0 || names.length > MAX_BATCH)
      invalid(`Invalid project names: between 1 and ${MAX_BATCH} names are required`);
    const find = (asked: string) =>
      Object.values(projects(sim)).find(({ name, arn }) => name === asked || arn === asked);
    const asked = [...new Set(names)];
    return {
      projects: asked.flatMap((name) => {
        const project = find(name);
        return project ? [answerOf(sim, project)] : [];
      }),
      projectsNotFound: asked.filter((name) => !find(name)),
    };
  },

  ListProjects(input: ListProjectsCommandInput, sim): Answer<ListProjectsCommandOutput> {
    onlyKnown("ListProjects", input, "nextToken");
    const names = Object.keys(projects(sim)).toSorted();
    const { page, next } = pageOf(names, { token: input.nextToken }, { usual: 100, code: "InvalidInputException" });
    return { projects: page, nextToken: next };
  },

  UpdateProject(input: UpdateProjectCommandInput, sim): Answer<UpdateProjectCommandOutput> {
    onlyKnown("UpdateProject", input, ...KNOWN);
    const { name = "" } = input;
    const project =
      projects(sim)[name] ??
      refuse("ResourceNotFoundException", `Project cannot be found: ${sim.arn("codebuild", `project/${name}`)}`);
    check(sim, name, { ...project, tags: undefined, ...input });
    // What is not said stays as it was; what is said replaces the whole field.
    Object.assign(project, {
      description: input.description ?? project.description,
      serviceRole: input.serviceRole ?? project.serviceRole,
      source: input.source ? sourceOf(input.source) : project.source,
      artifacts: input.artifacts ? artifactsOf(name, input.artifacts) : project.artifacts,
      environment: input.environment ? environmentOf(input.environment) : project.environment,
      timeoutInMinutes: input.timeoutInMinutes ?? project.timeoutInMinutes,
      queuedTimeoutInMinutes: input.queuedTimeoutInMinutes ?? project.queuedTimeoutInMinutes,
      logsConfig: input.logsConfig ? logsOf(input.logsConfig) : project.logsConfig,
      tags: input.tags ? withTags({}, tagsOfInput(input.tags, "InvalidInputException")) : project.tags,
      modifiedAt: sim.now,
    });
    return { project: answerOf(sim, project) };
  },

  /** A project that is not there is deleted already, and its builds go with it. */
  DeleteProject({ name = "" }: DeleteProjectCommandInput, sim) {
    delete projects(sim)[name];
    for (const build of Object.values(builds(sim))) if (build.project === name) delete builds(sim)[build.id];
    return {};
  },
} satisfies Operations;
