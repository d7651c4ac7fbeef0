import type { BuildPhaseType } from "@aws-sdk/client-codebuild";
import type { Bytes } from "../bytes.ts";
import type { Sim } from "../sim.ts";
import { BuildspecError, COMMAND_PHASES, parseBuildspec, type Buildspec, type CommandPhase } from "./buildspec.ts";
import { awsProgram } from "./aws-program.ts";
import { docker } from "./docker.ts";
import { buildRole } from "./permissions.ts";
import type { SimProject } from "./projects.ts";
import type { Course, Happening, Push, SimPhase } from "./records.ts";
import { run, takeExit } from "./shell.ts";
import type { Machine } from "./machine.ts";
import { SourceFiles } from "./source-files.ts";

/** The input of a build in addition to its project. */
export interface BuildInput {
  readonly bytes: Bytes;
  /** The files of an artifact that another build made, where that is its source. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Variables that CodeBuild itself sets, and those passed by its caller. */
  readonly variables: Readonly<Record<string, string>>;
}

/** How long the phases without commands take, and how long commands take, in seconds. */
const SECONDS = { QUEUED: 1, PROVISIONING: 9, DOWNLOAD_SOURCE: 2, UPLOAD_ARTIFACTS: 1, FINALIZING: 1 } as const;
/** Beside the second that every command takes. */
const secondsOf = ([verb, second]: readonly string[]) =>
  verb === "build" || (verb === "buildx" && second === "build") ? 23 : verb === "push" ? 3 : 0;

const TYPES = { install: "INSTALL", pre_build: "PRE_BUILD", build: "BUILD", post_build: "POST_BUILD" } as const;

type Context = NonNullable<SimPhase["context"]>;

/** A build in progress: what has happened so far, and its current moment. */
class Making {
  readonly phases: SimPhase[] = [];
  readonly happenings: Happening[] = [];
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  say(text: string): void {
    const stamp = new Date(this.now).toISOString().replace("T", " ").replaceAll("-", "/").replace("Z", "000");
    this.happenings.push({ at: this.now, line: `[Container] ${stamp} ${text}` });
  }

  phase(type: BuildPhaseType, took: number, context?: Context): void {
    const startAt = this.now;
    this.now += took * 1000;
    this.end(type, startAt, context);
  }

  end(type: BuildPhaseType, startAt: number, context?: Context): void {
    const status = context ? ("FAILED" as const) : ("SUCCEEDED" as const);
    this.phases.push({ type, startAt, endAt: this.now, status, ...(context ? { context } : {}) });
  }

  finish(): Course {
    const failed = this.phases.find(({ status }) => status !== "SUCCEEDED");
    this.phase("FINALIZING", SECONDS.FINALIZING);
    this.phase("COMPLETED", 0);
    return {
      phases: this.phases,
      status: failed ? (failed.context?.statusCode === TIMED_OUT.statusCode ? "TIMED_OUT" : "FAILED") : "SUCCEEDED",
      endAt: this.now,
      happenings: this.happenings,
      artifacts: {},
    };
  }
}

/** The course of a build that starts now, from the bytes of its source alone: its phases, its log, its images, its files. */
export function courseOf(sim: Sim, project: SimProject, { bytes, files: made, variables }: BuildInput): Course {
  const making = new Making(sim.now);
  making.phase("SUBMITTED", 0);
  making.phase("QUEUED", SECONDS.QUEUED);
  const role = buildRole(sim, project);
  const denied = role.assume() ?? role.log();
  const provisioned = denied === undefined ? undefined : { statusCode: "ACCESS_DENIED", message: denied };
  making.phase("PROVISIONING", SECONDS.PROVISIONING, provisioned);
  if (provisioned) return making.finish();
  const artifact = variables["CODEBUILD_SOURCE_VERSION"] ?? "";
  making.say("Waiting for agent ping");
  making.say(`Waiting for DOWNLOAD_SOURCE`);
  const read = sourceWith(role.download(artifact)) ?? readSource(project, bytes, made);
  making.phase("DOWNLOAD_SOURCE", SECONDS.DOWNLOAD_SOURCE, read.wrong);
  if (!read.buildspec) {
    sayContext(making, "DOWNLOAD_SOURCE", read.wrong);
    return making.finish();
  }
  making.say("Phase is DOWNLOAD_SOURCE");
  const { files, buildspec } = read;
  const push = (pushed: Push) => void making.happenings.push({ at: making.now, push: pushed });
  const host = docker({
    sim,
    files,
    size: bytes.size,
    build: variables["CODEBUILD_BUILD_ID"] ?? "",
    privileged: project.environment.privilegedMode ?? false,
    architecture: project.environment.type === "ARM_CONTAINER" ? "arm64" : "x86_64",
    pushed: push,
    role,
  });
  const startAt = making.now;
  const isOver = (at: number) => at - startAt >= project.timeoutInMinutes * 60_000;
  const machine: Machine = {
    variables: { ...plain(project), ...buildspec.variables, ...variables, CODEBUILD_BUILD_SUCCEEDING: "1" },
    files,
    aws: awsProgram({ sim, role, files, now: () => making.now }),
    sleep(seconds) {
      making.now += seconds * 1000;
      return isOver(making.now);
    },
    docker(words) {
      making.now += secondsOf(words) * 1000;
      return host(words);
    },
  };
  const succeeded = runPhases({ making, machine, isOver }, buildspec);
  if (!succeeded) return making.finish();
  const found = buildspec.files.flatMap((path) => [...files.keys()].filter((file) => matches(path, file)));
  const missing = buildspec.files.length > 0 && found.length === 0;
  const unwritten = found.length > 0 ? role.upload(artifact) : undefined;
  const wrong =
    unwritten !== undefined
      ? { statusCode: "CLIENT_ERROR", message: unwritten }
      : missing
        ? { statusCode: "CLIENT_ERROR", message: `no matching artifact paths found for [${buildspec.files.join(" ")}]` }
        : undefined;
  making.phase("UPLOAD_ARTIFACTS", SECONDS.UPLOAD_ARTIFACTS, wrong);
  sayContext(making, "UPLOAD_ARTIFACTS", wrong);
  const artifacts = Object.fromEntries(found.map((file) => [file, files.get(file) ?? ""]));
  return { ...making.finish(), artifacts };
}

