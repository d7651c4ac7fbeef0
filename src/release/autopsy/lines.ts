import { withoutIds } from "../failures.ts";
import type { Evidence, StoppedTask, TargetSeen } from "./evidence.ts";

const LONGEST = 500;
// oxlint-disable-next-line no-control-regex -- colours of a terminal begin with a control character
const COLOURS = /\u001B\[[0-9;]*[A-Za-z]/g;

/** Text on one line, without terminal colors, truncated. */
export function oneLine(text: string): string {
  const line = text.replaceAll(COLOURS, "").replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Text as the end of a sentence. */
export function sentence(text: string): string {
  const end = oneLine(text).replace(/[\s.,:;]+$/, "");
  return /[?!]$/.test(end) ? end : `${end}.`;
}

const ERROR_WORDS =
  /\berror\b|err!|error:|exception|\bfail(ed|ure)?\b|fatal|panic|denied|cannot|can't|could not|not found|no such/i;
/** Lines that mention errors without being one. */
const NOISE = /\b(0|no) (errors?|failures?|failed)\b|complete log of this run|npm warn|\bwarn(ing)?\b/i;

/** Whether a line looks like an error message. */
export const looksLikeError = (line: string): boolean => ERROR_WORDS.test(line) && !NOISE.test(line);

/** The last line with an error, or else the last line: a failing program usually logs the reason last. */
export function lastError(lines: readonly string[]): string | undefined {
  // Stack trace lines show locations, not reasons.
  const own = lines.filter((line) => line.trim() !== "" && !/^\s+at |^\s*File "|^Node\.js v\d/.test(line));
  return own.findLast((line) => looksLikeError(line)) ?? own.at(-1);
}

/** Whether a service event reports a problem. */
export const reportsProblem = (message: string): boolean =>
  /unable|fail|unhealthy|rolling back|rolled back|error|\bstopped\b.*unexpected/i.test(message);

/** All evidence, one line each: failures first, other events last. */
export function linesOf(evidence: Evidence): string[] {
  const { action, build, deployments, events, tasks, targets, image, log, gaps } = evidence;
  return [
    ...(action ? [actionLine(action)] : []),
    ...(build ? [buildLine(build), ...build.lines] : []),
    ...tasks.slice(0, 3).map(taskLine),
    ...targets.filter(({ state }) => state !== "healthy").map(targetLine),
    ...events.filter(reportsProblem).slice(0, 8),
    ...(image?.missing === undefined ? [] : [image.missing]),
    ...gaps,
    ...log,
    ...deployments,
    ...events.filter((message) => !reportsProblem(message)),
  ];
}

/** What ECS says of tasks and targets, which repeats itself; what an application logs is left as it is. */
const OF_ECS = /^(?:task [0-9a-f]{8}: |\(service |target )/;

/** Lines without those that say the same of another task or target: the first one counts them. */
export function withoutRepeats(lines: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const line of new Set(lines)) {
    const words = OF_ECS.test(line) ? withoutIds(line) : line;
    groups.set(words, [...(groups.get(words) ?? []), line]);
  }
  return [...groups.values()].map(([first = "", ...others]) =>
    others.length === 0 ? first : `${first} (and ${others.length} more like it)`,
  );
}

export const actionLine = ({ stage, code, message, summary }: NonNullable<Evidence["action"]>): string =>
  [`${stage} failed`, code, message === "" ? summary : message].filter((part) => part !== "").join(": ");

export function buildLine({ phase, status, code, message }: NonNullable<Evidence["build"]>): string {
  return `${[phase, status].filter((part) => part !== "").join(" ")}: ${[code, message].filter((part) => part !== "").join(": ")}`;
}

export function taskLine({ id, reason, stopCode, containers }: StoppedTask): string {
  const parts = containers.flatMap(({ name, exitCode, reason: why }) => {
    const said = [
      ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
      ...(why === "" || why === reason ? [] : [why]),
    ];
    return said.length === 0 ? [] : [`container ${name}: ${said.join(", ")}`];
  });
  return [`task ${id.slice(0, 8)}: ${reason === "" ? stopCode : reason}`, ...parts].join("; ");
}

export const targetLine = ({ address, state, reason, description }: TargetSeen): string =>
  `target ${address} is ${state}: ${[reason, description].filter((part) => part !== "").join(": ")}`;
