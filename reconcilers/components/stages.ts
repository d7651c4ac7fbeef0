import type { PipelineStage } from "../../src/aws/codepipeline/pipeline.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import type { DeliverySettings } from "../../src/config/stack.ts";

export interface StagesProps {
  readonly sourceBucket: Output<string>;
  readonly project: Output<string>;
  readonly settings: Pick<DeliverySettings, "sourceKey" | "approval">;
  readonly cluster: string;
  readonly service: string;
}

/** The stages of the pipeline: Source, Build, Approval (where it is wanted) and Deploy. */
export function stages({ sourceBucket, project, settings, cluster, service }: StagesProps): Input<PipelineStage>[] {
  const { sourceKey, approval } = settings;
  const stage = (
    name: string,
    provider: string,
    category: "Source" | "Build" | "Approval" | "Deploy",
    configuration: Record<string, Input<string>>,
    inputs: string[] = [],
    outputs: string[] = [],
  ): Input<PipelineStage> => ({
    name,
    actions: [{ name, category, owner: "AWS", provider, version: "1", configuration, inputs, outputs, runOrder: 1 }],
  });
  const source = stage(
    "Source",
    "S3",
    "Source",
    // An EventBridge rule starts the pipeline; polling would start it a second time.
    { S3Bucket: sourceBucket, S3ObjectKey: sourceKey, PollForSourceChanges: "false" },
    [],
    ["SourceOutput"],
  );
  const build = stage("Build", "CodeBuild", "Build", { ProjectName: project }, ["SourceOutput"], ["BuildOutput"]);
  const approve = stage("Approval", "Manual", "Approval", { CustomData: approval.message });
  const deploy = stage(
    "Deploy",
    "ECS",
    "Deploy",
    { ClusterName: cluster, ServiceName: service, FileName: "imagedefinitions.json" },
    ["BuildOutput"],
  );
  return [source, build, ...(approval.enabled ? [approve] : []), deploy];
}
