import type { BuildPhaseType, ProjectEnvironment, ProjectSource, StatusType } from "@aws-sdk/client-codebuild";
import type { ImageContents } from "../ecr/dockerfile.ts";
import type { Behaviour } from "../ecr/records.ts";
import type { Sim } from "../sim.ts";

/** One phase of a build, as it will happen. */
export interface SimPhase {
  type: BuildPhaseType;
  startAt: number;
  endAt: number;
  status: StatusType;
  /** Why it failed, in CodeBuild's words. */
  context?: { statusCode: string; message: string };
}

/** An image that a build pushes. */
export interface Push {
  repository: string;
  tag: string;
  digest: string;
  size: number;
  contents?: ImageContents;
  /** What becomes of a task that runs it, where it is not a good one. */
  behaviour?: Behaviour;
}

/** Something that a build leaves in the world when its time has come. */
export interface Happening {
  at: number;
  line?: string;
  push?: Push;
}

/** How a build goes from its source to its end, all of it known when it starts. */
export interface Course {
  phases: SimPhase[];
  status: StatusType;
  endAt: number;
  happenings: Happening[];
  /** The files of its output artifact. */
  artifacts: Record<string, string>;
}

/** A build of the simulated world. */
export interface SimBuild extends Course {
  id: string;
  arn: string;
  project: string;
  number: number;
  startAt: number;
  sourceVersion: string;
  resolvedSourceVersion: string;
  initiator: string;
  source: ProjectSource;
  environment: ProjectEnvironment;
  serviceRole: string;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
  /** Where its lines go; the group need not exist. */
  log?: { group: string; stream: string };
}

/** The builds by id. */
export const builds = (sim: Sim) => sim.table<SimBuild>("codebuild.builds");
