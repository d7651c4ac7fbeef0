import {
  CreatePipelineCommand,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  ListTagsForResourceCommand,
  PutApprovalResultCommand,
  StartPipelineExecutionCommand,
  type PipelineDeclaration,
} from "@aws-sdk/client-codepipeline";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { senders } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { simulator } from "../../../src/simulator/simulator.ts";
import { World } from "../../../src/simulator/world.ts";
import { role } from "../../contract/ground.ts";
import { NAMES, stages } from "../../support/delivery.ts";
import { deliverable, SOURCE } from "../../support/release.ts";
import { simulated, type Simulated } from "../../support/simulated.ts";

const declaration = (roleArn: string): PipelineDeclaration => ({
  name: "release",
  roleArn,
  artifactStore: { type: "S3", location: "artifacts" },
  stages: stages().map(({ name, actions }) => ({
    name,
    actions: actions.map(({ category, owner, provider, version, inputs, outputs, ...action }) => ({
      name: action.name,
      configuration: action.configuration,
      actionTypeId: { category, owner, provider, version },
      inputArtifacts: inputs.map((input) => ({ name: input })),
      outputArtifacts: outputs.map((output) => ({ name: output })),
    })),
  })),
});

async function ready(): Promise<{ at: Simulated; pipeline: PipelineDeclaration }> {
  const at = simulated();
  const { arn } = await role(at, "pipeline", "codepipeline.amazonaws.com");
  await at.clock.sleep(60_000);
  return { at, pipeline: declaration(arn) };
}

