// UpdatePipeline replaces the whole declaration: omitted settings are removed. So an update is built on top of the live declaration, and
// unmanaged settings in it are shown.
import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import type { Drifted } from "../../engine/resource-kind.ts";
import { driftedIn, SET, unmanagedIn, type Usual } from "../beyond.ts";
import type { PipelineAction, PipelineSpec } from "./pipeline-spec.ts";

export const actionOf = ({ actionTypeId, ...action }: ActionDeclaration): PipelineAction => ({
  name: action.name ?? "",
  category: actionTypeId?.category ?? "Source",
  owner: actionTypeId?.owner ?? "AWS",
  provider: actionTypeId?.provider ?? "",
  version: actionTypeId?.version ?? "",
  configuration: action.configuration ?? {},
  inputs: (action.inputArtifacts ?? []).map(({ name = "" }) => name),
  outputs: (action.outputArtifacts ?? []).map(({ name = "" }) => name),
  ...(action.roleArn === undefined ? {} : { roleArn: action.roleArn }),
  runOrder: action.runOrder ?? 1,
});

/** Actions in canonical order: CodePipeline keeps that of the declaration, which has no meaning. */
export const sortedActions = (actions: readonly PipelineAction[]): PipelineAction[] =>
  actions.toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));

/** Billed per minute instead of per month; a newer source supersedes one that waits for a stage. */
const ALWAYS = { pipelineType: "V2", executionMode: "SUPERSEDED" } as const;

/** What an update sets, and CodePipeline's defaults: "CodePipeline pipeline structure reference" in its user guide. */
const USUAL: Usual = {
  name: SET,
  roleArn: SET,
  version: SET,
  stages: SET,
  pipelineType: SET,
  executionMode: SET,
  artifactStore: { type: SET, location: SET },
  // Set instead of the single store: drift.
  artifactStores: SET,
};
const USUAL_STAGE: Usual = { name: SET, actions: SET };
const usualAction = (region: string): Usual => ({
  name: SET,
  actionTypeId: SET,
  configuration: SET,
  inputArtifacts: SET,
  outputArtifacts: SET,
  roleArn: SET,
  runOrder: SET,
  region,
});

/** Unmanaged settings of a pipeline, which an update keeps. Added stages or actions are drift: they would run between Fairlead's. */
export const unmanagedOf = (pipeline: PipelineDeclaration, region: string): string[] => [
  ...unmanagedIn(pipeline, USUAL),
  ...(pipeline.stages ?? []).flatMap((stage) => [
    ...unmanagedIn(stage, USUAL_STAGE, `stage ${stage.name}`),
    ...(stage.actions ?? []).flatMap((action) =>
      unmanagedIn(action, usualAction(region), `action ${stage.name}/${action.name}`),
    ),
  ]),
];

/** What an update sets besides the spec. */
export const driftedOf = ({ pipelineType, executionMode }: PipelineDeclaration): Drifted[] =>
  driftedIn("stages", { pipelineType, executionMode }, ALWAYS);

/** The declaration of a spec, merged into the `live` one. */
export const declarationOf = (spec: PipelineSpec, live?: PipelineDeclaration): PipelineDeclaration => ({
  ...live,
  name: spec.name,
  roleArn: spec.roleArn,
  ...ALWAYS,
  artifactStore: { ...live?.artifactStore, type: "S3", location: spec.artifactBucket },
  artifactStores: undefined,
  stages: spec.stages.map(({ name, actions }) => {
    const stage = live?.stages?.find((one) => one.name === name);
    return { ...stage, name, actions: actions.map((action) => declaredAction(action, stage)) };
  }),
});

function declaredAction(spec: PipelineAction, stage: StageDeclaration | undefined): ActionDeclaration {
  const { category, owner, provider, version, inputs, outputs, name, configuration, roleArn, runOrder } = spec;
  const live = stage?.actions?.find((one) => one.name === name);
  return {
    ...live,
    name,
    runOrder,
    actionTypeId: { category, owner, provider, version },
    configuration,
    inputArtifacts: inputs.map((input) => ({ name: input })),
    outputArtifacts: outputs.map((output) => ({ name: output })),
    roleArn,
  };
}
