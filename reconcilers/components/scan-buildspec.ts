import { atLeast, SEVERITIES, type Severity } from "../../src/aws/ecr/severities.ts";
import { commandsSpec } from "./buildspec.ts";

/** An image whose findings an action of the pipeline checks. */
export interface ScanStep {
  /** The service that it is built for. */
  readonly service: string;
  readonly action: string;
  readonly container: string;
  /** The build's file that contains the image. */
  readonly imageDefinitions: string;
}

/** The variables that the action passes to CodeBuild (at most 1,000 characters: botocore codepipeline, ActionConfigurationValue). */
export const scanVariablesOf = ({ service, container, imageDefinitions }: ScanStep): string =>
  JSON.stringify(
    Object.entries({ SERVICE: service, CONTAINER: container, FILE: imageDefinitions }).map(([name, value]) => ({
      name,
      value,
      type: "PLAINTEXT",
    })),
  );

/** How long a scan is waited for. */
export const SCAN_MINUTES = 20;
const SECONDS = 10;
const TRIES = (SCAN_MINUTES * 60) / SECONDS;

/** One page, which has the counts of all findings: the command would otherwise read every page of them. */
const DESCRIBE = `aws ecr describe-image-scan-findings --repository-name "$REPOSITORY" --image-id "$ID" --no-paginate`;

/** Statuses of a scan that will have a result, with those of a call that failed (`NONE`) or does not say (`None`, which the command prints). */
const GOING = ["IN_PROGRESS", "PENDING", "NONE", "None"];
/** Statuses of one that has: of a basic and of an enhanced scan. */
const DONE = ["COMPLETE", "ACTIVE"];
const isNone = (variable: string, values: readonly string[]) =>
  values.map((value) => `[ "$${variable}" != ${value} ]`).join(" && ");

/**
 * The check of an image's scan: waits for the result, and fails if it has findings of the severity `failOn` or above, or no result.
 * ECR's API Reference, DescribeImageScanFindings: `ScanNotFoundException` until the scan is known; botocore ecr, ScanStatus: what ends it.
 */
export const scanBuildspec = (failOn: Severity): string =>
  commandsSpec([
    "command -v jq > /dev/null || dnf install --assumeyes --quiet jq",
    `IMAGE="$(jq --raw-output --arg name "$CONTAINER" '.[] | select(.name == $name) | .imageUri' "$FILE")"`,
    `if [ -z "$IMAGE" ]; then echo "$SERVICE: $FILE has no image for the container $CONTAINER."; exit 1; fi`,
    `if [ "\${IMAGE%%/*}" != "$REGISTRY" ]; then echo "$SERVICE: $IMAGE is not in the registry $REGISTRY, so it has no scan to check."; exit 1; fi`,
    `NAMED="\${IMAGE#*/}"`,
    `REPOSITORY="\${NAMED%%[:@]*}"`,
    `ID="imageTag=latest"`,
    `if [ "\${NAMED##*:}" != "$NAMED" ]; then ID="imageTag=\${NAMED##*:}"; fi`,
    `if [ "\${NAMED##*@}" != "$NAMED" ]; then ID="imageDigest=\${NAMED##*@}"; fi`,
    `echo "$SERVICE: waiting for the scan of $IMAGE."`,
    `TRIES=0; ENDED=""; STOPPED=""`,
    `until [ -n "$ENDED" ]; do STATUS="$(${DESCRIBE} --query imageScanStatus.status --output text 2>/dev/null || echo NONE)"; TRIES="$((TRIES + 1))"; if ${isNone("STATUS", GOING)}; then ENDED="$STATUS"; fi; if [ -z "$ENDED" ] && [ "$TRIES" -ge ${TRIES} ]; then ENDED=LATE; fi; if [ -z "$ENDED" ]; then sleep ${SECONDS}; fi; done`,
    // Once more with its error, such as that of a scan which does not exist.
    `if [ "$ENDED" = LATE ]; then ${DESCRIBE} --query imageScanStatus --output text || true; fi`,
    `if [ "$ENDED" = LATE ]; then echo "$SERVICE: the scan of $IMAGE has no result after ${SCAN_MINUTES} minutes."; exit 1; fi`,
    `if ${isNone("ENDED", DONE)}; then ${DESCRIBE} --query imageScanStatus.description --output text || true; fi`,
    `if ${isNone("ENDED", DONE)}; then echo "$SERVICE: the scan of $IMAGE has no result, ECR reports $ENDED."; exit 1; fi`,
    `${DESCRIBE} --output json > scan.json`,
    ...SEVERITIES.map(
      (severity) => `${severity}="$(jq '.imageScanFindings.findingSeverityCounts.${severity} // 0' scan.json)"`,
    ),
    ...atLeast(failOn).map((severity) => `if [ "$${severity}" != 0 ]; then STOPPED=yes; fi`),
    `echo "$SERVICE: image scan: ${SEVERITIES.map((severity) => `$${severity} ${severity.toLowerCase()}`).join(", ")}."`,
    `if [ -n "$STOPPED" ]; then echo "$SERVICE: $IMAGE has findings of severity ${failOn} or above: ${atLeast(failOn)
      .map((severity) => `$${severity} ${severity.toLowerCase()}`)
      .join(", ")}."; exit 1; fi`,
  ]);
