import type { PipelineSpec } from "../../../../src/aws/codepipeline/pipeline-spec.ts";

export const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
export const tagList = Object.entries(tags).map(([key, value]) => ({ key, value }));
export const spec: PipelineSpec = {
  name: "release",
  roleArn: "arn:aws:iam::123456789012:role/pipeline",
  artifactBucket: "artifacts",
  stages: [
    {
      name: "Source",
      actions: [
        {
          name: "Source",
          category: "Source",
          owner: "AWS",
          provider: "S3",
          version: "1",
          configuration: { S3Bucket: "source", S3ObjectKey: "source.zip" },
          inputs: [],
          outputs: ["SourceOutput"],
          runOrder: 1,
        },
      ],
    },
    {
      name: "Build",
      actions: [
        {
          name: "Build",
          category: "Build",
          owner: "AWS",
          provider: "CodeBuild",
          version: "1",
          configuration: { ProjectName: "build" },
          inputs: ["SourceOutput"],
          outputs: ["BuildOutput"],
          runOrder: 1,
        },
      ],
    },
  ],
  tags,
};

export const ARN = "arn:aws:codepipeline:ap-northeast-1:123456789012:release";

export const declaration = {
  name: "release",
  roleArn: spec.roleArn,
  pipelineType: "V2" as const,
  executionMode: "SUPERSEDED" as const,
  artifactStore: { type: "S3" as const, location: "artifacts" },
  stages: [
    {
      name: "Source",
      actions: [
        {
          name: "Source",
          actionTypeId: { category: "Source" as const, owner: "AWS" as const, provider: "S3", version: "1" },
          runOrder: 1,
          configuration: { S3Bucket: "source", S3ObjectKey: "source.zip" },
          inputArtifacts: [],
          outputArtifacts: [{ name: "SourceOutput" }],
        },
      ],
    },
    {
      name: "Build",
      actions: [
        {
          name: "Build",
          actionTypeId: { category: "Build" as const, owner: "AWS" as const, provider: "CodeBuild", version: "1" },
          runOrder: 1,
          configuration: { ProjectName: "build" },
          inputArtifacts: [{ name: "SourceOutput" }],
          outputArtifacts: [{ name: "BuildOutput" }],
        },
      ],
    },
  ],
};

export const observed = { id: "release", spec, attrs: { name: "release", arn: ARN }, owner: undefined, ready: true };
