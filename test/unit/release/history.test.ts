import { ListPipelineExecutionsCommand, StopPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { RegisterTaskDefinitionCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { releases } from "../../../src/release/history.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, SOURCE, type Release } from "../../support/release.ts";
import { altered, failing, siteOf } from "./delivered.ts";

const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app";

async function released(release: Release, files: Readonly<Record<string, string>>, summary: string) {
  const version = await release.upload(files);
  await release.wait(90);
  await release.answer("Approved", summary);
  await release.wait(150);
  return version;
}

describe("the history of releases", () => {
  it("shows the source and outcome of each release, the newest first", async () => {
    const release = await deliverable();
    const ref = siteOf(release.at);
    const first = await released(release, SOURCE, "the first one");
    await release.upload(failing("build-error"));
    await release.wait(90);
    const rejected = await release.upload({ ...SOURCE, n: "3" });
    await release.wait(90);
    await release.answer("Rejected", "no");
    const current = await release.upload({ ...SOURCE, n: "4" });
    await release.wait(30);

    const [latest, third, second, oldest, ...others] = await releases(ref, 4);
    expect(others).toEqual([]);
    const runs = await release.runs();
    expect([latest, third, second, oldest].map((one) => one?.executionId)).toEqual(
      runs.slice(0, 4).map(({ pipelineExecutionId }) => pipelineExecutionId),
    );
    const tag = `${first.slice(0, 7)}-1`;
    const digest = (await release.images()).find(({ imageTags }) => imageTags?.includes(tag))?.imageDigest;
    expect(oldest).toEqual({
      executionId: runs[3]?.pipelineExecutionId,
      startedAt: runs[3]?.startTime?.getTime(),
      endedAt: runs[3]?.lastUpdateTime?.getTime(),
      ending: "live",
      why: undefined,
      source: {
        version: first,
        digest: undefined,
        commit: undefined,
        files: undefined,
        changed: undefined,
        by: undefined,
      },
      build: expect.stringMatching(/^build:[0-9a-f-]{36}$/) as string,
      image: { uri: `${REGISTRY}@${digest}`, tag, digest },
      revision: "ground:2",
      approval: { by: "local", summary: "the first one" },
    });
    expect(second).toMatchObject({
      ending: "failed",
      why: expect.stringMatching(/^Build terminated with state: FAILED/) as string,
      build: expect.stringMatching(/^build:/) as string,
      image: undefined,
      revision: undefined,
      approval: undefined,
    });
    expect(third).toMatchObject({
      ending: "rejected",
      why: "no",
      source: { version: rejected },
      image: { tag: `${rejected.slice(0, 7)}-3` },
      revision: undefined,
      approval: { by: "local", summary: "no" },
    });
    expect(latest).toMatchObject({
      ending: "running",
      endedAt: undefined,
      why: undefined,
      source: { version: current },
      image: undefined,
      revision: undefined,
      approval: undefined,
    });
  });

  it("shows which revision each release registered, whatever was registered between them", async () => {
    const release = await deliverable();
    await released(release, { ...SOURCE, n: "1" }, "");
    // What an apply does: a revision on top of the one that runs, with the same image.
    const { taskDefinition } = await release.at.aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: "ground:2" }),
    );
    const { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities } =
      taskDefinition ?? {};
    await release.at.aws.ecs(
      new RegisterTaskDefinitionCommand({
        family: "ground",
        containerDefinitions,
        cpu,
        memory,
        executionRoleArn,
        networkMode,
        requiresCompatibilities,
      }),
    );
    await released(release, { ...SOURCE, n: "2" }, "");
    expect((await releases(siteOf(release.at), 2)).map(({ revision }) => revision)).toEqual(["ground:4", "ground:2"]);
  });

  it("shows a release that never got to its source, and one that was stopped", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    const [run] = await release.runs();
    await release.at.aws.codePipeline(
      new StopPipelineExecutionCommand({
        pipelineName: NAMES.pipeline,
        pipelineExecutionId: run?.pipelineExecutionId,
        abandon: true,
        reason: "enough",
      }),
    );
    await release.wait(5);
    const [stopped, first] = await releases(siteOf(release.at), 10);
    expect(stopped).toMatchObject({ ending: "stopped", why: "enough", approval: undefined });
    // To a role that may not list the bucket, S3 denies what is not there: CodePipeline takes that for a missing permission.
    expect(first).toMatchObject({
      ending: "no-source",
      why: "CodePipeline runs a new pipeline once when it is created; nothing had been uploaded yet.",
      source: undefined,
      build: undefined,
      image: undefined,
    });
  });

  it("reads no more executions than it is asked for, page by page", async () => {
    const release = await deliverable();
    for (let n = 0; n < 3; n++) {
      await release.upload({ ...SOURCE, n: String(n) });
      await release.wait(20);
    }
    const asked: unknown[] = [];
    // Pages of two, as AWS may make them.
    const paged = altered(
      siteOf(release.at),
      "codePipeline",
      ListPipelineExecutionsCommand,
      (answer: object, { maxResults }) => {
        asked.push(maxResults);
        return answer;
      },
    );
    const all = await releases(paged, 3);
    expect(all).toHaveLength(3);
    expect(asked).toEqual([3]);
    expect(await releases(siteOf(release.at), 100)).toHaveLength(4);
  });

  it("reads the actions of many releases page by page, and shows the same for each", async () => {
    const release = await deliverable();
    const ref = siteOf(release.at);
    await released(release, SOURCE, "the first one");
    for (let number = 0; number < 12; number++) {
      await release.upload({ ...failing("build-error"), number: String(number) });
      await release.wait(90);
    }
    const few = await releases(ref, 10);
    const before = release.at.calls.length;
    const many = await releases(ref, 14);
    const asked = release.at.calls.slice(before).filter(({ operation }) => operation === "ListActionExecutions");
    expect(asked).toHaveLength(1);
    expect(many.slice(0, 10)).toEqual(few);
    expect(many.slice(10).map(({ ending }) => ending)).toEqual(["failed", "failed", "live", "no-source"]);
    expect(many[12]).toMatchObject({ revision: "ground:2", approval: { by: "local", summary: "the first one" } });
  });
});
