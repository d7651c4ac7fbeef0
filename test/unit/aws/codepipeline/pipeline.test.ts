import {
  CodePipelineClient,
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
  type ActionDeclaration,
} from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Pipeline } from "../../../../src/aws/codepipeline/pipeline.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { tagListLower } from "../../../../src/aws/tags.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, tagsIn } from "../../../support/mocked.ts";
import { tags, tagList, spec, ARN, declaration, observed } from "./release-pipeline.ts";

const codePipeline = mockClient(CodePipelineClient);
beforeEach(() => codePipeline.reset());

const inputs = () => codePipeline.calls().map((call) => call.args[0].input);

describe("codepipeline/pipeline", () => {
  it("creates the whole declaration with its tags, and knows the ARN that AWS does not answer", async () => {
    codePipeline.on(CreatePipelineCommand).resolves({});
    const told: string[] = [];
    expect(await Pipeline.create(mocked(), spec, making(told))).toEqual({
      id: "release",
      attrs: { name: "release", arn: ARN },
    });
    expect(told).toEqual(["release"]);
    expect(inputs()).toEqual([{ pipeline: declaration, tags: tagList }, { name: "release" }]);
  });

  it("asks again while the role is too young, and never repeats a create whose response was lost", async () => {
    codePipeline
      .on(CreatePipelineCommand)
      .rejectsOnce(
        awsError(
          "InvalidStructureException",
          `CodePipeline is not authorized to perform AssumeRole on role ${spec.roleArn}`,
        ),
      )
      .rejects(awsError("InternalFailure", "injected", 500));
    await expect(Pipeline.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(codePipeline.commandCalls(CreatePipelineCommand)).toHaveLength(2);
  });

  it("throws what is wrong with the structure at once", async () => {
    codePipeline
      .on(CreatePipelineCommand)
      .rejects(awsError("InvalidStructureException", "Pipeline has only 1 stage(s)"));
    await expect(Pipeline.create(mocked(), spec, making())).rejects.toThrow("only 1 stage");
    expect(codePipeline.commandCalls(CreatePipelineCommand)).toHaveLength(1);
  });

  it("observes in the desired spelling, with all pages of its tags", async () => {
    codePipeline.on(GetPipelineCommand).resolves({
      pipeline: { ...declaration, version: 3 },
      metadata: { pipelineArn: ARN },
    });
    codePipeline
      .on(ListTagsForResourceCommand, { resourceArn: ARN })
      .resolves({ tags: tagList.slice(0, 1), nextToken: "more" })
      .on(ListTagsForResourceCommand, { resourceArn: ARN, nextToken: "more" })
      .resolves({ tags: tagList.slice(1) });
    const seen = await Pipeline.observe(mocked(), lookFor(spec));
    expect(seen).toMatchObject({
      id: "release",
      attrs: { name: "release", arn: ARN },
      owner: "demo/test/ap-northeast-1:network/it",
    });
    expect(seen?.spec).toEqual(spec);
  });

  it("reports all actions of a stage in the order of their names, so that an additional one is drift", async () => {
    const [source, build] = declaration.stages;
    const [action] = build?.actions ?? [];
    const added = { actionTypeId: action?.actionTypeId, name: "Aside", runOrder: 2 } as ActionDeclaration;
    const both = { name: "Build", actions: [...(build?.actions ?? []), added] };
    codePipeline.on(GetPipelineCommand).resolves({
      pipeline: { ...declaration, stages: [...(source ? [source] : []), both] },
    });
    codePipeline.on(ListTagsForResourceCommand).resolves({ tags: tagList });
    const seen = await Pipeline.observe(mocked(), lookFor(spec));
    expect(seen?.spec.stages?.[1]?.actions.map(({ name, runOrder }) => [name, runOrder])).toEqual([
      ["Aside", 2],
      ["Build", 1],
    ]);
  });

  it("is absent where there is no pipeline, or none any more once its tags are asked for", async () => {
    codePipeline.on(GetPipelineCommand).rejects(awsError("PipelineNotFoundException", "no such pipeline"));
    expect(await Pipeline.observe(mocked(), lookFor(spec, "release"))).toBeUndefined();
    codePipeline.reset();
    codePipeline.on(GetPipelineCommand).resolves({ pipeline: declaration, metadata: { pipelineArn: ARN } });
    codePipeline.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "no such pipeline"));
    expect(await Pipeline.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("updates the declaration alone, or the tags alone", async () => {
    codePipeline.on(UpdatePipelineCommand).resolves({});
    codePipeline.on(TagResourceCommand).resolves({});
    codePipeline.on(UntagResourceCommand).resolves({});
    codePipeline.on(GetPipelineCommand).resolves({ pipeline: declaration });
    await Pipeline.update(mocked(), observed, { ...spec, artifactBucket: "other" }, new Set(["artifactBucket"]));
    expect(inputs()).toEqual([
      { name: observed.id },
      { pipeline: { ...declaration, artifactStore: { type: "S3", location: "other" } } },
    ]);
    codePipeline.resetHistory();
    const now = { ...observed, spec: { ...spec, tags: { ...tags, team: "red", old: "1" } } };
    await Pipeline.update(mocked(), now, { ...spec, tags: { ...tags, team: "blue" } }, new Set(["tags"]));
    expect(inputs()).toEqual([
      { resourceArn: ARN, tags: [{ key: "team", value: "blue" }] },
      { resourceArn: ARN, tagKeys: ["old"] },
    ]);
  });

  it("carries through the triggers and the variables that others set, and shows them", async () => {
    const variables = [{ name: "THEIRS", defaultValue: "1" }];
    const live = { ...declaration, variables, executionMode: "QUEUED" as const };
    codePipeline.on(GetPipelineCommand).resolves({ pipeline: live });
    codePipeline.on(ListTagsForResourceCommand).resolves({ tags: [] });
    codePipeline.on(UpdatePipelineCommand).resolves({});
    const seen = await Pipeline.observe(mocked(), lookFor(spec));
    expect(seen?.unmanaged).toEqual(["variables"]);
    expect(seen?.drifted).toMatchObject([{ path: "executionMode", old: "QUEUED", new: "SUPERSEDED" }]);
    await Pipeline.update(mocked(), observed, spec, new Set(["stages"]));
    const [sent] = codePipeline.commandCalls(UpdatePipelineCommand);
    expect(sent?.args[0].input.pipeline).toMatchObject({ variables, executionMode: "SUPERSEDED" });
  });

  it("stops what runs before it deletes, also what is only to stop after its action", async () => {
    codePipeline.on(ListPipelineExecutionsCommand).resolves({
      pipelineExecutionSummaries: [
        { pipelineExecutionId: "3", status: "InProgress" },
        { pipelineExecutionId: "2", status: "Stopping" },
        { pipelineExecutionId: "1", status: "Succeeded" },
      ],
    });
    codePipeline
      .on(StopPipelineExecutionCommand)
      .resolvesOnce({})
      .rejectsOnce(awsError("DuplicatedStopRequestException", "already stopping"));
    codePipeline.on(DeletePipelineCommand).resolves({});
    await Pipeline.delete(mocked(), observed);
    const reason = "The pipeline is being deleted.";
    expect(inputs()).toEqual([
      { pipelineName: "release" },
      { pipelineName: "release", pipelineExecutionId: "3", abandon: true, reason },
      { pipelineName: "release", pipelineExecutionId: "2", abandon: true, reason },
      { name: "release" },
    ]);
  });

  it("counts a pipeline that is gone already as deleted", async () => {
    codePipeline.on(ListPipelineExecutionsCommand).rejects(awsError("PipelineNotFoundException", "gone"));
    codePipeline.on(DeletePipelineCommand).resolves({});
    await expect(Pipeline.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(codePipeline.commandCalls(StopPipelineExecutionCommand)).toEqual([]);
  });

  it("lists what the stack owns: every page, by tags, what went meanwhile left out", async () => {
    const arn = (name: string) => ARN.replace("release", name);
    const bearing = (name: string, stack: string) =>
      codePipeline.on(ListTagsForResourceCommand, { resourceArn: arn(name) }).resolves({
        tags: tagListLower(tagsIn(stack)),
      });
    codePipeline
      .on(ListPipelinesCommand)
      .resolves({ pipelines: [{ name: "release" }, { name: "demo-test-2-pipeline" }], nextToken: "more" });
    codePipeline
      .on(ListPipelinesCommand, { nextToken: "more" })
      .resolves({ pipelines: [{ name: "demo-test-gone" }, { name: "demo-test-pipeline" }] });
    codePipeline
      .on(ListTagsForResourceCommand)
      .rejects(awsError("ResourceNotFoundException", "does not include a pipeline with the name"));
    bearing("demo-test-2-pipeline", "demo-test-2");
    bearing("demo-test-pipeline", "demo-test");
    expect(await Pipeline.list?.(mocked(), ["demo-test-gone"])).toEqual([
      { id: "demo-test-pipeline", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(codePipeline.commandCalls(ListTagsForResourceCommand)).toHaveLength(3);
  });
});
