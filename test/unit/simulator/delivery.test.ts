import { DeletePipelineCommand, StopPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { DisableRuleCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, running, SOURCE } from "../../support/release.ts";

const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app";

describe("a release in the simulated AWS", () => {
  it("starts when the pipeline is made, and fails for want of a source as it does on AWS", async () => {
    const release = await deliverable();
    const runs = await release.runs();
    expect(runs.map(({ status, trigger }) => [status, trigger?.triggerType])).toEqual([["Failed", "CreatePipeline"]]);
    const { Source, Build } = await release.state();
    expect(Source?.action?.errorDetails?.code).toBe("PermissionError");
    expect(Source?.action?.errorDetails?.message).toContain(`access the Amazon S3 bucket named ${NAMES.source}`);
    expect(Build?.action).toBeUndefined();
  });

  it("goes from the upload to the approval, and from there to the service", async () => {
    const release = await deliverable();
    const before = await running(release);
    const version = await release.upload(SOURCE);
    // Until CodePipeline lists what has started.
    await release.wait(12);
    const [run, ...earlier] = await release.runs();
    expect(earlier).toHaveLength(1);
    expect(run).toMatchObject({ status: "InProgress", trigger: { triggerType: "CloudWatchEvent" } });

    await release.wait(20);
    expect(await release.build()).toMatchObject({ buildStatus: "IN_PROGRESS", currentPhase: "BUILD", buildNumber: 1 });
    expect((await release.log()).at(-1)).toMatch(/Running command docker build/);
    expect(await release.images()).toEqual([]);

    await release.wait(45);
    const build = await release.build();
    expect(build).toMatchObject({
      buildStatus: "SUCCEEDED",
      currentPhase: "COMPLETED",
      resolvedSourceVersion: version,
    });
    expect(build?.phases?.map(({ phaseType }) => phaseType)).toEqual([
      "SUBMITTED",
      "QUEUED",
      "PROVISIONING",
      "DOWNLOAD_SOURCE",
      "INSTALL",
      "PRE_BUILD",
      "BUILD",
      "POST_BUILD",
      "UPLOAD_ARTIFACTS",
      "FINALIZING",
      "COMPLETED",
    ]);
    const tag = `${version.slice(0, 7)}-1`;
    const [image, ...others] = await release.images();
    expect(others).toEqual([]);
    expect(image?.imageTags).toEqual([tag]);
    expect(await release.log()).toContain(`[{"name":"app","imageUri":"${REGISTRY}@${image?.imageDigest}"}]`);
    expect((await release.run(run?.pipelineExecutionId))?.artifactRevisions?.[0]).toMatchObject({
      name: "SourceOutput",
      revisionId: version,
    });
    const waiting = await release.state();
    expect(waiting["Approval"]?.action?.status).toBe("InProgress");
    expect((await running(release)).revision).toBe(before.revision);

    await release.answer("Approved", "good");
    await release.wait(20);
    expect((await release.state())["Deploy"]?.action).toMatchObject({
      status: "InProgress",
      externalExecutionId: expect.stringMatching(/^ecs-svc\/\d+$/) as string,
    });
    await release.wait(120);
    expect((await release.runs())[0]?.status).toBe("Succeeded");
    const actions = await release.actions();
    expect(actions.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual([
      "Deploy Succeeded",
      "Approval Succeeded",
      "Build Succeeded",
      "Source Succeeded",
    ]);
    const after = await running(release);
    expect(after.image).toBe(`${REGISTRY}@${image?.imageDigest}`);
    expect(after.revision).toBe((before.revision ?? 0) + 1);
    expect(after.service).toMatchObject({ runningCount: 2, desiredCount: 2 });
    expect(after.service?.deployments).toHaveLength(1);
  });

  it("has the same result whether it is watched or not", async () => {
    const outcome = async (watch: boolean) => {
      const release = await deliverable();
      await release.upload({ ...SOURCE, Dockerfile: `${SOURCE.Dockerfile}# simulate: build-error\n` });
      for (let second = 0; second < 90; second++) {
        await release.wait(1);
        if (watch) await release.state();
      }
      const [run] = await release.runs();
      // Each look takes its own moment: times count from the start of the run.
      const since = (time: Date | undefined) => (time?.getTime() ?? 0) - (run?.startTime?.getTime() ?? 0);
      const log = (await release.log()).map((line) => line.replace(/\d{4}\S+ \S+|app:\w{7}/g, ""));
      return {
        status: run?.status,
        took: since(run?.lastUpdateTime),
        ended: since((await release.build())?.endTime),
        log,
      };
    };
    expect(await outcome(true)).toEqual(await outcome(false));
  });

  it("is started by the object that the rule names, while the rule is enabled", async () => {
    const release = await deliverable();
    await release.upload(SOURCE, "other.zip");
    await release.wait(2);
    expect(await release.runs()).toHaveLength(1);
    await release.at.aws.eventBridge(new DisableRuleCommand({ Name: "source" }));
    await release.upload(SOURCE);
    await release.wait(2);
    expect(await release.runs()).toHaveLength(1);
  });

  it("ends with a rejection", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    await release.answer("Rejected", "not today");
    expect((await release.runs())[0]?.status).toBe("Failed");
    const { Approval, Deploy } = await release.state();
    expect(Approval?.action).toMatchObject({ status: "Failed", summary: "not today" });
    expect(Approval?.action?.lastUpdatedBy).toBe("arn:aws:iam::123456789012:user/local");
    expect(Approval?.stage?.status).toBe("Failed");
    expect(Deploy?.action).toBeUndefined();
  });

  it("takes one answer, with the right token", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    const token = (await release.state())["Approval"]?.action?.token;
    await expect(release.answer("Approved", "", "8c3b8a8e-0000-0000-0000-000000000000")).rejects.toMatchObject({
      name: "InvalidApprovalTokenException",
    });
    await release.answer("Approved");
    expect((await release.state())["Approval"]?.action?.token).toBeUndefined();
    await expect(release.answer("Rejected", "", token)).rejects.toMatchObject({
      name: "ApprovalAlreadyCompletedException",
    });
  });

  it("gives way to a later one before a stage that is taken", async () => {
    const release = await deliverable();
    const versions: string[] = [];
    for (let n = 1; n <= 3; n++) {
      versions.push(await release.upload({ ...SOURCE, "n.txt": String(n) }));
      await release.wait(90);
    }
    const runs = async () => (await release.runs()).slice(0, 3).map(({ status }) => status);
    expect(await runs()).toEqual(["InProgress", "Superseded", "InProgress"]);
    const [third, , first] = await release.runs();
    const { Approval } = await release.state();
    expect(Approval?.stage?.pipelineExecutionId).toBe(first?.pipelineExecutionId);
    expect(Approval?.inbound?.pipelineExecutionId).toBe(third?.pipelineExecutionId);
    await release.answer("Approved");
    await release.wait(1);
    expect((await release.state())["Approval"]?.stage?.pipelineExecutionId).toBe(third?.pipelineExecutionId);
    await release.wait(150);
    expect(await runs()).toEqual(["InProgress", "Superseded", "Succeeded"]);
    const built = (await release.images()).find(({ imageTags }) =>
      imageTags?.includes(`${versions[0]?.slice(0, 7)}-1`),
    );
    expect((await running(release)).image).toBe(`${REGISTRY}@${built?.imageDigest}`);
  });

  it("stops at once where it is abandoned, and cannot be stopped twice", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    const [run] = await release.runs();
    const stop = () =>
      release.at.aws.codePipeline(
        new StopPipelineExecutionCommand({
          pipelineName: NAMES.pipeline,
          pipelineExecutionId: run?.pipelineExecutionId,
          abandon: true,
          reason: "enough",
        }),
      );
    await stop();
    expect((await release.runs())[0]?.status).toBe("Stopping");
    await expect(stop()).rejects.toMatchObject({ name: "DuplicatedStopRequestException" });
    await release.wait(5);
    expect((await release.runs())[0]).toMatchObject({ status: "Stopped", stopTrigger: { reason: "enough" } });
    expect((await release.state())["Approval"]?.action?.status).toBe("Abandoned");
    await expect(stop()).rejects.toMatchObject({ name: "PipelineExecutionNotStoppableException" });
  });

  it("that is in progress is deleted with its pipeline", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(30);
    await release.at.aws.codePipeline(new DeletePipelineCommand({ name: NAMES.pipeline }));
    expect(release.at.world.table("codepipeline.executions@ap-northeast-1")).toEqual({});
    await expect(release.runs()).rejects.toMatchObject({ name: "PipelineNotFoundException" });
  });
});
