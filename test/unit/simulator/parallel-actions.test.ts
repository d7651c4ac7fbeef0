import {
  GetPipelineCommand,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
  StopPipelineExecutionCommand,
  UpdatePipelineCommand,
  type ActionDeclaration,
  type ActionExecution,
} from "@aws-sdk/client-codepipeline";
import { beforeEach, describe, expect, it } from "vitest";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, SOURCE, type Release } from "../../support/release.ts";

const approval = (name: string, runOrder: number): ActionDeclaration => ({
  name,
  runOrder,
  actionTypeId: { category: "Approval", owner: "AWS", provider: "Manual", version: "1" },
});
const deploy = (name: string, service: string): ActionDeclaration => ({
  name,
  actionTypeId: { category: "Deploy", owner: "AWS", provider: "ECS", version: "1" },
  configuration: { ClusterName: NAMES.cluster, ServiceName: service },
  inputArtifacts: [{ name: "BuildOutput" }],
});

describe("actions of the simulated CodePipeline with the same run order", () => {
  let release: Release;

  /** Gives a stage of the pipeline other actions. */
  async function set(stage: string, actions: ActionDeclaration[]) {
    const { pipeline } = await release.at.aws.codePipeline(new GetPipelineCommand({ name: NAMES.pipeline }));
    const stages = pipeline?.stages?.map((one) => (one.name === stage ? { name: one.name, actions } : one));
    const changed = {
      name: pipeline?.name,
      roleArn: pipeline?.roleArn,
      artifactStore: pipeline?.artifactStore,
      stages,
    };
    await release.at.aws.codePipeline(new UpdatePipelineCommand({ pipeline: changed }));
  }

  /** How a stage and each of its actions stand. */
  async function state(stage: string) {
    const command = new GetPipelineStateCommand({ name: NAMES.pipeline });
    const { stageStates = [] } = await release.at.aws.codePipeline(command);
    const found = stageStates.find(({ stageName }) => stageName === stage);
    const actions: Record<string, ActionExecution | undefined> = {};
    for (const { actionName = "", latestExecution } of found?.actionStates ?? []) actions[actionName] = latestExecution;
    return { status: found?.latestExecution?.status, actions };
  }

  async function statuses(stage: string) {
    const { status, actions } = await state(stage);
    const each = Object.entries(actions).map(([name, latest]) => [name, latest?.status]);
    return { status, ...Object.fromEntries(each) };
  }

  async function answer(actionName: string, status: "Approved" | "Rejected") {
    const { actions } = await state("Approval");
    await release.at.aws.codePipeline(
      new PutApprovalResultCommand({
        pipelineName: NAMES.pipeline,
        stageName: "Approval",
        actionName,
        result: { status, summary: "" },
        token: actions[actionName]?.token,
      }),
    );
  }

  beforeEach(async () => {
    release = await deliverable();
    await set("Approval", [approval("Last", 2), approval("One", 1), approval("Two", 1)]);
    await set("Deploy", [deploy("Deploy", NAMES.service), deploy("Deploy-api", "none")]);
    await release.upload(SOURCE);
    await release.wait(180);
  });

  it("run at the same time, and those of a later order after all of them", async () => {
    expect(await statuses("Approval")).toEqual({ status: "InProgress", One: "InProgress", Two: "InProgress" });
    await answer("Two", "Approved");
    expect(await statuses("Approval")).toEqual({ status: "InProgress", One: "InProgress", Two: "Succeeded" });
    await answer("One", "Approved");
    expect(await statuses("Approval")).toMatchObject({ status: "InProgress", Last: "InProgress" });
    expect((await release.actions()).map(({ actionName }) => actionName)).toEqual([
      "Last",
      "Two",
      "One",
      "Build",
      "Source",
    ]);
  });

  it("fail their stage when the last of them has ended", async () => {
    await answer("One", "Rejected");
    expect(await statuses("Approval")).toEqual({ status: "InProgress", One: "Failed", Two: "InProgress" });
    expect((await release.runs())[0]?.status).toBe("InProgress");
    await answer("Two", "Approved");
    expect(await statuses("Approval")).toEqual({ status: "Failed", One: "Failed", Two: "Succeeded" });
    expect((await release.runs())[0]?.status).toBe("Failed");
  });

  it("continue if one of them cannot even start", async () => {
    for (const name of ["One", "Two", "Last"]) await answer(name, "Approved");
    await release.wait(15);
    const begun = await state("Deploy");
    expect(begun).toMatchObject({ status: "InProgress", actions: { Deploy: { status: "InProgress" } } });
    expect(begun.actions["Deploy-api"]).toMatchObject({
      status: "Failed",
      errorDetails: { code: "ServiceNotFoundException" },
    });
    await release.wait(600);
    expect(await statuses("Deploy")).toEqual({ status: "Failed", Deploy: "Succeeded", "Deploy-api": "Failed" });
    expect((await release.runs())[0]?.status).toBe("Failed");
  });

  it("are all abandoned, or all complete, if their execution is stopped", async () => {
    const [run] = await release.runs();
    const stop = { pipelineName: NAMES.pipeline, pipelineExecutionId: run?.pipelineExecutionId };
    await release.at.aws.codePipeline(new StopPipelineExecutionCommand(stop));
    await answer("One", "Approved");
    expect((await release.runs())[0]?.status).toBe("Stopping");
    await release.at.aws.codePipeline(new StopPipelineExecutionCommand({ ...stop, abandon: true }));
    await release.wait(5);
    expect(await statuses("Approval")).toEqual({ status: "Stopped", One: "Succeeded", Two: "Abandoned" });
    expect((await release.runs())[0]?.status).toBe("Stopped");
  });

  it("have different names", async () => {
    const same = [approval("One", 1), approval("One", 2)];
    await expect(set("Approval", same)).rejects.toMatchObject({ name: "InvalidStructureException" });
  });
});
