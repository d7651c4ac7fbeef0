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
import { plain } from "../plain.ts";
import type { Answer, Operations } from "../sim.ts";
import { lowerTagList } from "../tagging.ts";
import { executions, executionsOf, missingPipeline, pipelineOf, pipelines, type SimPipeline } from "./records.ts";
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

const rows = plain<SimPipeline, PipelineDeclaration>({
  table: "codepipeline.pipelines",
  arn: (sim, name) => sim.arn("codepipeline", name),
  names: {
    rule: /^[A-Za-z0-9.@\-_]{1,100}$/,
    refusal: [
      "ValidationException",
      "1 validation error detected: Value at 'pipeline.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+",
    ],
  },
  check: checkStructure,
  made: (sim, declaration, name) => ({
    name,
    declaration: filledIn(declaration),
    version: 1,
    createdAt: sim.now,
    updatedAt: sim.now,
  }),
  again: ({ name }, _declaration, sim) =>
    refuse(
      "PipelineNameInUseException",
      `A pipeline with the name '${name}' already exists in account '${sim.account}'`,
    ),
  missing: missingPipeline,
  missingArn: (arn, sim) =>
    /^arn:[^:]+:codepipeline:[^:]+:\d{12}:.+/.test(arn)
      ? [
          "ResourceNotFoundException",
          `The account with id '${sim.account}' does not include a pipeline with the name '${arn.split(":").at(-1)}'`,
        ]
      : ["InvalidArnException", `Invalid ARN: ${arn}`],
  tags: { code: "InvalidTagsException", limitCode: "TooManyTagsException" },
  pages: { usual: 1_000, code: "ValidationException", badToken: "InvalidNextTokenException", sorted: true },
});

const answerOf = ({ declaration, version }: SimPipeline): PipelineDeclaration => ({ ...declaration, version });

export const pipelineOperations = {
  CreatePipeline(input: CreatePipelineCommandInput, sim): Answer<CreatePipelineCommandOutput> {
    const declaration =
      input.pipeline ??
      refuse("ValidationException", "Value null at 'pipeline' failed to satisfy constraint: Member must not be null");
    const pipeline = rows.create(sim, { key: declaration.name ?? "", tags: input.tags }, declaration);
    const { name } = pipeline;
    // A new pipeline runs at once, whether there is a source yet or not.
    startExecution(sim, name, { triggerType: "CreatePipeline", triggerDetail: sim.arn("iam", "user/local", "") });
    return { pipeline: answerOf(pipeline), tags: lowerTagList(pipeline.tags) };
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
    const { page, next } = rows.list(sim, { token: input.nextToken, size: input.maxResults });
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
    return { tags: lowerTagList(rows.tagsOf(sim, input.resourceArn)) };
  },

  TagResource: (input: TagResourceCommandInput, sim) => rows.tag(sim, input.resourceArn, input.tags),
  UntagResource: (input: UntagResourceCommandInput, sim) => rows.untag(sim, input.resourceArn, input.tagKeys),
} satisfies Operations;
