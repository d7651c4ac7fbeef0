import { GetLogEventsCommand, type GetLogEventsCommandOutput } from "@aws-sdk/client-cloudwatch-logs";
import { PutApprovalResultCommand } from "@aws-sdk/client-codepipeline";
import { HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { approve, NoPendingApproval, pendingApproval } from "../../../src/release/approval.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { awsError } from "../../support/failing.ts";
import { deliverable, SOURCE, type Release } from "../../support/release.ts";
import { altered, refusing, siteOf } from "./delivered.ts";

const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app";

let release: Release;
let ref: ServiceRef;
beforeEach(async () => {
  release = await deliverable();
  ref = siteOf(release.at);
});

/** A release that waits for its approval. */
async function waiting(files: Readonly<Record<string, string>> = SOURCE) {
  const version = await release.upload(files);
  await release.wait(90);
  const [run] = await release.runs();
  return { version, executionId: run?.pipelineExecutionId ?? "" };
}

/** Answers the approval that waits. */
const respond = async (given: { approved?: boolean; reason?: string } = {}, at = ref): Promise<void> =>
  approve(at, { approved: true, reason: "", ...given, subject: await pendingApproval(at) });

describe("an approval that waits", () => {
  it("is reported with its subject", async () => {
    const { version, executionId } = await waiting();
    const Metadata = {
      "fairlead-digest": "sha256:0a",
      "fairlead-commit": "abc",
      "fairlead-files": "12",
      "fairlead-changed": "3",
      "fairlead-by": "ada@laptop",
    };
    const asked: unknown[] = [];
    const described = altered(
      ref,
      "s3",
      HeadObjectCommand,
      (answer: HeadObjectCommandOutput, input: { VersionId?: string | undefined }) => {
        asked.push(input.VersionId);
        return { ...answer, Metadata };
      },
    );
    const { Approval } = await release.state();
    const [image] = await release.images();
    const tag = `${version.slice(0, 7)}-1`;
    expect(await pendingApproval(described)).toEqual({
      executionId,
      message: "Shall it go live?",
      token: Approval?.action?.token,
      source: { version, digest: "sha256:0a", commit: "abc", files: 12, changed: 3, by: "ada@laptop" },
      images: [{ uri: `${REGISTRY}@${image?.imageDigest}`, tag, digest: image?.imageDigest }],
      scans: [
        {
          image: `${REGISTRY}@${image?.imageDigest}`,
          counts: {},
          command: expect.stringContaining(" --repository-name app "),
        },
      ],
      since: Approval?.action?.lastStatusChange?.getTime(),
    });
    expect(asked).toEqual([version]);
  });

  it("is about the image that was pushed while the build ran, where the log does not name it", async () => {
    await waiting({ ...SOURCE, n: "1" });
    await respond();
    await release.wait(150);
    const { version } = await waiting({ ...SOURCE, n: "2" });
    const silent = altered(ref, "logs", GetLogEventsCommand, (answer: GetLogEventsCommandOutput) => ({
      ...answer,
      events: [],
    }));
    const tag = `${version.slice(0, 7)}-2`;
    const images = await release.images();
    expect(images).toHaveLength(2);
    const pushed = images.find(({ imageTags }) => imageTags?.includes(tag));
    expect((await pendingApproval(silent)).images[0]).toEqual({
      uri: `${REGISTRY}:${tag}`,
      tag,
      digest: pushed?.imageDigest,
    });
  });

  it.each([
    ["another registry", `public.ecr.aws/x/y:1.2`, { tag: "1.2", digest: undefined }],
    ["its digest", `${REGISTRY}@sha256:${"ab".repeat(32)}`, { tag: "", digest: `sha256:${"ab".repeat(32)}` }],
    ["a registry with a port, and no tag", "registry:5000/app", { tag: "", digest: undefined }],
  ])("is about the image that the build names by %s", async (_what, uri, rest) => {
    await waiting();
    let reads = 0;
    const named = altered(ref, "logs", GetLogEventsCommand, (answer: GetLogEventsCommandOutput) => {
      reads++;
      return { ...answer, events: [{ message: `[{"name":"app","imageUri":"${uri}"}]\n` }] };
    });
    expect((await pendingApproval(named)).images).toEqual([{ uri, ...rest }]);
    expect(reads, "reads of the build's log").toBe(1);
  });

  it("is about every image of a build of several, as the build named them last", async () => {
    await waiting();
    const [web, api] = [`${REGISTRY}@sha256:${"ab".repeat(32)}`, `${REGISTRY}-api@sha256:${"cd".repeat(32)}`];
    const uris = [`${REGISTRY}:old`, api, web];
    const named = altered(ref, "logs", GetLogEventsCommand, (answer: GetLogEventsCommandOutput) => ({
      ...answer,
      events: uris.map((uri) => ({ message: `[{"name":"app","imageUri":"${uri}"}]\n` })),
    }));
    expect((await pendingApproval(named)).images.map(({ uri }) => uri)).toEqual([web, api]);
  });

  it("has no tag to show if the image was never pushed, only the digest that the build reported", async () => {
    await waiting({ ...SOURCE, Dockerfile: `${SOURCE.Dockerfile}# simulate: missing-image\n` });
    const { uri = "", ...image } = (await pendingApproval(ref)).images[0] ?? {};
    expect(image).toEqual({ tag: "", digest: uri.slice(uri.indexOf("@") + 1) });
    expect(uri).toMatch(/\/app@sha256:[0-9a-f]{64}$/);
  });

  it("is none before there is one and after it was answered", async () => {
    await expect(pendingApproval(ref)).rejects.toThrow(NoPendingApproval);
    await waiting();
    await release.answer("Approved");
    await expect(pendingApproval(ref)).rejects.toThrow(NoPendingApproval);
  });
});

describe("an answer to an approval", () => {
  it.each([
    [true, "Succeeded"],
    [false, "Failed"],
  ])("goes with its reason, approved: %s", async (approved, status) => {
    await waiting();
    await respond({ approved, reason: "seen on the test stage" });
    expect((await release.state())["Approval"]?.action).toMatchObject({ status, summary: "seen on the test stage" });
  });

  it("is cut to what CodePipeline takes", async () => {
    await waiting();
    await respond({ approved: false, reason: "x".repeat(600) });
    expect((await release.state())["Approval"]?.action?.summary).toBe("x".repeat(512));
  });

  it("goes to the approval that was shown, and to no other", async () => {
    await waiting();
    const subject = await pendingApproval(ref);
    await release.answer("Approved");
    await release.wait(150);
    const { executionId } = await waiting({ ...SOURCE, n: "2" });
    await expect(approve(ref, { approved: true, reason: "", subject })).rejects.toThrow(
      `The approval of execution ${subject.executionId} is no longer pending in pipeline release; the approval of execution ${executionId} is.`,
    );
    expect((await release.state())["Approval"]?.action?.status).toBe("InProgress");
    await respond();
    expect((await release.state())["Approval"]?.action?.status).toBe("Succeeded");
  });

  it("says what the pipeline is doing where nothing waits", async () => {
    const refused = async () => {
      const error: unknown = await pendingApproval(ref).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NoPendingApproval);
      return (error as Error).message;
    };
    const nothing = "No approval is pending in pipeline release:";
    const [first] = await release.runs();
    expect(await refused()).toBe(`${nothing} execution ${first?.pipelineExecutionId} reached stage Source: Failed.`);
    await release.upload(SOURCE);
    await release.wait(20);
    const [run] = await release.runs();
    expect(await refused()).toBe(`${nothing} execution ${run?.pipelineExecutionId} is in stage Build.`);
    await release.wait(70);
    await release.answer("Rejected");
    expect(await refused()).toBe(`${nothing} execution ${run?.pipelineExecutionId} reached stage Approval: Failed.`);
  });

  it("says that someone else was faster", async () => {
    const { executionId } = await waiting();
    const says = "The approval action has already been approved or rejected.";
    const late = refusing(
      ref,
      "codePipeline",
      PutApprovalResultCommand,
      awsError("ApprovalAlreadyCompletedException", says),
    );
    await expect(respond({}, late)).rejects.toThrow(
      `The approval of execution ${executionId} has already been answered: ${says}`,
    );
  });

  it("hands on what else AWS refuses", async () => {
    await waiting();
    const denied = awsError("AccessDeniedException", "not authorized");
    const site403 = refusing(ref, "codePipeline", PutApprovalResultCommand, denied);
    await expect(respond({}, site403)).rejects.toBe(denied);
  });
});
