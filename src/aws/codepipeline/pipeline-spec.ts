import type { ActionCategory, ActionOwner } from "@aws-sdk/client-codepipeline";
import type { Tags } from "../tags.ts";

export interface PipelineSpec {
  name: string;
  roleArn: string;
  artifactBucket: string;
  stages: PipelineStage[];
  tags: Tags;
}

/** One stage of a pipeline. */
export interface PipelineStage {
  name: string;
  /** Sorted by name. */
  actions: PipelineAction[];
}

/** One action of a stage. */
export interface PipelineAction {
  name: string;
  category: ActionCategory;
  owner: ActionOwner;
  /** The action provider: `S3`, `CodeBuild`, `Manual`, `ECS`. */
  provider: string;
  version: string;
  configuration: Record<string, string>;
  /** Names of the artifacts that it reads. */
  inputs: string[];
  /** Names of the artifacts that it produces. */
  outputs: string[];
  roleArn?: string;
  /** Actions of a stage with the lowest number run first; equal numbers run in parallel. */
  runOrder: number;
}
