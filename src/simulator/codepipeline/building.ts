import type { ActionDeclaration } from "@aws-sdk/client-codepipeline";
import { inMemory } from "../bytes.ts";
import { startBuild } from "../codebuild/builds.ts";
import { projects } from "../codebuild/projects.ts";
import type { Sim } from "../sim.ts";
import { ActionFailure } from "./failure.ts";
import { artifactCalls, buildCalls, demand } from "./permissions.ts";
import { inputOf, type SimExecution } from "./records.ts";
import { readSource } from "./source.ts";

/** Starts the build of an action; answers its id. */
export function startBuilding(sim: Sim, execution: SimExecution, declared: ActionDeclaration): string {
  const { ProjectName: name = "", EnvironmentVariables: given = "[]" } = declared.configuration ?? {};
  const project = projects(sim)[name];
  if (!project)
    throw new ActionFailure(
      "ConfigurationError",
      `Error calling startBuild: Project cannot be found: ${sim.arn("codebuild", `project/${name}`)}`,
    );
  demand(sim, execution, [...artifactCalls(execution), ...buildCalls(sim, name)]);
  const { revision } = execution;
  const source = revision && readSource(sim, revision.bucket, revision.key, revision.id);
  const input = inputOf(execution, declared);
  // The artifact of a source action is the object as it is, that of a build the files that it hands on.
  const files = Object.keys(input?.files ?? {}).length > 0 ? input?.files : undefined;
  // CodePipeline user guide, "Variables reference": the namespace `codepipeline` is in every pipeline of type V2.
  const resolved = given.replaceAll("#{codepipeline.PipelineExecutionId}", execution.id);
  const variables = JSON.parse(resolved) as { name: string; value: string }[];
  const build = startBuild(sim, project, {
    bytes: source?.bytes ?? inMemory(Buffer.alloc(0)),
    files,
    variables: Object.fromEntries(variables.map((one) => [one.name, one.value])),
    sourceVersion: `arn:aws:s3:::${execution.declaration.artifactStore?.location}/${input?.key ?? ""}`,
    resolvedSourceVersion: revision?.id ?? "",
    initiator: `codepipeline/${execution.pipeline}`,
  });
  return build.id;
}
