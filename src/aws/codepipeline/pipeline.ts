// CodePipeline runs a new pipeline once when it is created, and deleting a pipeline does not stop its executions, so an execution
// in progress is stopped first: otherwise it could deploy in the middle of a teardown.
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
} from "@aws-sdk/client-codepipeline";
import type { Look, Observed } from "../../engine/resource-kind.ts";
import { ahead, recordedArn } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { tagChanges, tagListLower, tagsFrom, type Tags } from "../tags.ts";
import { asRecorded } from "../to-delete.ts";
import { revisionOf, standingRevision } from "./revision.ts";
import { actionOf, declarationOf, driftedOf, sortedActions, unmanagedOf } from "./declaration.ts";
import type { PipelineSpec } from "./pipeline-spec.ts";

export interface PipelineAttrs {
  name: string;
  arn: string;
  /** Proves that the declaration is still the one recorded in the state, see `revision.ts`; omitted if it contains unmanaged settings. */
  revision?: string | undefined;
}

const GONE = "PipelineNotFoundException";

/** IAM is eventually consistent: two minutes, Terraform's propagationTimeout. */
const ROLE_NOT_SEEN_YET: readonly NotYet[] = [{ code: "InvalidStructureException", says: "not authorized" }];

export const Pipeline = defineKind<PipelineSpec, PipelineAttrs>({
  type: "codepipeline/pipeline",
  fields: {
    name: { immutable: true, unique: true },
    roleArn: {},
    artifactBucket: {},
    stages: {},
    tags: {},
  },
  attrs: { revision: { changesWith: ["roleArn", "artifactBucket", "stages"] } },
  traits: { markedAtOnce: true },
  inventory: { idIn: ({ service, resource }) => (service === "codepipeline" ? resource : undefined) },

  canonical: (spec) => ({
    ...spec,
    stages: spec.stages.map((stage) => ({ ...stage, actions: sortedActions(stage.actions) })),
  }),

  async observe(aws, look) {
    const arn = recordedArn(look);
    if (look.toDelete && arn !== undefined) return asRecorded(look, await tagsOf(aws, arn));
    const tagsIn = ahead(look, arn, (known) => tagsOf(aws, known));
    const found = (await unchanged(aws, look)) ?? (await byName(look, (name) => asDeclared(aws, name)));
    const tags = found && (await tagsIn(found.attrs.arn));
    // Without tags it was deleted between the two calls.
    return tags && { ...found, id: found.attrs.name, spec: { ...found.spec, tags }, ready: true };
  },

  async list(aws) {
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
    const { pipeline } = await aws.codePipeline(
      new CreatePipelineCommand({ pipeline: declarationOf(spec), tags: tagListLower(spec.tags) }),
      { once: true, notYet: ROLE_NOT_SEEN_YET },
    );
    await making.created(spec.name);
    const made = await absent(aws.codePipeline(new GetPipelineCommand({ name: spec.name })), GONE);
    const revision = revisionOf(pipeline?.version, made?.metadata?.created);
    return { id: spec.name, attrs: { name: spec.name, arn: arnOf(aws, spec.name), ...revision } };
  },

  async update(aws, observed, spec, changed) {
    const { arn: resourceArn } = observed.attrs;
    const declares = [...changed].some((field) => field !== "tags");
    const renewed = declares ? { revision: await declare(aws, spec) } : {};
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    if (Object.keys(write).length > 0)
      await aws.codePipeline(new TagResourceCommand({ resourceArn, tags: tagListLower(write) }));
    if (remove.length > 0) await aws.codePipeline(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
    return renewed;
  },

  async delete(aws, { id: name }) {
    await stopRuns(aws, name);
    await absent(
      aws.codePipeline(new DeletePipelineCommand({ name }), { notYet: [{ code: "ConcurrentModificationException" }] }),
      GONE,
    );
  },
});

/** An observed pipeline without its tags. */
type Found = Pick<Observed<Omit<PipelineSpec, "tags">, PipelineAttrs>, "attrs" | "spec" | "unmanaged" | "drifted">;

/** The pipeline as recorded in the state, if its revision proves that it is unchanged. */
async function unchanged(aws: Aws, look: Look<PipelineSpec>): Promise<Found | undefined> {
  const revision = await standingRevision(aws, look);
  if (revision === undefined || look.knownId === undefined) return undefined;
  const { tags: _tags, ...spec } = look.spec;
  return { attrs: { name: look.knownId, arn: arnOf(aws, look.knownId), revision }, spec };
}

/** The pipeline as AWS reports it. */
async function asDeclared(aws: Aws, wanted: string): Promise<Found | undefined> {
  const found = await absent(aws.codePipeline(new GetPipelineCommand({ name: wanted })), GONE);
  const pipeline = found?.pipeline;
  if (!pipeline?.name) return undefined;
  const { name, roleArn, artifactStore, stages = [] } = pipeline;
  const more = { unmanaged: some(unmanagedOf(pipeline, aws.region)), drifted: some(driftedOf(pipeline)) };
  const isOwned = more.unmanaged === undefined && more.drifted === undefined;
  return {
    attrs: {
      name,
      arn: found?.metadata?.pipelineArn ?? arnOf(aws, name),
      ...(isOwned ? revisionOf(pipeline.version, found?.metadata?.created) : {}),
    },
    spec: {
      name,
      roleArn,
      artifactBucket: artifactStore?.location,
      stages: stages.map((stage) => ({
        name: stage.name ?? "",
        actions: sortedActions((stage.actions ?? []).map(actionOf)),
      })),
    },
    ...more,
  };
}

/** Writes the declaration on top of the live one; returns its revision, `undefined` if it contains unmanaged settings. */
async function declare(aws: Aws, spec: PipelineSpec): Promise<string | undefined> {
  const { pipeline: live, metadata } = await aws.codePipeline(new GetPipelineCommand({ name: spec.name }));
  const declaration = declarationOf(spec, live);
  const { pipeline } = await aws.codePipeline(new UpdatePipelineCommand({ pipeline: declaration }), {
    notYet: ROLE_NOT_SEEN_YET,
  });
  if (unmanagedOf(declaration, aws.region).length > 0) return undefined;
  return revisionOf(pipeline?.version, metadata?.created).revision;
}

/** Neither CreatePipeline nor ListPipelines returns an ARN. */
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
    // An execution that stops after its action would still finish that action, which may be the deploy.
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
        // It has ended, or is already stopping.
        "PipelineExecutionNotStoppableException",
        "DuplicatedStopRequestException",
      );
}
