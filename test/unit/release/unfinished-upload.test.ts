import { ListPipelineExecutionsCommand, type ListPipelineExecutionsCommandOutput } from "@aws-sdk/client-codepipeline";
import { DisableRuleCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { markRunning } from "../../../src/release/deployed.ts";
import { unfinishedUpload } from "../../../src/release/unfinished-upload.ts";
import { uploadSource } from "../../../src/release/upload.ts";
import { contentOf } from "../../support/archived.ts";
import { deliverable, SOURCE } from "../../support/release.ts";
import { zipOf } from "../../support/zip.ts";
import { altered, siteOf } from "./delivered.ts";

const ARCHIVE = { content: contentOf(zipOf(SOURCE)), digest: "sha256:0", files: [], commit: undefined };

/** A pipeline to which a source was uploaded; `heard`: S3's event gets there. */
async function uploaded({ heard }: { heard: boolean }) {
  const release = await deliverable();
  const ref = siteOf(release.at);
  if (!heard) await release.at.aws.eventBridge(new DisableRuleCommand({ Name: ref.names.sourceRule }));
  const { version } = await uploadSource(ref, ARCHIVE, "ada@laptop");
  return { release, ref, version };
}

describe("a source that is deployed again", () => {
  it("is in progress while its release is, and not after that has ended", async () => {
    const { release, ref, version } = await uploaded({ heard: true });
    await release.wait(60);
    expect(await unfinishedUpload(ref, ARCHIVE.digest)).toBe(version);
    expect(await unfinishedUpload(ref, "sha256:1")).toBeUndefined();
    await release.wait(120);
    await release.answer("Approved");
    await release.wait(900);
    // Its last act is to mark the image that it deployed: whoever began it may have died before that.
    expect(await unfinishedUpload(ref, ARCHIVE.digest)).toBeDefined();
    await markRunning(ref);
    expect(await unfinishedUpload(ref, ARCHIVE.digest)).toBeUndefined();
  });

  it("is in progress for as long as its upload may start a release, but not forever if it did not", async () => {
    const { release, ref, version } = await uploaded({ heard: false });
    expect(await unfinishedUpload(ref, ARCHIVE.digest)).toBe(version);
    await release.wait(200);
    expect(await unfinishedUpload(ref, ARCHIVE.digest)).toBeUndefined();
  });

  it("is in progress until its image is tagged, also if a duplicate of its release was stopped later", async () => {
    const { release, ref, version } = await uploaded({ heard: true });
    await release.wait(180);
    await release.answer("Approved");
    await release.wait(900);
    const twice = altered(
      ref,
      "codePipeline",
      ListPipelineExecutionsCommand,
      ({ pipelineExecutionSummaries: runs = [], ...answer }: ListPipelineExecutionsCommandOutput) => ({
        ...answer,
        pipelineExecutionSummaries: [
          ...runs.slice(0, 1).map((run) => ({ ...run, pipelineExecutionId: "twin", status: "Stopped" as const })),
          ...runs,
        ],
      }),
    );
    expect(await unfinishedUpload(twice, ARCHIVE.digest)).toBe(version);
    await markRunning(ref);
    expect(await unfinishedUpload(twice, ARCHIVE.digest)).toBeUndefined();
  });

  it("is not in progress if its release ended without reporting its source", async () => {
    const { release, ref } = await uploaded({ heard: true });
    await release.wait(120);
    await release.answer("Rejected");
    await release.wait(20);
    const silent = altered(
      ref,
      "codePipeline",
      ListPipelineExecutionsCommand,
      ({ pipelineExecutionSummaries: runs = [], ...answer }: ListPipelineExecutionsCommandOutput) => ({
        ...answer,
        pipelineExecutionSummaries: runs.map((run) => ({ ...run, sourceRevisions: [] })),
      }),
    );
    expect(await unfinishedUpload(silent, ARCHIVE.digest)).toBeUndefined();
  });
});
