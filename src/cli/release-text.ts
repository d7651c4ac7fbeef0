import { SEVERITIES } from "../aws/ecr/severities.ts";
import type { ApprovalSubject, ImageScan, ReleaseEvent, Source } from "../release/events.ts";
import type { FollowedService } from "../release/deployments.ts";
import type { Finding } from "../release/finding.ts";
import type { CommonFlags } from "./context.ts";
import { pasted } from "./paste.ts";
import { paint, type Terminal } from "./terminal.ts";
import { count } from "./words.ts";

/** That an execution was stopped which would have released the same source once more. */
export const twinLine = (executionId: string): string =>
  `Stopped execution ${executionId}: a duplicate or late S3 event had started it for the same source.`;

/** What a release made of each of several services, a line each. */
export function servicesText(services: readonly FollowedService[]): string[] {
  const width = Math.max(...services.map(({ service }) => service.length));
  return services.map(({ service, ending, revision = "no revision", image }) => {
    const sign = ending === "live" ? paint.green("✓") : paint.red("✗");
    return `  ${sign} ${service.padEnd(width)}  ${revision}${image === undefined ? "" : `  ${image}`}`;
  });
}

/** An image with its digest, once. */
const imageText = ({ uri, digest }: ApprovalSubject["images"][number]): string =>
  digest === undefined || uri.endsWith(digest) ? uri : `${uri} (${digest})`;

/** What an approver has to know. */
export function approvalLines({ message, source, images, scans, executionId }: ApprovalSubject): string[] {
  return [
    `${paint.yellow("?")} Approval: ${message}`,
    `    release  ${executionId}`,
    `    source   ${source.version === "" ? "unknown" : sourceText(source)}`,
    ...(images.length === 0 ? ["unknown"] : images.map(imageText)).map((image) => `    image    ${image}`),
    ...scans.flatMap((scan) => [
      `    scan     ${scans.length > 1 ? `${nameOf(scan.image)}: ` : ""}${scanText(scan)}`,
      ...(hasNone(scan) ? [] : [`             ${paint.dim(`for the findings: ${scan.command}`)}`]),
    ]),
  ];
}

/** Whether a scan is through and has found nothing. */
const hasNone = ({ counts }: Pick<ImageScan, "counts">): boolean =>
  counts !== undefined && Object.values(counts).every((number) => number === 0);

/** The repository of an image, without its registry. */
const nameOf = (image: string) => image.replace(/^[^/]*\//, "").replace(/[:@].*$/, "");

/** What a scan found: `0 critical, 2 high, 5 medium, 0 low`. */
export function scanText({ counts, why = "no result" }: Pick<ImageScan, "counts" | "why">): string {
  if (!counts) return why;
  const others = Object.keys(counts).filter((severity) => !SEVERITIES.some((known) => known === severity));
  const parts = [...SEVERITIES, ...others.toSorted()].map((severity) => {
    const number = counts[severity] ?? 0;
    const text = `${number} ${severity.toLowerCase()}`;
    return number > 0 && (severity === "CRITICAL" || severity === "HIGH") ? paint.red(text) : text;
  });
  return parts.join(", ");
}

/** AWS's own words for why a release failed, on one line. CodeBuild repeats the command whole, which can be a script (the finding has it). */
export const whyText = (why: string): string =>
  why.replace(/(?<=Error while executing command: )(.+?)(?=\. Reason: )/s, (command) => {
    const line = command.replaceAll(/\s+/g, " ");
    return line.length > COMMAND ? `${line.slice(0, COMMAND - 1)}…` : line;
  });

/** How many characters of a command are enough to know it by. */
const COMMAND = 60;

/** Where a source comes from, in a line. */
export function sourceText({ version, digest, commit, files, changed, by }: Source): string {
  const parts = [
    commit === undefined ? undefined : `commit ${commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, "$1")}`,
    digest?.slice(0, 19),
    files === undefined ? undefined : count(files, "file"),
    changed === undefined ? undefined : `${changed} changed since the previous release`,
    by === undefined ? undefined : `by ${by}`,
    `version ${version}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

/** How many tasks of each revision run, and how their targets are. */
export function tasksText({
  rollouts,
  targets,
}: Pick<Extract<ReleaseEvent, { event: "tasks" }>, "rollouts" | "targets">): string {
  const tasks = rollouts.map(({ revision, running, pending, desired, failed }) => {
    // ECS wants fewer than run: those of a revision that another one takes the place of.
    const parts =
      running > desired ? [`${running} running`, `${running - desired} to stop`] : [`${running} of ${desired} running`];
    if (pending > 0) parts.push(`${pending} pending`);
    if (failed > 0) parts.push(paint.red(`${failed} failed`));
    return `${revision} ${parts.join(", ")}`;
  });
  const healthy = Object.entries(targets).map(([state, number]) => `${number} ${state}`);
  return `tasks: ${tasks.join("; ")}${healthy.length > 0 ? `; targets: ${healthy.join(", ")}` : ""}`;
}

/** A finding whose commands can be pasted. */
export const withCommands = <Told extends { readonly fix?: string | undefined }>(
  told: Told,
  flags: CommonFlags,
): Told => (told.fix === undefined ? told : { ...told, fix: pasted(told.fix, flags) });

/** What went wrong, what to do, and what that was concluded from. */
export function printFinding(terminal: Terminal, { what, fix, evidence }: Finding): void {
  terminal.line();
  terminal.line(`${paint.red("Cause:")} ${what}`, "failure");
  terminal.line(`${paint.bold("To do:")} ${fix}`, "failure");
  for (const line of evidence) terminal.line(paint.dim(`  ${line}`), "failure");
}
