import { DescribeImageScanFindingsCommand } from "@aws-sdk/client-ecr";
import { beforeEach, describe, expect, it } from "vitest";
import { approvalLines } from "../../../src/cli/release-text.ts";
import { pendingApproval } from "../../../src/release/approval.ts";
import { scansOf } from "../../../src/release/scan.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { awsError } from "../../support/failing.ts";
import { deliverable, type Release } from "../../support/release.ts";
import { failing, refusing, siteOf } from "./delivered.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const image = (name: string) => ({ uri: `${name}@${DIGEST}`, tag: "1", digest: DIGEST });
const OWN = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app";

let release: Release;
let ref: ServiceRef;
beforeEach(async () => {
  release = await deliverable();
  ref = siteOf(release.at);
});

/** The lines about scans that an approver reads of a source whose Dockerfile asks for a scan. */
async function told(scan: string, seconds = 90): Promise<string[]> {
  await release.upload(failing(`scan ${scan}`));
  await release.wait(seconds);
  const subject = await pendingApproval(ref);
  return approvalLines(subject).filter((line) => line.includes("scan  "));
}

/** The site of a registry that answers every call so. */
const answering = (answer: () => object): ServiceRef => ({
  ...ref,
  aws: { ...ref.aws, ecr: async () => answer() as never },
});

const withStatus = (imageScanStatus: object, counts?: Record<string, number>) =>
  answering(() => ({
    imageScanStatus,
    ...(counts ? { imageScanFindings: { findingSeverityCounts: counts } } : {}),
  }));

describe("the scan of an image that waits for approval", () => {
  it("is told by severity, those without findings as well, and ECR's other severities after them", async () => {
    expect(await told("HIGH=2 UNDEFINED=1 MEDIUM=5")).toEqual([
      "    scan     0 critical, 2 high, 5 medium, 0 low, 1 undefined",
    ]);
  });

  it.each([
    [{ counts: { HIGH: 2 } }, 1],
    [{ why: "no result: ECR reports FAILED" }, 1],
    [{ counts: { HIGH: 0, LOW: 0 } }, 0],
    [{ counts: {} }, 0],
  ])("shows the command for the findings unless there are none: %j", async (scan, times) => {
    const source = { version: "1", digest: DIGEST, commit: undefined, files: 1, changed: 1, by: undefined };
    const subject = { message: "", source, executionId: "1", token: "1", since: 0, images: [] };
    const lines = approvalLines({ ...subject, scans: [{ image: OWN, command: "aws ecr x", ...scan }] });
    expect(lines.filter((line) => line.includes("for the findings: aws ecr x"))).toHaveLength(times);
  });

  it("is waited for as long as it has only begun", async () => {
    await release.upload(failing("scan LOW=1"));
    while ((await release.state())["Approval"]?.action?.status !== "InProgress") await release.wait(1);
    const before = release.at.clock.now();
    expect((await pendingApproval(ref)).scans[0]?.counts).toEqual({ LOW: 1 });
    expect(release.at.clock.now() - before).toBeLessThan(60_000);
  });

  it("has the counts of an enhanced scan, which stays active", async () => {
    const active = withStatus({ status: "ACTIVE" }, { CRITICAL: 1 });
    expect(await scansOf(active, [image(OWN)], 0)).toMatchObject([{ counts: { CRITICAL: 1 } }]);
  });

  it.each([
    ["FAILED", "no result: ECR reports FAILED (it broke)"],
    ["UNSUPPORTED_IMAGE", "no result: ECR reports UNSUPPORTED_IMAGE (it broke)"],
    ["FINDINGS_UNAVAILABLE", "no result: ECR reports FINDINGS_UNAVAILABLE (it broke)"],
    ["SCAN_ELIGIBILITY_EXPIRED", "no result: ECR reports SCAN_ELIGIBILITY_EXPIRED (it broke)"],
    ["LIMIT_EXCEEDED", "no result: ECR reports LIMIT_EXCEEDED (it broke)"],
    ["PENDING", "still in progress"],
  ])("has no counts where ECR reports %s", async (status, why) => {
    const scans = await scansOf(withStatus({ status, description: "it broke." }), [image(OWN)], 0);
    expect(scans).toEqual([{ image: `${OWN}@${DIGEST}`, why, command: expect.stringContaining(DIGEST) as string }]);
  });

  it("is said to be missing where there is none, without a wait for one of long ago", async () => {
    const none = refusing(ref, "ecr", DescribeImageScanFindingsCommand, awsError("ScanNotFoundException", "no scan"));
    const before = release.at.clock.now();
    expect(await scansOf(none, [image(OWN)], before - 61_000)).toMatchObject([{ why: "none yet" }]);
    expect(release.at.clock.now()).toBe(before);
  });

  it("does not keep anyone from approving who may not read it", async () => {
    const denied = refusing(ref, "ecr", DescribeImageScanFindingsCommand, awsError("AccessDeniedException", "not you"));
    expect(await scansOf(denied, [image(OWN)], 0)).toMatchObject([
      { why: "unknown, since ecr:DescribeImageScanFindings is not allowed" },
    ]);
  });

  it("is not asked for where the image is elsewhere, its digest is unknown, or the stack does not have images scanned", async () => {
    const never = answering(() => {
      throw new Error("asked");
    });
    const elsewhere = ["public.ecr.aws/x/y", OWN.replace("1234", "9999"), OWN.replace("northeast", "southeast")];
    const unknown = { ...image(OWN), digest: undefined };
    expect(await scansOf(never, [...elsewhere.map(image), unknown], 0)).toEqual([]);
    const unscanned = { ...never, stack: { ...ref.stack, registry: { ...ref.stack.registry, scanOnPush: false } } };
    expect(await scansOf(unscanned, [image(OWN)], 0)).toEqual([]);
  });
});
