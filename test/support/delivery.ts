import type { PipelineAction, PipelineStage } from "../../src/aws/codepipeline/pipeline-spec.ts";

/** What tests of the delivery call things. */
export const NAMES = {
  source: "source-bucket",
  artifacts: "artifact-bucket",
  project: "build",
  pipeline: "release",
  repository: "app",
  cluster: "ground",
  service: "ground",
  log: "/aws/codebuild/build",
} as const;

const stage = (
  name: string,
  category: PipelineAction["category"],
  provider: string,
  configuration: Record<string, string>,
  inputs: string[] = [],
  outputs: string[] = [],
): PipelineStage => ({
  name,
  actions: [{ name, category, owner: "AWS", provider, version: "1", configuration, inputs, outputs, runOrder: 1 }],
});

/** The stages of the pipeline that the topology has: from S3 by CodeBuild and an approval to ECS. */
export const stages = (): PipelineStage[] => [
  stage(
    "Source",
    "Source",
    "S3",
    { S3Bucket: NAMES.source, S3ObjectKey: "source.zip", PollForSourceChanges: "false" },
    [],
    ["SourceOutput"],
  ),
  stage("Build", "Build", "CodeBuild", { ProjectName: NAMES.project }, ["SourceOutput"], ["BuildOutput"]),
  stage("Approval", "Approval", "Manual", { CustomData: "Shall it go live?" }),
  stage(
    "Deploy",
    "Deploy",
    "ECS",
    { ClusterName: NAMES.cluster, ServiceName: NAMES.service, FileName: "imagedefinitions.json" },
    ["BuildOutput"],
  ),
];
