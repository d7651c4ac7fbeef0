import {
  CodePipelineClient,
  GetPipelineCommand,
  GetPipelineStateCommand,
  ListTagsForResourceCommand,
  UpdatePipelineCommand,
} from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Pipeline } from "../../../../src/aws/codepipeline/pipeline.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, mocked } from "../../../support/mocked.ts";
import { ARN, declaration, observed, spec, tagList } from "./release-pipeline.ts";

const codePipeline = mockClient(CodePipelineClient);
beforeEach(() => codePipeline.reset());

describe("a pipeline that the state records with its revision", () => {
  const created = new Date("2026-11-27T10:00:00.123Z");
  const revision = "1/3 2026-11-27T10:00:00.123Z";
  const look = () => ({ ...lookFor(spec, "release"), knownAttrs: { revision } });
  beforeEach(() => {
    codePipeline
      .on(GetPipelineCommand)
      .resolves({ pipeline: { ...declaration, roleArn: "live", version: 4 }, metadata: { created } })
      .on(ListTagsForResourceCommand)
      .resolves({ tags: tagList });
  });

  it("is not read again while version and creation are the recorded ones", async () => {
    codePipeline.on(GetPipelineStateCommand).resolves({ pipelineVersion: 3, created });
    const seen = await Pipeline.observe(mocked(), look());
    expect(seen).toMatchObject({ id: "release", spec, attrs: { name: "release", arn: ARN, revision } });
    expect(codePipeline.commandCalls(GetPipelineCommand)).toEqual([]);
  });

  it.each([
    ["was changed", { pipelineVersion: 4, created }],
    ["was made again by somebody", { pipelineVersion: 3, created: new Date("2026-11-27T12:00:00Z") }],
    ["does not tell its version", { created }],
  ])("is read where it %s", async (_what, state) => {
    codePipeline.on(GetPipelineStateCommand).resolves(state);
    const seen = await Pipeline.observe(mocked(), look());
    expect(seen).toMatchObject({ spec: { roleArn: "live" }, attrs: { revision: revision.replace("/3", "/4") } });
  });

  it("is read where its stages may not be asked for, and where settings of others are in it", async () => {
    codePipeline.on(GetPipelineStateCommand).rejects(awsError("AccessDeniedException", "no", 400));
    expect(await Pipeline.observe(mocked(), look())).toMatchObject({ spec: { roleArn: "live" } });
    const triggers = [{ providerType: "CodeStarSourceConnection" as const, gitConfiguration: undefined }];
    codePipeline.on(GetPipelineCommand).resolves({
      pipeline: { ...declaration, triggers, version: 4 },
      metadata: { created },
    });
    const seen = await Pipeline.observe(mocked(), look());
    expect([seen?.unmanaged?.length, seen?.attrs.revision]).toEqual([1, undefined]);
  });

  it("has the revision of its last update, which may carry settings of others", async () => {
    codePipeline.on(UpdatePipelineCommand).resolves({ pipeline: { ...declaration, version: 5 } });
    const renewed = await Pipeline.update(mocked(), observed, spec, new Set(["stages"]));
    expect(renewed).toEqual({ revision: revision.replace("/3", "/5") });
    codePipeline.on(GetPipelineCommand).resolves({
      pipeline: { ...declaration, variables: [{ name: "THEIRS" }], version: 5 },
      metadata: { created },
    });
    expect(await Pipeline.update(mocked(), observed, spec, new Set(["stages"]))).toEqual({ revision: undefined });
  });
});
