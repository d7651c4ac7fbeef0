import type { PipelineAction, PipelineStage } from "../../src/aws/codepipeline/pipeline.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import type { DeliverySettings } from "../../src/config/stack.ts";

export interface StagesProps {
  readonly sourceBucket: Output<string>;
  readonly project: Output<string>;
  readonly settings: Pick<DeliverySettings, "sourceKey" | "approval">;
  readonly cluster: string;
  readonly services: readonly {
    readonly service: string;
    readonly deployAction: string;
    readonly imageDefinitions: string;
  }[];
}

/** The stages of the pipeline: Source, Build, Approval (where it is wanted) and Deploy, which deploys all services at the same time. */
export function stages({ sourceBucket, project, settings, cluster, services }: StagesProps): Input<PipelineStage>[] {
  const { sourceKey, approval } = settings;
  const action = (
    name: string,
    provider: string,
    category: "Source" | "Build" | "Approval" | "Deploy",
    configuration: Record<string, Input<string>>,
    inputs: string[] = [],
    outputs: string[] = [],
  ): Input<PipelineAction> => ({
    name,
    category,
    owner: "AWS",
    provider,
    version: "1",
    configuration,
    inputs,
    outputs,
    runOrder: 1,
  });
  const source = action(
    "Source",
    "S3",
    "Source",
    // An EventBridge rule starts the pipeline; polling would start it a second time.
    { S3Bucket: sourceBucket, S3ObjectKey: sourceKey, PollForSourceChanges: "false" },
    [],
    ["SourceOutput"],
  );
  const build = action("Build", "CodeBuild", "Build", { ProjectName: project }, ["SourceOutput"], ["BuildOutput"]);
  const approve = action("Approval", "Manual", "Approval", { CustomData: approval.message });
  const deploy = services.map(({ service, deployAction, imageDefinitions }) =>
    action(deployAction, "ECS", "Deploy", { ClusterName: cluster, ServiceName: service, FileName: imageDefinitions }, [
      "BuildOutput",
    ]),
  );
  return [
    { name: "Source", actions: [source] },
    { name: "Build", actions: [build] },
    ...(approval.enabled ? [{ name: "Approval", actions: [approve] }] : []),
    { name: "Deploy", actions: deploy },
  ];
}
