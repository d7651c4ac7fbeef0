import type { ActionDeclaration, PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import { refuse } from "../errors.ts";
import { assumable } from "../iam/trust.ts";
import { onlyKnown } from "../known.ts";
import type { Sim } from "../sim.ts";

/** The action types that the simulator can carry out, and their settings: those without `?` are required. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  "Source/AWS/S3/1": ["S3Bucket", "S3ObjectKey", "PollForSourceChanges?"],
  // "AWS CodeBuild build and test action reference" (CodePipeline user guide): of either category.
  "Build/AWS/CodeBuild/1": ["ProjectName", "EnvironmentVariables?"],
  "Test/AWS/CodeBuild/1": ["ProjectName", "EnvironmentVariables?"],
  "Approval/AWS/Manual/1": ["CustomData?", "ExternalEntityLink?", "NotificationArn?"],
  "Deploy/AWS/ECS/1": ["ClusterName", "ServiceName", "FileName?", "DeploymentTimeout?"],
};

/** The fields of a pipeline, and of an action of it, that are simulated. */
const PIPELINE = ["name", "roleArn", "artifactStore", "stages", "version", "executionMode", "pipelineType"] as const;
const ACTION = [
  "name",
  "actionTypeId",
  "runOrder",
  "configuration",
  "inputArtifacts",
  "outputArtifacts",
  "roleArn",
  "region",
] as const;

const MOST_ACTIONS = 50;

const invalid = (message: string): never => refuse("InvalidStructureException", message);

/** Refuses a pipeline that CodePipeline would not take. */
export function checkStructure(sim: Sim, pipeline: PipelineDeclaration): void {
  onlyKnown("a pipeline", pipeline, ...PIPELINE);
  const { stages = [], artifactStore, executionMode = "SUPERSEDED", roleArn } = pipeline;
  if (executionMode !== "SUPERSEDED")
    refuse("SimulatorUnknownOption", `The simulated AWS does not know the execution mode ${executionMode}.`, 501);
  if (artifactStore?.type !== "S3" || !artifactStore.location)
    invalid("Pipeline requires an artifact store or artifact stores");
  if (stages.length < 2)
    invalid(`Pipeline has only ${stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`);
  const made = new Set<string>();
  const names = new Set<string>();
  for (const [index, { name = "", actions = [] }] of stages.entries()) {
    if (!/^[A-Za-z0-9.@\-_]{1,100}$/.test(name))
      refuse(
        "ValidationException",
        `1 validation error detected: Value '${name}' at 'pipeline.stages.${index + 1}.member.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+`,
      );
    if (names.has(name)) invalid(`Stage names must be unique within a pipeline: ${name}`);
    names.add(name);
    if (actions.length === 0) invalid(`Stage ${name} must have at least one action`);
    // CodePipeline user guide, "Quotas" and "Stage declaration".
    if (actions.length > MOST_ACTIONS) invalid(`Stage ${name} has more than ${MOST_ACTIONS} actions`);
    if (new Set(actions.map((action) => action.name)).size < actions.length)
      invalid(`Action names must be unique within a stage: ${name}`);
    for (const action of actions) checkAction(action, index === 0, made);
  }
  if (!assumable(sim, roleArn, "codepipeline.amazonaws.com"))
    invalid(`CodePipeline is not authorized to perform AssumeRole on role ${roleArn}`);
}

function checkAction(action: ActionDeclaration, first: boolean, made: Set<string>): void {
  const { name, actionTypeId, configuration = {}, inputArtifacts = [], outputArtifacts = [] } = action;
  onlyKnown(`the action ${name}`, action, ...ACTION);
  const { category, owner, provider, version } = actionTypeId ?? {};
  if (first !== (category === "Source"))
    invalid(
      first
        ? "Pipeline stage 1 should contain only source actions"
        : `Source action ${name} is not in the first stage of the pipeline`,
    );
  const settings = ACTIONS[`${category}/${owner}/${provider}/${version}`];
  if (!settings)
    return refuse(
      "InvalidActionDeclarationException",
      `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action '${name}' is not available in region`,
    );
  for (const setting of settings)
    if (!setting.endsWith("?") && !configuration[setting])
      refuse(
        "InvalidActionDeclarationException",
        `Action configuration for action '${name}' is missing required configuration '${setting}'`,
      );
  for (const setting of Object.keys(configuration))
    if (!settings.some((known) => known.replace("?", "") === setting))
      refuse(
        "InvalidActionDeclarationException",
        `Action configuration for action '${name}' contains unknown configuration '${setting}'`,
      );
  checkVariables(name, configuration["EnvironmentVariables"]);
  for (const { name: input = "" } of inputArtifacts)
    if (!made.has(input))
      invalid(
        `Input Artifact Bundle ${input} in action ${name} is not declared as Output Artifact Bundle in any of the preceding actions`,
      );
  for (const { name: output = "" } of outputArtifacts) {
    if (made.has(output)) invalid(`Output Artifact Bundle name must be unique within the pipeline. ${output}`);
    made.add(output);
  }
}

/** botocore codepipeline, ActionConfigurationValue: 1,000 characters. The action reference: a JSON array of objects with name, value and type. */
function checkVariables(name: string | undefined, text: string | undefined): void {
  if (text === undefined) return;
  if (text.length > 1000)
    refuse("ValidationException", "The value of an action's configuration has at most 1000 characters");
  try {
    const parsed = JSON.parse(text) as { name?: string; value?: string; type?: string }[];
    if (parsed.every((one) => one.name && one.value !== undefined && (one.type ?? "PLAINTEXT") === "PLAINTEXT")) return;
  } catch {
    // Said below, like every other text that is no such list.
  }
  refuse(
    "InvalidActionDeclarationException",
    `Action configuration for action '${name}' has EnvironmentVariables that are not a JSON array of plain variables`,
  );
}
