import type {
  DescribeImageScanFindingsCommandInput,
  DescribeImageScanFindingsCommandOutput,
} from "@aws-sdk/client-ecr";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { imageOf, repositoryOf, type SimImage } from "./records.ts";

/** What ECR says of statuses that have no result (ECR user guide, "Troubleshooting image scanning in Amazon ECR"). */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  UNSUPPORTED_IMAGE: "The operating system of the image is not supported, or it could not be determined.",
  FAILED: "The scan could not be completed.",
};

/** How far an image's scan is; `undefined` as long as ECR does not know of one. */
function scanOf(sim: Sim, { scannedAt, contents, scan }: SimImage) {
  if (scannedAt === undefined || sim.now < scannedAt + TIMING.imageScanKnown * 1000) return undefined;
  const endsAt = scannedAt + (TIMING.imageScanKnown + TIMING.imageScan) * 1000;
  // botocore ecr, ScanStatus: an enhanced scan is PENDING, and from its first result on ACTIVE, since it goes on.
  const [going, done] = scan === "enhanced" ? ["PENDING", "ACTIVE"] : ["IN_PROGRESS", "COMPLETE"];
  if (sim.now < endsAt) return { status: going, findings: undefined, endsAt };
  const { status = done, findings = {} } = contents?.scan ?? {};
  return { status, findings: status === done ? findings : undefined, endsAt };
}

export const scanOperations = {
  DescribeImageScanFindings(
    input: DescribeImageScanFindingsCommandInput,
    sim,
  ): Answer<DescribeImageScanFindingsCommandOutput> {
    onlyKnown("DescribeImageScanFindings", input, "repositoryName", "imageId", "maxResults");
    const repository = repositoryOf(sim, input.repositoryName);
    const image = imageOf(sim, repository.name, input.imageId ?? {});
    const scan = scanOf(sim, image);
    // botocore ecr, ScanNotFoundException: "The specified image scan could not be found. Ensure that image scanning is enabled on the
    // repository and try again."
    if (!scan)
      return refuse(
        "ScanNotFoundException",
        `Image scan does not exist for the image with '{imageDigest:'${image.digest}', imageTag:'${image.tags[0] ?? "null"}'}' in the repository with name '${repository.name}' in the registry with id '${sim.account}'`,
      );
    const { status, findings, endsAt } = scan;
    return {
      registryId: sim.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, ...(image.tags[0] === undefined ? {} : { imageTag: image.tags[0] }) },
      imageScanStatus: {
        status: status as "COMPLETE",
        description:
          DESCRIPTIONS[status] ??
          (status === "COMPLETE"
            ? "The scan was completed successfully."
            : status === "ACTIVE"
              ? "Continuous scan is selected for image."
              : "The scan is in progress."),
      },
      ...(findings
        ? {
            imageScanFindings: {
              imageScanCompletedAt: new Date(endsAt),
              vulnerabilitySourceUpdatedAt: new Date(endsAt),
              // Severities without findings are left out ("Retrieving the findings for basic scans", ECR user guide).
              findingSeverityCounts: Object.fromEntries(Object.entries(findings).filter(([, count]) => count > 0)),
              // Those of Amazon Inspector have a shape of their own (botocore ecr, EnhancedImageScanFinding).
              ...(status === "ACTIVE" ? {} : { findings: findingsOf(findings) }),
            },
          }
        : {}),
    };
  },
} satisfies Operations;

const findingsOf = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).flatMap(([severity, count]) =>
    Array.from({ length: count }, (_, index) => ({
      name: `CVE-2000-${String(index + 1).padStart(4, "0")}`,
      severity: severity as "HIGH",
    })),
  );
