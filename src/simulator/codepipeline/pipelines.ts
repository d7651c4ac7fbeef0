import type {
  CreatePipelineCommandInput,
  CreatePipelineCommandOutput,
  DeletePipelineCommandInput,
  GetPipelineCommandInput,
  GetPipelineCommandOutput,
  ListPipelinesCommandInput,
  ListPipelinesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  PipelineDeclaration,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdatePipelineCommandInput,
  UpdatePipelineCommandOutput,
} from "@aws-sdk/client-codepipeline";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { executions, executionsOf, pipelineOf, pipelines, type SimPipeline } from "./records.ts";
import { startExecution } from "./start.ts";
import { checkStructure } from "./structure.ts";

/** What CodePipeline fills in by itself. */
const filledIn = (pipeline: PipelineDeclaration): PipelineDeclaration => ({
  ...pipeline,
  executionMode: pipeline.executionMode ?? "SUPERSEDED",
  pipelineType: pipeline.pipelineType ?? "V1",
  stages: (pipeline.stages ?? []).map((stage) => ({
    ...stage,
    actions: (stage.actions ?? []).map((action) => ({
      ...action,
      runOrder: action.runOrder ?? 1,
      configuration: action.configuration ?? {},
      inputArtifacts: action.inputArtifacts ?? [],
      outputArtifacts: action.outputArtifacts ?? [],
    })),
  })),
});

const PAGES = { usual: 1_000, code: "ValidationException", badToken: "InvalidNextTokenException" };

const answerOf = ({ declaration, version }: SimPipeline): PipelineDeclaration => ({ ...declaration, version });

const tagsAnswer = ({ tags }: SimPipeline) => Object.entries(tags).map(([key, value]) => ({ key, value }));

function byArn(sim: Sim, arn: string | undefined): SimPipeline {
  if (!/^arn:[^:]+:codepipeline:[^:]+:\d{12}:.+/.test(arn ?? "")) refuse("InvalidArnException", `Invalid ARN: ${arn}`);
  return (
    Object.values(pipelines(sim)).find((pipeline) => pipeline.arn === arn) ??
    refuse(
      "ResourceNotFoundException",
      `The account with id '${sim.account}' does not include a pipeline with the name '${arn?.split(":").at(-1)}'`,
    )
  );
}

export const pipelineOperations = {
  CreatePipeline(input: CreatePipelineCommandInput, sim): Answer<CreatePipelineCommandOutput> {
    const declaration =
      input.pipeline ??
      refuse("ValidationException", "Value null at 'pipeline' failed to satisfy constraint: Member must not be null");
    const { name = "" } = declaration;
    if (!/^[A-Za-z0-9.@\-_]{1,100}$/.test(name))
      refuse(
        "ValidationException",
        `1 validation error detected: Value '${name}' at 'pipeline.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+`,
      );
    if (pipelines(sim)[name])
      refuse(
        "PipelineNameInUseException",
        `A pipeline with the name '${name}' already exists in account '${sim.account}'`,
      );
    checkStructure(sim, declaration);
    const pipeline: SimPipeline = {
      name,
      arn: sim.arn("codepipeline", name),
      declaration: filledIn(declaration),
      version: 1,
      tags: withTags({}, tagsOfInput(input.tags, "InvalidTagsException"), "TooManyTagsException"),
      createdAt: sim.now,
      updatedAt: sim.now,
    };
    pipelines(sim)[name] = pipeline;
    // A new pipeline runs at once, whether there is a source yet or not.
    startExecution(sim, name, { triggerType: "CreatePipeline", triggerDetail: sim.arn("iam", "user/local", "") });
    return { pipeline: answerOf(pipeline), tags: tagsAnswer(pipeline) };
  },

  GetPipeline(input: GetPipelineCommandInput, sim): Answer<GetPipelineCommandOutput> {
    const pipeline = pipelineOf(sim, input.name);
    if (input.version !== undefined && input.version !== pipeline.version)
      refuse(
        "PipelineVersionNotFoundException",
        `Account '${sim.account}' does not have a pipeline with name '${input.name}' and version '${input.version}'`,
      );
    return {
      pipeline: answerOf(pipeline),
      metadata: {
        pipelineArn: pipeline.arn,
        created: new Date(pipeline.createdAt),
        updated: new Date(pipeline.updatedAt),
      },
    };
  },

  ListPipelines(input: ListPipelinesCommandInput, sim): Answer<ListPipelinesCommandOutput> {
    onlyKnown("ListPipelines", input, "maxResults", "nextToken");
    const all = Object.values(pipelines(sim)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { page, next } = pageOf(all, { token: input.nextToken, size: input.maxResults }, PAGES);
    return {
      pipelines: page.map(({ name, version, declaration, createdAt, updatedAt }) => ({
        name,
        version,
        pipelineType: declaration.pipelineType,
        executionMode: declaration.executionMode,
        created: new Date(createdAt),
        updated: new Date(updatedAt),
      })),
      nextToken: next,
    };
  },

  UpdatePipeline(input: UpdatePipelineCommandInput, sim): Answer<UpdatePipelineCommandOutput> {
    const pipeline = pipelineOf(sim, input.pipeline?.name);
    if (!input.pipeline) return {};
    checkStructure(sim, input.pipeline);
    pipeline.declaration = filledIn(input.pipeline);
    pipeline.version += 1;
    pipeline.updatedAt = sim.now;
    return { pipeline: answerOf(pipeline) };
  },

  /** A pipeline that is not there is deleted already; its runs go with it, while what they started goes on. */
  DeletePipeline({ name = "" }: DeletePipelineCommandInput, sim) {
    delete pipelines(sim)[name];
    for (const { id } of executionsOf(sim, name)) delete executions(sim)[id];
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> {
    onlyKnown("ListTagsForResource", input, "resourceArn");
    return { tags: tagsAnswer(byArn(sim, input.resourceArn)) };
  },

  TagResource(input: TagResourceCommandInput, sim) {
    const pipeline = byArn(sim, input.resourceArn);
    pipeline.tags = withTags(pipeline.tags, tagsOfInput(input.tags, "InvalidTagsException"), "TooManyTagsException");
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const pipeline = byArn(sim, input.resourceArn);
    pipeline.tags = withoutTags(pipeline.tags, input.tagKeys);
    return {};
  },
} satisfies Operations;
