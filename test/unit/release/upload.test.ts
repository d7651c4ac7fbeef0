import { createHash } from "node:crypto";
import {
  ListPipelineExecutionsCommand,
  StartPipelineExecutionCommand,
  type ListPipelineExecutionsCommandOutput,
} from "@aws-sdk/client-codepipeline";
import { DisableRuleCommand } from "@aws-sdk/client-eventbridge";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { findExecution } from "../../../src/release/executions.ts";
import { sourceOf, uploadSource, type Archive } from "../../../src/release/upload.ts";
import { contentOf } from "../../support/archived.ts";
import { NAMES } from "../../support/delivery.ts";
import { awsError } from "../../support/failing.ts";
import { mocked } from "../../support/mocked.ts";
import { deliverable, SOURCE } from "../../support/release.ts";
import { altered, refusing, siteOf } from "./delivered.ts";

const sha = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const archive = (files: Record<string, string>, own: Partial<Archive> = {}): Archive => ({
  content: contentOf(new Uint8Array([80, 75])),
  digest: sha(JSON.stringify(files)),
  files: Object.entries(files).map(([path, text]) => ({ path, digest: sha(text) })),
  commit: "0a1b2c3d-dirty",
  ...own,
});

describe("an upload of a source", () => {
  const ref = () => siteOf({ aws: mocked(), clock: new VirtualClock(0) });
  let s3 = mockClient(S3Client);
  beforeEach(() => {
    s3 = mockClient(S3Client);
    s3.on(HeadObjectCommand).rejects(awsError("NotFound", "UnknownError", 404));
    s3.on(PutObjectCommand).resolves({ VersionId: "v1" });
  });
  afterEach(() => s3.restore());
  const sent = () => s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);

  it("writes beside the archive what it is and who brought it", async () => {
    const given = archive({ Dockerfile: "FROM scratch", "src/a.ts": "a" });
    expect(await uploadSource(ref(), given, "ada@laptop")).toEqual({
      version: "v1",
      digest: given.digest,
      commit: "0a1b2c3d-dirty",
      files: 2,
      changed: undefined,
      by: "ada@laptop",
    });
    expect(sent()).toEqual([
      {
        Bucket: NAMES.source,
        Key: "source.zip",
        Body: given.content.body(),
        ContentLength: 2,
        ContentType: "application/zip",
        Metadata: {
          "fairlead-digest": given.digest,
          "fairlead-files": "2",
          "fairlead-by": "ada@laptop",
          "fairlead-commit": "0a1b2c3d-dirty",
          "fairlead-manifest": expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) as string,
        },
      },
    ]);
  });

  it("counts the files that were added, altered and taken away since the version before", async () => {
    await uploadSource(ref(), archive({ same: "1", altered: "1", gone: "1" }), "ada@laptop");
    s3.on(HeadObjectCommand).resolves({ VersionId: "v1", Metadata: sent()[0]?.Metadata ?? {} });
    const second = archive({ same: "1", altered: "2", added: "1", also: "1" });
    expect((await uploadSource(ref(), second, "ada@laptop")).changed).toBe(4);
    expect(sent()[1]?.Metadata?.["fairlead-changed"]).toBe("4");
    expect((await uploadSource(ref(), archive({ same: "1", altered: "1", gone: "1" }), "x")).changed).toBe(0);
  });

  it.each([
    ["was uploaded by something else", {}],
    ["has a manifest that nobody can read", { "fairlead-manifest": "!" }],
  ])("does not say how many files changed where the version before %s", async (_what, Metadata) => {
    s3.on(HeadObjectCommand).resolves({ VersionId: "v0", Metadata });
    expect((await uploadSource(ref(), archive({ a: "1" }), "ada@laptop")).changed).toBeUndefined();
    expect(Object.keys(sent()[0]?.Metadata ?? {})).not.toContain("fairlead-changed");
  });

  it("leaves the manifest out where S3 would not take it, and stays within 2 KB with it", async () => {
    const many = (count: number) =>
      archive(Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/file-${n}.ts`, String(n)])));
    const size = (metadata: Record<string, string> = {}) =>
      Object.entries(metadata).reduce((sum, [name, value]) => sum + `x-amz-meta-${name}${value}`.length, 0);
    for (let count = 20; count <= 200; count += 10) await uploadSource(ref(), many(count), "ada@laptop");
    const all = sent().map(({ Metadata }) => Metadata);
    expect(Math.max(...all.map(size))).toBeLessThanOrEqual(2048);
    const has = all.map((metadata) => "fairlead-manifest" in (metadata ?? {}));
    expect([has.at(0), has.at(-1)]).toEqual([true, false]);
    expect(has.toSorted((one, other) => Number(other) - Number(one))).toEqual(has);
  });

  it("sends nothing but ASCII, and no commit where there is none", async () => {
    const source = await uploadSource(ref(), archive({ "naïve.txt": "1" }, { commit: undefined }), "zoë@büro");
    expect(source).toMatchObject({ by: "zo?@b?ro", commit: undefined });
    expect(JSON.stringify(sent()[0]?.Metadata)).toMatch(/^[\x20-\x7e]*$/);
    expect(Object.keys(sent()[0]?.Metadata ?? {})).not.toContain("fairlead-commit");
  });

  it("refuses a bucket that keeps no versions", async () => {
    s3.on(PutObjectCommand).resolves({});
    await expect(uploadSource(ref(), archive({}), "ada@laptop")).rejects.toThrow(
      "Bucket source-bucket is not versioned, so releases cannot be told apart. Enable versioning on it.",
    );
  });

  it("finds the version that was written although the answer was lost", async () => {
    const given = archive({ a: "1" });
    s3.on(PutObjectCommand).rejects(awsError("InternalError", "injected", 500));
    s3.on(HeadObjectCommand)
      .rejectsOnce(awsError("NotFound", "UnknownError", 404))
      .resolves({ VersionId: "v7", Metadata: { "fairlead-digest": given.digest } });
    expect((await uploadSource(ref(), given, "ada@laptop")).version).toBe("v7");
    expect(sent()).toHaveLength(1);
  });

  it("writes again where the lost answer was to a write that never happened", async () => {
    const given = archive({ a: "1" });
    // The version before has the same content: only its id tells that it is not the new one.
    s3.on(HeadObjectCommand).resolves({ VersionId: "v0", Metadata: { "fairlead-digest": given.digest } });
    s3.on(PutObjectCommand)
      .rejectsOnce(awsError("InternalError", "injected", 500))
      .resolves({ VersionId: "v8" });
    expect((await uploadSource(ref(), given, "ada@laptop")).version).toBe("v8");
    expect(sent()).toHaveLength(2);
    s3.on(PutObjectCommand).rejects(awsError("InternalError", "injected", 500));
    await expect(uploadSource(ref(), given, "ada@laptop")).rejects.toBeInstanceOf(UncertainAnswer);
  });

  it("is read back by its version", async () => {
    const Metadata = { "fairlead-digest": "sha256:00", "fairlead-files": "12", "fairlead-changed": "many" };
    s3.on(HeadObjectCommand, { Bucket: NAMES.source, Key: "source.zip", VersionId: "v3" }).resolves({ Metadata });
    const unknown = { commit: undefined, changed: undefined, by: undefined };
    expect(await sourceOf(ref(), "v3")).toEqual({ version: "v3", digest: "sha256:00", files: 12, ...unknown });
    expect(await sourceOf(ref(), "gone")).toEqual({
      version: "gone",
      digest: undefined,
      files: undefined,
      ...unknown,
    });
  });
});

/** Seconds after which CodePipeline lists every execution that it has started. */
const LISTED = 15;

describe("the execution that an upload starts", () => {
  const disable = (release: Awaited<ReturnType<typeof deliverable>>) =>
    release.at.aws.eventBridge(new DisableRuleCommand({ Name: "source" }));
  const startsIn = (release: Awaited<ReturnType<typeof deliverable>>) =>
    release.at.calls.filter(({ operation }) => operation === "StartPipelineExecution").length;

  it("is found by its source as soon as the pipeline has read that", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    const version = await release.upload({ ...SOURCE, more: "1" });
    const since = release.at.clock.now();
    const found = await findExecution(siteOf(release.at), version);
    expect(found).toBe((await release.runs())[0]?.pipelineExecutionId);
    expect(release.at.clock.now() - since).toBeLessThan((LISTED + 5) * 1000);
    expect(startsIn(release)).toBe(0);
  });

  it("is started once, after twenty seconds of a young pipeline, where no event came, and is the same when asked again", async () => {
    const release = await deliverable();
    await disable(release);
    const version = await release.upload(SOURCE);
    const since = release.at.clock.now();
    const found = await findExecution(siteOf(release.at), version);
    expect((release.at.clock.now() - since) / 1000).toBeCloseTo(21.5, -0.5);
    await release.wait(LISTED);
    const [run, ...earlier] = await release.runs();
    expect(run).toMatchObject({ pipelineExecutionId: found, trigger: { triggerType: "StartPipelineExecution" } });
    expect(earlier).toHaveLength(1);
    expect(await findExecution(siteOf(release.at), version)).toBe(found);
    expect(startsIn(release)).toBe(1);
  });

  it("is waited for ninety seconds where the pipeline is not young, because events come late", async () => {
    const release = await deliverable();
    await release.wait(3_600);
    await disable(release);
    const version = await release.upload(SOURCE);
    const since = release.at.clock.now();
    await findExecution(siteOf(release.at), version);
    expect((release.at.clock.now() - since) / 1000).toBeGreaterThanOrEqual(90);
    expect(startsIn(release)).toBe(1);
  });

  it("is started with a token that is made of the version alone", async () => {
    const release = await deliverable();
    await disable(release);
    const tokens: unknown[] = [];
    const ref = altered(siteOf(release.at), "codePipeline", StartPipelineExecutionCommand, (answer: object, input) => {
      tokens.push(input.clientRequestToken);
      return answer;
    });
    const version = await release.upload(SOURCE);
    await findExecution(ref, version);
    expect(tokens).toEqual([`fairlead-${createHash("sha256").update(version).digest("hex").slice(0, 40)}`]);
  });

  it("is not started while an execution in progress may turn out to be it", async () => {
    const release = await deliverable();
    const version = await release.upload(SOURCE);
    const blind = altered(
      siteOf(release.at),
      "codePipeline",
      ListPipelineExecutionsCommand,
      ({ pipelineExecutionSummaries = [], ...answer }: ListPipelineExecutionsCommandOutput) => ({
        ...answer,
        pipelineExecutionSummaries: pipelineExecutionSummaries.map((run) => ({ ...run, sourceRevisions: [] })),
      }),
    );
    await expect(findExecution(blind, version)).rejects.toThrow(
      `The source was uploaded as version ${version} of s3://source-bucket/source.zip, but no pipeline execution started with it. ` +
        "Check that EventBridge rule source is enabled and allowed to start pipeline release.",
    );
    expect(startsIn(release)).toBe(0);
  });

  it("is given up after three minutes, with what CodePipeline said to starting it", async () => {
    const release = await deliverable();
    await disable(release);
    const says = "User is not authorized to perform: codepipeline:StartPipelineExecution";
    const denied = awsError("AccessDeniedException", says);
    const ref = refusing(siteOf(release.at), "codePipeline", StartPipelineExecutionCommand, denied);
    const version = await release.upload(SOURCE);
    const since = release.at.clock.now();
    await expect(findExecution(ref, version)).rejects.toThrow(
      `allowed to start pipeline release, which could not be started directly either: ${says}`,
    );
    const waited = (release.at.clock.now() - since) / 1000;
    expect(waited).toBeGreaterThanOrEqual(180);
    expect(waited).toBeLessThan(185);
  });

  it("is not started for a version that a later upload has taken the place of", async () => {
    const release = await deliverable();
    await disable(release);
    const first = await release.upload(SOURCE);
    const second = await release.upload({ ...SOURCE, more: "1" });
    await expect(findExecution(siteOf(release.at), first)).rejects.toThrow(
      `Before pipeline release picked up version ${first} of the source, version ${second} was uploaded and superseded it.`,
    );
    expect(startsIn(release)).toBe(0);
  });

  it("is the one that failed since the upload before it could read the source", async () => {
    const release = await deliverable();
    const version = await release.upload(SOURCE);
    await release.wait(LISTED);
    const [own] = await release.runs();
    const blind = altered(
      siteOf(release.at),
      "codePipeline",
      ListPipelineExecutionsCommand,
      ({ pipelineExecutionSummaries = [], ...answer }: ListPipelineExecutionsCommandOutput) => ({
        ...answer,
        pipelineExecutionSummaries: pipelineExecutionSummaries.map((run) => ({
          ...run,
          status: "Failed" as const,
          sourceRevisions: [],
        })),
      }),
    );
    expect(await findExecution(blind, version)).toBe(own?.pipelineExecutionId);
  });

  it("is searched for no longer than the signal allows", async () => {
    const release = await deliverable();
    await disable(release);
    const version = await release.upload(SOURCE);
    const stop = new AbortController();
    const finding = findExecution(siteOf(release.at), version, stop.signal);
    void release.wait(5).then(() => stop.abort(new Error("enough")));
    await expect(finding).rejects.toThrow("enough");
    expect(startsIn(release)).toBe(0);
  });
});
