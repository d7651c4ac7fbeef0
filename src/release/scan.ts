import { DescribeImageScanFindingsCommand } from "@aws-sdk/client-ecr";
import { awsCommand } from "../aws/command-line.ts";
import { hasCode, isDenied, messageOf } from "../aws/errors.ts";
import type { ApprovalSubject, ImageScan } from "./events.ts";
import type { ServiceRef } from "./service-ref.ts";

/** What an approver waits for a scan that has only begun, in milliseconds since the approval is pending: most take less than a minute. */
const PATIENCE = 60_000;
const PAUSE = 3_000;

/** The scans of the images of a release that waits for approval since `since`; none where the stack's images are not scanned. */
export async function scansOf(
  ref: ServiceRef,
  images: ApprovalSubject["images"],
  since: number,
): Promise<readonly ImageScan[]> {
  const { registry, security } = ref.stack;
  if (!registry.scanOnPush && !security?.enhancedScanning) return [];
  const scanned = images.flatMap(({ uri, digest }) => {
    const repositoryName = repositoryIn(ref, uri);
    return repositoryName === undefined || digest === undefined ? [] : [{ uri, repositoryName, digest }];
  });
  return Promise.all(
    scanned.map(async ({ uri, repositoryName, digest }) => {
      const imageId = { imageDigest: digest };
      const words = ["--repository-name", repositoryName, "--image-id", `imageDigest=${digest}`];
      const command = awsCommand(["ecr", "describe-image-scan-findings", ...words], ref.aws);
      // One finding of the page is enough: each page has the counts of all.
      const ask = new DescribeImageScanFindingsCommand({ repositoryName, imageId, maxResults: 1 });
      return { image: uri, command, ...(await result(ref, ask, since)) };
    }),
  );
}

/** The repository of an image in this account's registry; `undefined` for any other image. */
function repositoryIn({ aws }: ServiceRef, uri: string): string | undefined {
  const [, account, region, repository] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(uri) ?? [];
  return account === aws.account && region === aws.region ? repository : undefined;
}

type Result = Pick<ImageScan, "counts" | "why">;

async function result(ref: ServiceRef, ask: DescribeImageScanFindingsCommand, since: number): Promise<Result> {
  for (;;) {
    const { going, ...found } = await now(ref, ask);
    if (!going || ref.clock.now() >= since + PATIENCE) return found;
    await ref.clock.sleep(PAUSE);
  }
}

/** botocore ecr, ScanStatus: a basic scan ends as COMPLETE, an enhanced one is ACTIVE from its first result on. */
async function now({ aws }: ServiceRef, ask: DescribeImageScanFindingsCommand): Promise<Result & { going?: true }> {
  try {
    const { imageScanStatus: { status = "", description = "" } = {}, imageScanFindings } = await aws.ecr(ask);
    if (status === "COMPLETE" || status === "ACTIVE") return { counts: imageScanFindings?.findingSeverityCounts ?? {} };
    if (status === "IN_PROGRESS" || status === "PENDING") return { why: "still in progress", going: true };
    const told = description === "" ? "" : ` (${description.replace(/\.$/, "")})`;
    return { why: `no result: ECR reports ${status === "" ? "no status" : status}${told}` };
  } catch (error) {
    // Right after the push, ECR does not know of the scan yet; later, there is none.
    if (hasCode(error, "ScanNotFoundException")) return { why: "none yet", going: true };
    if (isDenied(error)) return { why: "unknown, since ecr:DescribeImageScanFindings is not allowed" };
    return { why: `unknown: ${messageOf(error)}` };
  }
}