describe("the simulated CodePipeline", () => {
  it("refuses a role that it cannot assume yet", async () => {
    const at = simulated();
    const { arn } = await role(at, "pipeline", "codepipeline.amazonaws.com");
    const create = () => at.aws.codePipeline(new CreatePipelineCommand({ pipeline: declaration(arn) }));
    await expect(create()).rejects.toMatchObject({
      name: "InvalidStructureException",
      message: `CodePipeline is not authorized to perform AssumeRole on role ${arn}`,
    });
    await at.clock.sleep(60_000);
    await create();
    await expect(create()).rejects.toMatchObject({ name: "PipelineNameInUseException" });
  });

  it("fills in what was left out", async () => {
    const { at, pipeline } = await ready();
    await at.aws.codePipeline(new CreatePipelineCommand({ pipeline }));
    const { pipeline: kept, metadata } = await at.aws.codePipeline(new GetPipelineCommand({ name: "release" }));
    expect(kept).toMatchObject({ version: 1, pipelineType: "V1", executionMode: "SUPERSEDED" });
    expect(kept?.stages?.[0]?.actions?.[0]).toMatchObject({ runOrder: 1, inputArtifacts: [] });
    expect(metadata?.pipelineArn).toBe("arn:aws:codepipeline:ap-northeast-1:123456789012:release");
  });

  const [SOURCE_STAGE, BUILD, APPROVAL, DEPLOY] = [0, 1, 2, 3] as const;
  const pick = (pipeline: PipelineDeclaration, ...indexes: number[]) =>
    indexes.flatMap((index) => pipeline.stages?.[index] ?? []);
  const configured = (pipeline: PipelineDeclaration, configuration: Record<string, string>) =>
    (pipeline.stages ?? []).map((stage, index) =>
      index === BUILD ? { ...stage, actions: stage.actions?.map((action) => ({ ...action, configuration })) } : stage,
    );

  it.each<[string, (pipeline: PipelineDeclaration) => Partial<PipelineDeclaration>, string, RegExp]>([
    ["one stage", (p) => ({ stages: pick(p, SOURCE_STAGE) }), "InvalidStructureException", /only 1 stage\(s\)/],
    ["no source first", (p) => ({ stages: pick(p, APPROVAL, DEPLOY) }), "InvalidStructureException", /source actions/],
    [
      "a source later on",
      (p) => ({ stages: [...pick(p, SOURCE_STAGE), { name: "Again", actions: pick(p, SOURCE_STAGE)[0]?.actions }] }),
      "InvalidStructureException",
      /not in the first stage/,
    ],
    [
      "a stage twice",
      (p) => ({ stages: pick(p, SOURCE_STAGE, APPROVAL, APPROVAL) }),
      "InvalidStructureException",
      /must be unique/,
    ],
    [
      "an artifact that nobody makes",
      (p) => ({ stages: pick(p, SOURCE_STAGE, DEPLOY) }),
      "InvalidStructureException",
      /Input Artifact Bundle BuildOutput in action Deploy/,
    ],
    [
      "a setting that is missing",
      (p) => ({ stages: configured(p, {}) }),
      "InvalidActionDeclarationException",
      /'Build' is missing required configuration 'ProjectName'/,
    ],
    [
      "a setting that is unknown",
      (p) => ({ stages: configured(p, { ProjectName: "build", Colour: "blue" }) }),
      "InvalidActionDeclarationException",
      /'Build' contains unknown configuration 'Colour'/,
    ],
    ["no artifact store", () => ({ artifactStore: undefined }), "InvalidStructureException", /artifact store/],
    ["another mode", () => ({ executionMode: "QUEUED" }), "SimulatorUnknownOption", /QUEUED/],
  ])("refuses %s", async (_what, change, name, message) => {
    const { at, pipeline } = await ready();
    const wrong = { ...pipeline, ...change(pipeline) };
    const created = at.aws.codePipeline(new CreatePipelineCommand({ pipeline: wrong }));
    await expect(created).rejects.toMatchObject({ name, message: expect.stringMatching(message) as string });
  });

  it("refuses what is not there", async () => {
    const { at, pipeline } = await ready();
    const { codePipeline } = at.aws;
    const gone = { name: "PipelineNotFoundException" };
    await expect(codePipeline(new GetPipelineCommand({ name: "release" }))).rejects.toMatchObject(gone);
    await expect(codePipeline(new StartPipelineExecutionCommand({ name: "release" }))).rejects.toMatchObject(gone);
    await codePipeline(new CreatePipelineCommand({ pipeline }));
    const arn = "arn:aws:codepipeline:ap-northeast-1:123456789012:other";
    await expect(codePipeline(new ListTagsForResourceCommand({ resourceArn: arn }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    const filter = { pipelineExecutionId: "00000000-0000-4000-8000-000000000000" };
    await expect(
      codePipeline(new ListActionExecutionsCommand({ pipelineName: "release", filter })),
    ).rejects.toMatchObject({ name: "PipelineExecutionNotFoundException" });
    const answer = (stageName: string, actionName: string) =>
      codePipeline(
        new PutApprovalResultCommand({
          pipelineName: "release",
          stageName,
          actionName,
          token: "00000000-0000-4000-8000-000000000000",
          result: { summary: "", status: "Approved" },
        }),
      );
    await expect(answer("None", "Approval")).rejects.toMatchObject({ name: "StageNotFoundException" });
    await expect(answer("Approval", "None")).rejects.toMatchObject({ name: "ActionNotFoundException" });
  });

  it("starts by hand, returns an execution a moment later, and lists executions page by page, the latest first", async () => {
    const { at, pipeline } = await ready();
    const { codePipeline } = at.aws;
    await codePipeline(new CreatePipelineCommand({ pipeline }));
    const started: (string | undefined)[] = [];
    for (let n = 0; n < 2; n++) {
      await at.clock.sleep(10_000);
      started.unshift((await codePipeline(new StartPipelineExecutionCommand({ name: "release" }))).pipelineExecutionId);
    }
    const [newest] = started;
    const asked = () =>
      codePipeline(new GetPipelineExecutionCommand({ pipelineName: "release", pipelineExecutionId: newest }));
    await expect(asked()).rejects.toMatchObject({ name: "PipelineExecutionNotFoundException" });
    await at.clock.sleep(15_000);
    await asked();
    const list = (nextToken?: string) =>
      codePipeline(new ListPipelineExecutionsCommand({ pipelineName: "release", maxResults: 2, nextToken }));
    const first = await list();
    expect(first.pipelineExecutionSummaries?.map(({ pipelineExecutionId }) => pipelineExecutionId)).toEqual(started);
    const second = await list(first.nextToken);
    expect(second.pipelineExecutionSummaries).toHaveLength(1);
    expect(second.nextToken).toBeUndefined();
  });
});

describe("what the simulated AWS does by itself", () => {
  it("is kept once it was seen, although only reads were made", async () => {
    const directory = mkdtempSync(join(tmpdir(), "fairlead-world-"));
    try {
      const file = join(directory, "world.json");
      const release = await deliverable();
      await release.upload(SOURCE);
      // The same world on disk, as a run of the command line finds it.
      const world = World.open(file);
      Object.assign(world.data, structuredClone(release.at.world.data));
      world.data.now = release.at.clock.now();
      world.save();
      const seen = async () => {
        const opened = World.open(file);
        const clock = new VirtualClock(opened.data.now + 90_000);
        const { codePipeline } = senders({
          region: "ap-northeast-1",
          credentials: { accessKeyId: "local", secretAccessKey: "local" },
          plugin: simulator({ world: opened, clock, account: "123456789012", region: "ap-northeast-1" }),
          retrying: { clock, random: () => 0.5 },
        });
        const { actionExecutionDetails: actions = [] } = await codePipeline(
          new ListActionExecutionsCommand({ pipelineName: NAMES.pipeline }),
        );
        return actions.map(({ actionName, actionExecutionId, status }) => [actionName, actionExecutionId, status]);
      };
      const first = await seen();
      expect(first.slice(0, 3).map(([name, , status]) => `${name} ${status}`)).toEqual([
        "Approval InProgress",
        "Build Succeeded",
        "Source Succeeded",
      ]);
      // Ids and times are those that were told before, not new ones.
      expect(await seen()).toEqual(first);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
