import type { Finding } from "../finding.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { reportsProblem, linesOf, oneLine, sentence, withoutRepeats } from "./lines.ts";
import { permission } from "./permission.ts";
import { buildFailed, imageDefinitions, rejected, sourceMissing } from "./run-causes.ts";
import { scanFailed, stepFailed, warmFailed } from "./step-causes.ts";
import { imageMissing, imagePull, noCapacity, noWayOut } from "./start-causes.ts";
import { secretMissing } from "./secret-causes.ts";
import { otherProcessor, containerExits, containerUnhealthy, outOfMemory, targetUnhealthy } from "./task-causes.ts";
import type { Verdict } from "./verdict.ts";
import { volume } from "./volume-causes.ts";

/** Recognizes one cause; `undefined` if the evidence does not show it. */
export type Rule = (evidence: Evidence, ref: ServiceRef) => Verdict | undefined;

/**
 * The first matching rule decides. Explicit errors come before inferred causes, and start failures before
 * runtime failures.
 */
const RULES: readonly Rule[] = [
  scanFailed,
  warmFailed,
  stepFailed,
  buildFailed,
  sourceMissing,
  volume,
  permission,
  imageDefinitions,
  imageMissing,
  noWayOut,
  secretMissing,
  imagePull,
  outOfMemory,
  otherProcessor,
  containerExits,
  containerUnhealthy,
  targetUnhealthy,
  alarmDetected,
  noCapacity,
  rejected,
  waitingForFirstRelease,
];

const MOST_LINES = 25;

/** Reduces all evidence to one finding. */
export function decide(evidence: Evidence, ref: ServiceRef): Finding {
  const { cause, what, fix, telling } = verdictOn(evidence, ref);
  const lines = [...telling, ...linesOf(evidence)].map(oneLine).filter((line) => line !== "");
  return { cause, what: oneLine(what), fix, evidence: withoutRepeats(lines).slice(0, MOST_LINES) };
}

function verdictOn(evidence: Evidence, ref: ServiceRef): Verdict {
  for (const rule of RULES) {
    const verdict = rule(evidence, ref);
    if (verdict) return verdict;
  }
  return unknown(evidence, ref);
}

/** ECS tells that an alarm went off, and not which (ECS developer guide, "Amazon ECS service event messages"). */
function alarmDetected({ events, revision }: Evidence, { names }: ServiceRef): Verdict | undefined {
  const detected = events.find((message) => message.includes("deployment failed: alarm detected"));
  if (detected === undefined) return undefined;
  const run = revision === undefined ? "the new revision" : revision;
  return {
    cause: "alarm",
    what: `An alarm of service ${names.service} went off while ${run} was deployed, so ECS ended the deployment: its responses failed or were slow.`,
    fix: "To see the errors: npx fairlead logs. To see the alarms that are on: npx fairlead status. Mend the revision and deploy it again; service.deploymentAlarms: false lets a release pass.",
    telling: [detected],
  };
}

function waitingForFirstRelease(
  { service, image, tasks }: Evidence,
  { names, stack }: ServiceRef,
): Verdict | undefined {
  if (service?.desired !== 0 || image?.missing === undefined || tasks.length > 0) return undefined;
  return {
    cause: "waiting-for-first-release",
    what: `Service ${names.service} stays at zero tasks until the first release is approved and deployed.`,
    fix: `Deploy the application: run npx fairlead deploy, or upload its source to s3://${names.sourceBucket}/${stack.delivery.sourceKey}.`,
    telling: [image.missing],
  };
}

/** The fallback: everything that was found, and where to look for more. */
function unknown(evidence: Evidence, { names }: ServiceRef): Verdict {
  const { action, service, deployments, events, gaps, isBeforeDeployment = false } = evidence;
  const failed = deployments.find((line) => line.includes("FAILED"));
  const trouble = events.find(reportsProblem);
  const said = action ? `${action.stage} failed: ${action.message || action.code}` : (failed ?? trouble ?? gaps[0]);
  const isMissing = said === undefined && !service && !isBeforeDeployment;
  return {
    cause: "unknown",
    what: said === undefined ? nothingSaid(evidence, names) : `No known cause matches. AWS reports: ${sentence(said)}`,
    fix: isMissing
      ? "Run npx fairlead reconcile to create it."
      : `Check the events of service ${names.service} in cluster ${names.cluster}, log group ${names.applicationLogGroup}, and pipeline ${names.pipeline}.`,
    telling: said === undefined ? [] : [action ? "" : said],
  };
}

function nothingSaid({ service, isOver, isBeforeDeployment }: Evidence, names: ServiceRef["names"]): string {
  if (isBeforeDeployment) return "No action failed, and the release did not reach its deploy stage.";
  if (isOver)
    return "ECS no longer has any data about this deployment: newer deployments have started since, and stopped tasks are kept for about an hour.";
  return service
    ? `AWS reports no problems: ${service.running} of ${service.desired} tasks of service ${names.service} are running.`
    : `Service ${names.service} does not exist in cluster ${names.cluster}.`;
}
