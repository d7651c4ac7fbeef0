// A pipeline is written whole or not at all, and making one starts it at once; deleting it does not stop what runs, so a run
// under way is stopped first, or a deploy would land in the middle of a teardown.
import {
  CreatePipelineCommand,
  DeletePipelineCommand,
  GetPipelineCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  ListTagsForResourceCommand,
  StopPipelineExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePipelineCommand,
  type ActionCategory,
  type ActionOwner,
} from "@aws-sdk/client-codepipeline";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { taggedKind } from "../kind.ts";
import { tagChanges, tagListLower, tagsFrom, type Tags } from "../tags.ts";
import { actionOf, declarationOf, driftedOf, sortedActions, unmanagedOf } from "./declaration.ts";

/** One thing that a stage does. */
export interface PipelineAction {
  name: string;
  category: ActionCategory;
  owner: ActionOwner;
  /** Who carries it out: `S3`, `CodeBuild`, `Manual`, `ECS`. */
  provider: string;
  version: string;
  configuration: Record<string, string>;
  /** Names of the artifacts that it reads. */
  inputs: string[];
  /** Names of the artifacts that it makes. */
  outputs: string[];
  roleArn?: string;
  /** Of the actions of a stage, those of the lowest number run first, all at the same time. */
  runOrder: number;
}

/** One stage of a pipeline. */
export interface PipelineStage {
  name: string;
  /** Sorted by name. */
  actions: PipelineAction[];
}

export interface PipelineSpec {
  name: string;
  roleArn: string;
  artifactBucket: string;
  stages: PipelineStage[];
  tags: Tags;
}

export interface PipelineAttrs {
  name: string;
  arn: string;
}

const GONE = "PipelineNotFoundException";

/** IAM is not seen everywhere at once: two minutes, Terraform's propagationTimeout. */
const ROLE_NOT_SEEN_YET: readonly NotYet[] = [{ code: "InvalidStructureException", says: "not authorized" }];

export const Pipeline = taggedKind<PipelineSpec, PipelineAttrs>({
  type: "codepipeline/pipeline",
  immutable: ["name"],
  unique: ["name"],
  usual: {},
  inventory: { idIn: ({ service, resource }) => (service === "codepipeline" ? resource : undefined) },

  canonical: (spec) => ({
    ...spec,
    stages: spec.stages.map((stage) => ({ ...stage, actions: sortedActions(stage.actions) })),
  }),

  async observe(aws, look) {
    const found = await byName(look, (name) => absent(aws.codePipeline(new GetPipelineCommand({ name })), GONE));
    const pipeline = found?.pipeline;
    if (!pipeline?.name) return undefined;
    const arn = found?.metadata?.pipelineArn ?? arnOf(aws, pipeline.name);
    const tags = await tagsOf(aws, arn);
    // It went between the two calls.
    if (!tags) return undefined;
    return {
      id: pipeline.name,
      attrs: { name: pipeline.name, arn },
      spec: {
        name: pipeline.name,
        roleArn: pipeline.roleArn,
        artifactBucket: pipeline.artifactStore?.location,
        stages: (pipeline.stages ?? []).map(({ name = "", actions = [] }) => ({
          name,
          actions: sortedActions(actions.map(actionOf)),
        })),
        tags,
      },
      unmanaged: some(unmanagedOf(pipeline, aws.region)),
      drifted: some(driftedOf(pipeline)),
      ready: true,
    };
  },

  async owned(aws) {
    const all = await everyPage(async (nextToken) => {
      const page = await aws.codePipeline(new ListPipelinesCommand({ nextToken }));
      return { items: page.pipelines, next: page.nextToken };
    });
    const candidates = all.filter(({ name }) => namedAfter(aws.stack, name));
    return ownedAmong(
      aws,
      candidates.map(({ name: id = "" }) => ({ id, tags: () => tagsOf(aws, arnOf(aws, id)) })),
    );
  },

  async create(aws, spec, making) {
    await aws.codePipeline(
      new CreatePipelineCommand({ pipeline: declarationOf(spec), tags: tagListLower(spec.tags) }),
      { once: true, notYet: ROLE_NOT_SEEN_YET },
    );
    await making.created(spec.name);
    return { id: spec.name, attrs: { name: spec.name, arn: arnOf(aws, spec.name) } };
  },

  async update(aws, observed, spec, changed) {
    const { arn: resourceArn } = observed.attrs;
    if ([...changed].some((field) => field !== "tags")) {
      const { pipeline: live } = await aws.codePipeline(new GetPipelineCommand({ name: observed.id }));
      await aws.codePipeline(new UpdatePipelineCommand({ pipeline: declarationOf(spec, live) }), {
        notYet: ROLE_NOT_SEEN_YET,
      });
    }
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    if (Object.keys(write).length > 0)
      await aws.codePipeline(new TagResourceCommand({ resourceArn, tags: tagListLower(write) }));
    if (remove.length > 0) await aws.codePipeline(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
  },

  async delete(aws, { id: name }) {
    await stopRuns(aws, name);
    await absent(
      aws.codePipeline(new DeletePipelineCommand({ name }), { notYet: [{ code: "ConcurrentModificationException" }] }),
      GONE,
    );
  },
});

/** Neither CreatePipeline nor ListPipelines answers an ARN. */
const arnOf = (aws: Aws, name: string) => `arn:${aws.partition}:codepipeline:${aws.region}:${aws.account}:${name}`;

async function tagsOf(aws: Aws, resourceArn: string): Promise<Tags | undefined> {
  const reading = everyPage(async (nextToken) => {
    const page = await aws.codePipeline(new ListTagsForResourceCommand({ resourceArn, nextToken }));
    return { items: page.tags, next: page.nextToken };
  });
  const found = await absent(reading, "ResourceNotFoundException");
  return found && tagsFrom(found);
}

async function stopRuns(aws: Aws, pipelineName: string) {
  const runs = await absent(aws.codePipeline(new ListPipelineExecutionsCommand({ pipelineName })), GONE);
  for (const { pipelineExecutionId, status } of runs?.pipelineExecutionSummaries ?? [])
    // One that is to stop after its action would still finish that, which may be the deploy.
    if (status === "InProgress" || status === "Stopping")
      await absent(
        aws.codePipeline(
          new StopPipelineExecutionCommand({
            pipelineName,
            pipelineExecutionId,
            abandon: true,
            reason: "The pipeline is being deleted.",
          }),
        ),
        GONE,
        // It ended, or is being stopped, by itself.
        "PipelineExecutionNotStoppableException",
        "DuplicatedStopRequestException",
      );
}
