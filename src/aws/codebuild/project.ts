// CodeBuild assumes the role while the project is created, so a new role is rejected for some seconds; and an update keeps
// omitted members, so every managed field is sent each time.
import {
  BatchGetProjectsCommand,
  CreateProjectCommand,
  DeleteProjectCommand,
  ListProjectsCommand,
  UpdateProjectCommand,
  type ComputeType,
  type EnvironmentVariable,
  type Project as AwsProject,
} from "@aws-sdk/client-codebuild";
import type { Drifted } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { driftedIn, SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { tagListLower, tagsFrom, type Tags } from "../tags.ts";

export interface ProjectSpec {
  name: string;
  description: string;
  roleArn: string;
  /** The processor of the build machine, which that of the image has to be. */
  type: "LINUX_CONTAINER" | "ARM_CONTAINER";
  /** The build image, such as `aws/codebuild/amazonlinux-x86_64-standard:5.0`. */
  image: string;
  computeType: ComputeType;
  /** Whether builds may run Docker. */
  privileged: boolean;
  environment: Record<string, string>;
  /** The build's commands as YAML, or the path of the file in the source that holds them. */
  buildspec: string;
  timeoutMinutes: number;
  logGroup: string;
  tags: Tags;
}

export interface ProjectAttrs {
  name: string;
  arn: string;
}

/** IAM is eventually consistent: five minutes, as in terraform-provider-aws (internal/service/codebuild/project.go). */
const ROLE_NOT_SEEN_YET: readonly NotYet[] = [
  { code: "InvalidInputException", says: "ot authorized to perform", budget: 300 },
];

export const Project = defineKind<ProjectSpec, ProjectAttrs>({
  type: "codebuild/project",
  fields: {
    name: { immutable: true, unique: true },
    description: {},
    roleArn: {},
    image: {},
    computeType: {},
    privileged: {},
    environment: {},
    type: {},
    buildspec: {},
    timeoutMinutes: {},
    logGroup: {},
    tags: {},
  },
  traits: { markedAtOnce: true },
  inventory: { idIn: afterSlash("codebuild", "project") },

  async observe(aws, look) {
    const project = await byName(look, (name) => read(aws, look.snapshot, name));
    if (!project?.name) return undefined;
    const tags = tagsFrom(project.tags);
    return {
      id: project.name,
      attrs: { name: project.name, arn: project.arn ?? "" },
      spec: { ...specOf(project), name: project.name, tags },
      unmanaged: some(unmanagedIn(project, USUAL)),
      drifted: some(driftedOf(project)),
      ready: true,
    };
  },

  async list(aws) {
    const names = await everyPage(async (nextToken) => {
      const page = await aws.codeBuild(new ListProjectsCommand({ nextToken }));
      return { items: page.projects, next: page.nextToken };
    });
    const snapshot = new Snapshot();
    const tagsOf = async (name: string) => {
      const project = await read(aws, snapshot, name);
      return project && tagsFrom(project.tags);
    };
    const candidates = names.filter((name) => namedAfter(aws.stack, name));
    return ownedAmong(
      aws,
      candidates.map((id) => ({ id, tags: () => tagsOf(id) })),
    );
  },

  async create(aws, spec, making) {
    const { project } = await aws.codeBuild(new CreateProjectCommand(inputOf(spec)), {
      once: true,
      notYet: ROLE_NOT_SEEN_YET,
    });
    await making.created(spec.name);
    return { id: spec.name, attrs: { name: spec.name, arn: project?.arn ?? "" } };
  },

  async update(aws, observed, spec) {
    const live = await read(aws, new Snapshot(), observed.id);
    await aws.codeBuild(new UpdateProjectCommand(inputOf(spec, live)), { notYet: ROLE_NOT_SEEN_YET });
  },

  async delete(aws, observed) {
    await absent(aws.codeBuild(new DeleteProjectCommand({ name: observed.id })), "ResourceNotFoundException");
  },
});

/** A project; concurrent callers share one call. */
const read = (aws: Aws, snapshot: Snapshot, name: string): Promise<AwsProject | undefined> =>
  snapshot.batch("codebuild/project", name, 100, async (names) => {
    const { projects = [] } = await aws.codeBuild(new BatchGetProjectsCommand({ names }));
    return new Map(projects.map((found) => [found.name ?? "", found]));
  });

function specOf({ environment, source, logsConfig, ...project }: AwsProject) {
  const logs = logsConfig?.cloudWatchLogs;
  return {
    description: project.description ?? "",
    roleArn: project.serviceRole,
    type: environment?.type as ProjectSpec["type"],
    image: environment?.image,
    computeType: environment?.computeType,
    privileged: environment?.privilegedMode ?? false,
    environment: Object.fromEntries((environment?.environmentVariables ?? []).map(variable)),
    buildspec: source?.buildspec,
    timeoutMinutes: project.timeoutInMinutes,
    logGroup: logs?.status === "DISABLED" ? undefined : logs?.groupName,
  };
}

/** A variable that refers to a parameter or secret differs from every plain value. */
const variable = ({ name = "", value = "", type = "PLAINTEXT" }: EnvironmentVariable) =>
  [name, type === "PLAINTEXT" ? value : `${type} ${value}`] as const;

/**
 * What an update sets, and CodeBuild's defaults ("Project" in its API reference; `flattenProject*` of
 * terraform-provider-aws, internal/service/codebuild/project.go). An update keeps all other settings.
 */
const USUAL: Usual = {
  name: SET,
  arn: SET,
  description: SET,
  serviceRole: SET,
  tags: SET,
  created: SET,
  lastModified: SET,
  timeoutInMinutes: SET,
  queuedTimeoutInMinutes: 480,
  // The account's default key for S3.
  encryptionKey: SET,
  cache: { type: "NO_CACHE" },
  projectVisibility: "PRIVATE",
  badge: { badgeRequestUrl: SET },
  source: { type: SET, buildspec: SET },
  artifacts: { type: SET, name: SET, packaging: "NONE" },
  environment: {
    type: SET,
    image: SET,
    computeType: SET,
    privilegedMode: SET,
    environmentVariables: SET,
    imagePullCredentialsType: "CODEBUILD",
  },
  logsConfig: { cloudWatchLogs: { status: SET, groupName: SET }, s3Logs: { status: "DISABLED" } },
};

/** What an update sets besides the spec. */
function driftedOf({ source, artifacts }: AwsProject): Drifted[] {
  const types = { source: source?.type, artifacts: artifacts?.type };
  return driftedIn("image", types, ALWAYS, "type of");
}

const ALWAYS = { source: "CODEPIPELINE", artifacts: "CODEPIPELINE" } as const;

/** A project's settings merged into the `live` ones: a write replaces whole structures. */
const inputOf = (spec: ProjectSpec, live?: AwsProject) => ({
  name: spec.name,
  description: spec.description,
  serviceRole: spec.roleArn,
  source: { ...live?.source, type: ALWAYS.source, buildspec: spec.buildspec },
  artifacts: { ...live?.artifacts, type: ALWAYS.artifacts },
  environment: {
    ...live?.environment,
    type: spec.type,
    image: spec.image,
    computeType: spec.computeType,
    privilegedMode: spec.privileged,
    environmentVariables: Object.entries(spec.environment).map(([name, value]) => ({
      name,
      value,
      type: "PLAINTEXT" as const,
    })),
  },
  timeoutInMinutes: spec.timeoutMinutes,
  logsConfig: {
    ...live?.logsConfig,
    cloudWatchLogs: { ...live?.logsConfig?.cloudWatchLogs, status: "ENABLED" as const, groupName: spec.logGroup },
  },
  tags: tagListLower(spec.tags),
});
