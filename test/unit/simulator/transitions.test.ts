import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineStateCommand,
  StopPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { describe, expect, it } from "vitest";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, SOURCE, type Release } from "../../support/release.ts";

const DAY = 86_400;
const into = (stageName: string) => ({ pipelineName: NAMES.pipeline, stageName, transitionType: "Inbound" }) as const;
const freeze = ({ at }: Release, stage = "Deploy", reason = "Freeze until Monday") =>
  at.aws.codePipeline(new DisableStageTransitionCommand({ ...into(stage), reason }));
const thaw = ({ at }: Release, stage = "Deploy") => at.aws.codePipeline(new EnableStageTransitionCommand(into(stage)));

/** How a stage, the way into it and what waits before it stand. */
async function stageOf({ at }: Release, name: string) {
  const { stageStates = [] } = await at.aws.codePipeline(new GetPipelineStateCommand({ name: NAMES.pipeline }));
  return stageStates.find(({ stageName }) => stageName === name);
}

/** A release that has been approved while the transition into Deploy was disabled. */
async function held(): Promise<{ release: Release; id: string | undefined }> {
  const release = await deliverable();
  await freeze(release);
  await release.upload(SOURCE);
  await release.wait(120);
  await release.answer("Approved");
  await release.wait(60);
  return { release, id: (await release.runs())[0]?.pipelineExecutionId };
}

describe("a disabled transition in the simulated CodePipeline", () => {
  it("holds a release back before its stage, and says why, since when and by whom", async () => {
    const { release, id } = await held();
    expect(await stageOf(release, "Approval")).toMatchObject({
      inboundTransitionState: { enabled: true },
      latestExecution: { pipelineExecutionId: id, status: "Succeeded", type: "STANDARD" },
    });
    const inbound = { pipelineExecutionId: id, status: "InProgress", type: "STANDARD" };
    expect(await stageOf(release, "Deploy")).toMatchObject({
      inboundTransitionState: {
        enabled: false,
        disabledReason: "Freeze until Monday",
        lastChangedBy: "arn:aws:iam::123456789012:user/local",
        lastChangedAt: expect.any(Date) as Date,
      },
      inboundExecution: inbound,
      inboundExecutions: [inbound],
    });
    expect((await stageOf(release, "Deploy"))?.latestExecution).toBeUndefined();
    await release.wait(7 * DAY);
    expect((await release.runs())[0]?.status).toBe("InProgress");
  });

  it("lets the release continue once it is enabled", async () => {
    const { release } = await held();
    await thaw(release);
    await release.wait(180);
    expect((await release.runs())[0]?.status).toBe("Succeeded");
    const deploy = await stageOf(release, "Deploy");
    expect(deploy?.inboundTransitionState?.enabled).toBe(true);
    expect(deploy?.inboundTransitionState?.disabledReason).toBeUndefined();
    expect(deploy?.inboundExecution).toBeUndefined();
  });

  it("does not continue a release that has waited there for more than thirty days, and lets the next release pass it", async () => {
    const { release, id } = await held();
    await release.wait(31 * DAY);
    await thaw(release);
    await release.wait(DAY);
    expect((await release.run(id))?.status).toBe("InProgress");
    await release.upload({ ...SOURCE, "new.txt": "new" });
    await release.wait(120);
    await release.answer("Approved");
    await release.wait(180);
    expect((await release.runs()).map(({ status }) => status).slice(0, 2)).toEqual(["Succeeded", "Superseded"]);
  });

  it("keeps only the latest of the releases that wait before it", async () => {
    const { release, id } = await held();
    await release.upload({ ...SOURCE, "new.txt": "new" });
    await release.wait(120);
    await release.answer("Approved");
    await release.wait(60);
    expect((await release.run(id))?.status).toBe("Superseded");
    const [latest] = await release.runs();
    expect(
      (await stageOf(release, "Deploy"))?.inboundExecutions?.map(({ pipelineExecutionId }) => pipelineExecutionId),
    ).toEqual([latest?.pipelineExecutionId]);
  });

  it("lets a release that is already in the stage continue", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(30);
    await freeze(release, "Build");
    await release.wait(90);
    expect((await release.state())["Approval"]?.action?.status).toBe("InProgress");
  });

  it("is refused for a stage or a pipeline that is not there, and without a reason that AWS takes", async () => {
    const release = await deliverable();
    await expect(freeze(release, "Test")).rejects.toMatchObject({ name: "StageNotFoundException" });
    await expect(thaw(release, "Test")).rejects.toMatchObject({ name: "StageNotFoundException" });
    await expect(freeze(release, "Deploy", "Freeze: until Monday")).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(freeze(release, "Deploy", "")).rejects.toMatchObject({ name: "ValidationException" });
    const elsewhere = { ...into("Deploy"), pipelineName: "elsewhere" };
    await expect(release.at.aws.codePipeline(new EnableStageTransitionCommand(elsewhere))).rejects.toMatchObject({
      name: "PipelineNotFoundException",
    });
  });
});

describe("a stage of the simulated CodePipeline whose execution is stopped", () => {
  it("is stopping until its action has ended, and stopped then", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(30);
    const pipelineExecutionId = (await release.runs())[0]?.pipelineExecutionId;
    await release.at.aws.codePipeline(
      new StopPipelineExecutionCommand({ pipelineName: NAMES.pipeline, pipelineExecutionId, reason: "not this one" }),
    );
    expect((await stageOf(release, "Build"))?.latestExecution?.status).toBe("Stopping");
    await release.wait(120);
    expect((await stageOf(release, "Build"))?.latestExecution?.status).toBe("Stopped");
  });
});
