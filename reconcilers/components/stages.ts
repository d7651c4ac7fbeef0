import type { PipelineAction, PipelineStage } from "../../src/aws/codepipeline/pipeline-spec.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import { variablesOf } from "./release-buildspec.ts";
import type { ReleaseAction } from "./release-steps.ts";
import { scanVariablesOf, type ScanStep } from "./scan-buildspec.ts";
import { warmVariablesOf, type WarmStep } from "./warm-buildspec.ts";
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
  /** What CodeBuild does before and after the services are deployed; omit for nothing. */
  readonly steps?: {
    readonly project: Output<string>;
    readonly before: readonly ReleaseAction[];
    readonly after: readonly ReleaseAction[];
  };
  /** What CodeBuild does right before and after the deployment: it raises the minimum of services, and takes it back; omit for nothing. */
  readonly warm?: { readonly project: Output<string>; readonly steps: readonly WarmStep[] } | undefined;
  /** What CodeBuild checks after the build, before anyone is asked to approve it; omit for nothing. */
  readonly scans?: { readonly project: Output<string>; readonly steps: readonly ScanStep[] } | undefined;
}

/**
 * The stages of the pipeline: Source, Build with the checks of what was built, Approval (if enabled) and Deploy, which deploys all services in
 * parallel, between the steps before and after the deployment.
 */
export function stages({
  sourceBucket,
  project,
  settings,
  cluster,
  services,
  steps,
  warm,
  scans,
}: StagesProps): Input<PipelineStage>[] {
  const { sourceKey, approval } = settings;
  const action = (
    name: string,
    provider: string,
    category: "Source" | "Build" | "Test" | "Approval" | "Deploy",
    configuration: Record<string, Input<string>>,
    inputs: string[] = [],
    outputs: string[] = [],
    runOrder = 1,
  ): Input<PipelineAction> => ({
    name,
    category,
    owner: "AWS",
    provider,
    version: "1",
    configuration,
    inputs,
    outputs,
    runOrder,
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
  const scan = (scans?.steps ?? []).map((step) => {
    const configuration = { ProjectName: scans?.project ?? "", EnvironmentVariables: scanVariablesOf(step) };
    return action(step.action, "CodeBuild", "Test", configuration, ["BuildOutput"], [], 2);
  });
  const approve = action("Approval", "Manual", "Approval", { CustomData: approval.message });
  // Actions with the same run order run in parallel; higher run orders follow.
  const first = steps && steps.before.length > 0 ? 2 : 1;
  // After the commands before the release: one that fails leaves the minimum alone.
  const deploying = warm ? first + 1 : first;
  const deploy = services.map(({ service, deployAction, imageDefinitions }) => {
    const configuration = { ClusterName: cluster, ServiceName: service, FileName: imageDefinitions };
    return action(deployAction, "ECS", "Deploy", configuration, ["BuildOutput"], [], deploying);
  });
  /** Category Test: CodeBuild builds nothing here ("AWS CodeBuild build and test action reference", CodePipeline user guide). */
  const doing = (some: readonly ReleaseAction[] = [], runOrder: number) =>
    some.map((step) => {
      const configuration = { ProjectName: steps?.project ?? "", EnvironmentVariables: variablesOf(step) };
      return action(step.action, "CodeBuild", "Test", configuration, ["BuildOutput"], [], runOrder);
    });
  const bounds = (step: "warm" | "cool", runOrder: number) =>
    (warm?.steps ?? []).map((one) => {
      const configuration = { ProjectName: warm?.project ?? "", EnvironmentVariables: warmVariablesOf(one, step) };
      const name = step === "warm" ? one.warmAction : one.coolAction;
      return action(name, "CodeBuild", "Test", configuration, ["BuildOutput"], [], runOrder);
    });
  const after = services.length > 0 ? deploying + 1 : deploying;
  return [
    { name: "Source", actions: [source] },
    { name: "Build", actions: [build, ...scan] },
    ...(approval.enabled ? [{ name: "Approval", actions: [approve] }] : []),
    {
      name: "Deploy",
      actions: [
        ...doing(steps?.before, 1),
        ...bounds("warm", first),
        ...deploy,
        ...bounds("cool", after),
        ...doing(steps?.after, after),
      ],
    },
  ];
}