/** A build whose commands run. */
interface Running {
  readonly making: Making;
  readonly machine: Machine;
  /** Whether its time is up at a moment. */
  readonly isOver: (at: number) => boolean;
}

/** What CodeBuild says of a build that takes longer than its project allows. */
const TIMED_OUT: Context = { statusCode: "BUILD_TIMED_OUT", message: "Build has timed out. " };

/** Runs the commands; a failed phase is the last one, but POST_BUILD follows on a failed BUILD. */
function runPhases(running: Running, { commands }: Buildspec): boolean {
  const { making, machine } = running;
  let succeeded = true;
  for (const phase of COMMAND_PHASES) {
    if (!succeeded && phase !== "post_build") continue;
    if (!succeeded && making.phases.at(-1)?.type !== "BUILD") continue;
    succeeded = runPhase(running, phase, commands[phase]) && succeeded;
    machine.variables["CODEBUILD_BUILD_SUCCEEDING"] = succeeded ? "1" : "0";
  }
  return succeeded;
}

function runPhase({ making, machine, isOver }: Running, phase: CommandPhase, commands: readonly string[]): boolean {
  const type = TYPES[phase];
  const startAt = making.now;
  making.say(`Entering phase ${type}`);
  let wrong: Context | undefined;
  for (const command of commands) {
    making.say(`Running command ${command}`);
    making.now += 1000;
    const { code, output, errors = "" } = run(machine, command);
    for (const line of (output + errors).split("\n")) if (line !== "") making.happenings.push({ at: making.now, line });
    const exited = takeExit(machine);
    if (isOver(making.now)) wrong = TIMED_OUT;
    else if (code !== 0) {
      making.say(`Command did not exit successfully ${command} exit status ${code}`);
      wrong = {
        statusCode: "COMMAND_EXECUTION_ERROR",
        message: `Error while executing command: ${command}. Reason: exit status ${code}`,
      };
    }
    if (wrong || exited) break;
  }
  making.end(type, startAt, wrong);
  sayContext(making, type, wrong);
  return wrong === undefined;
}

function sayContext(making: Making, type: BuildPhaseType, wrong: Context | undefined): void {
  making.say(`Phase complete: ${type} State: ${wrong ? "FAILED" : "SUCCEEDED"}`);
  making.say(`Phase context status code: ${wrong?.statusCode ?? ""} Message: ${wrong?.message ?? ""}`);
}

interface Source {
  readonly files: SourceFiles;
  readonly buildspec?: Buildspec;
  readonly wrong?: Context;
}

/** A source that the role may not read. */
const sourceWith = (refused: string | undefined): Source | undefined =>
  refused === undefined
    ? undefined
    : { files: new SourceFiles(), wrong: { statusCode: "CLIENT_ERROR", message: refused } };

function readSource({ source }: SimProject, bytes: Bytes, made: BuildInput["files"]): Source {
  let files: SourceFiles;
  try {
    files = made ? SourceFiles.of(made) : new SourceFiles(bytes);
  } catch (error) {
    return { files: new SourceFiles(), wrong: { statusCode: "CLIENT_ERROR", message: (error as Error).message } };
  }
  // A buildspec of more than one line is the text itself; one line names the file.
  const named = source.buildspec === undefined || source.buildspec === "" ? "buildspec.yml" : source.buildspec;
  const text = named.includes("\n") ? named : files.get(named);
  if (text === undefined)
    return { files, wrong: { statusCode: "YAML_FILE_ERROR", message: "YAML file does not exist" } };
  try {
    return { files, buildspec: parseBuildspec(text) };
  } catch (error) {
    if (!(error instanceof BuildspecError)) throw error;
    return { files, wrong: { statusCode: "YAML_FILE_ERROR", message: error.message } };
  }
}

/** The project's own variables; those that are filled from elsewhere are not known here. */
const plain = ({ environment }: SimProject) =>
  Object.fromEntries(
    (environment.environmentVariables ?? []).map(({ name = "", value = "", type }) => [
      name,
      type === "PLAINTEXT" ? value : "",
    ]),
  );

/** `**` matches any path, `*` any name. */
const matches = (pattern: string, path: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll(/\*\*\/?/g, "\0")
      .replaceAll("*", "[^/]*")
      .replaceAll("\0", ".*")}$`,
  ).test(path);
