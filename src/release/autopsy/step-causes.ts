import { awsCommand } from "../../aws/command-line.ts";
import { STEP, type ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { actionLine, buildLine, sentence } from "./lines.ts";
import { isDenied } from "./permission.ts";
import type { Verdict } from "./verdict.ts";

const WARMING = /^(Warm|Cool)-(.+)$/;

/** An image that nothing has scanned, such as one that was pushed while `registry.scanOnPush` was off. */
const SCAN_ONCE =
  "An image without a scan can be scanned once by hand: aws ecr start-image-scan, with the options of the command below.";
/**
 * Scanning again does not help (Amazon ECR user guide, "Troubleshooting image scanning in Amazon ECR": an operating system that basic scanning
 * does not support, or an image built from scratch). Amazon Inspector has a list of its own.
 */
const UNSUPPORTED =
  "Build on a base image whose operating system ECR scans, such as that of an official Node.js, Python or Go image; or let Amazon Inspector scan (security: { enhancedScanning: true }); or leave out delivery.failOn.";

/** The check of an image's scan, which ends a release before its approval (`delivery.failOn`). */
export function scanFailed({ build, action }: Evidence, { aws, stack }: ServiceRef): Verdict | undefined {
  const [, service] = /^Scan-(.+)$/.exec(action?.name ?? "") ?? [];
  if (!build || action?.category !== STEP || service === undefined || isDenied(build)) return undefined;
  const error = build.error ?? build.message;
  // The step's own last line says why; CodeBuild repeats its commands, with variables for what they found.
  const telling = [...build.lines, ...(build.error === undefined ? [actionLine(action), buildLine(build)] : [])];
  const [, found] = /has findings of severity \w+ or above: (.+)\.$/.exec(error) ?? [];
  const [, repository, id] = /\/([^:@\s]+)[:@](sha256:[0-9a-f]+|[\w.-]+)/.exec(error) ?? [];
  const image = id?.startsWith("sha256:") === true ? `imageDigest=${id}` : `imageTag=${id}`;
  const list = ["ecr", "describe-image-scan-findings", "--repository-name", repository ?? "NAME", "--image-id", image];
  const command = awsCommand(list, aws);
  if (found !== undefined)
    return {
      cause: "image-findings",
      what: `The image of ${service} has findings that delivery.failOn ${stack.delivery.failOn ?? ""} does not let pass: ${found}. Nothing was deployed: every service runs what it ran.`,
      fix: `Update the base image or the packages with the findings, then release again: npx fairlead deploy. To list the findings: ${command}`,
      telling,
    };
  const reason = build.status === "TIMED_OUT" ? "the step timed out" : error.replace(/^\S+: /, "").replace(/\.$/, "");
  return {
    cause: "image-not-scanned",
    what: `The release of ${service} was stopped, since its image could not be checked (delivery.failOn): ${reason}. Nothing was deployed: every service runs what it ran.`,
    fix: `${/\bUNSUPPORTED_IMAGE\b/.test(error) ? UNSUPPORTED : SCAN_ONCE} Then release again: npx fairlead deploy. For what ECR reports of the scan: ${command}`,
    telling,
  };
}

/** What raises the minimum of a service before it is deployed, or takes it back afterwards (`scaling.releaseMin`). */
export function warmFailed({ build, action }: Evidence, { aws, names }: ServiceRef): Verdict | undefined {
  const [, how, service = ""] = WARMING.exec(action?.name ?? "") ?? [];
  if (!build || !action || action.category !== STEP || how === undefined || isDenied(build)) return undefined;
  const telling = [...build.lines, actionLine(action), buildLine(build)];
  const error = sentence((build.error ?? build.message).replace(/^\S+: /, ""));
  if (how === "Cool")
    return {
      cause: "minimum-not-taken-back",
      what: `The release of ${service} is deployed, and the minimum that scaling.releaseMin raised for it could not be taken back: ${error}`,
      fix: `To set the usual minimum: npx fairlead reconcile.`,
      telling,
    };
  const events = awsCommand(["ecs", "describe-services", "--cluster", names.cluster, "--services", names.service], aws);
  return {
    cause: "not-warm",
    what: `The release of ${service} was stopped before it was deployed, since the tasks that scaling.releaseMin asks for did not start: ${error} Nothing was deployed: every service runs what it ran.`,
    fix: `See in the service's events why its tasks do not start: ${events}. Then release again: npx fairlead deploy. A minimum that is still raised goes with the next reconcile.`,
    telling,
  };
}

/** What can go wrong before a release is deployed, and after it: the command in the new image, and the new revision of a job. */
export function stepFailed({ build, action }: Evidence, { stack }: ServiceRef): Verdict | undefined {
  if (!build || action?.category !== STEP || isDenied(build)) return undefined;
  const [, how, service = ""] = /^(Before|Update)-(.+)$/.exec(action.name) ?? [];
  const settings = stack.services.find(({ name }) => name === service);
  const command = settings && settings.type !== "job" ? (settings.release?.before.join(" ") ?? "") : "";
  const telling = [...build.lines, actionLine(action), buildLine(build)];
  const error = build.error ?? build.message;
  if (how === "Update")
    return {
      cause: "job-not-updated",
      what: `The job ${service} did not get the image of the release, and runs the one before: ${sentence(error)}`,
      fix: `To release again: npx fairlead deploy. For the whole log, stream ${build.logStream}: npx fairlead logs --build`,
      telling,
    };
  const [, code] = /ended with exit code (\d+)/.exec(error) ?? [];
  const ended =
    build.status === "TIMED_OUT"
      ? "did not end within eight hours"
      : code === undefined
        ? `could not be run: ${error.replace(/^\S+: /, "").replace(/\.$/, "")}`
        : `ended with exit code ${code}`;
  return {
    cause: "before-failed",
    what: `The command before the release of ${service}${command === "" ? "" : ` (${command})`} ${ended}. Nothing was deployed: every service runs what it ran.`,
    fix: `Fix the error in its last log lines, then release again: npx fairlead deploy. For the whole log: npx fairlead logs --service ${service} --since 1h`,
    telling,
  };
}
