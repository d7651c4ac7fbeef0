import type { ApprovalSubject } from "../release/events.ts";
import { comparisonOf, type Comparison } from "../release/comparison.ts";
import { sourceText } from "./release-text.ts";
import type { Session } from "./session.ts";
import { count } from "./words.ts";

/** How many files and commits are named. */
const NAMED = 8;

/** Tells what a release that waits for approval changes against what runs. That it cannot be compared keeps nobody from the answer. */
export async function tellComparison(
  session: Session,
  subject: ApprovalSubject,
  tell: (line: string) => void,
): Promise<void> {
  const { directory, refs, stop } = session;
  let lines: readonly string[];
  try {
    lines = comparisonLines(await comparisonOf(refs, subject, directory));
  } catch (error) {
    if (stop.aborted) throw error;
    lines = [`    It could not be compared with what runs: ${(error as Error).message}`];
  }
  for (const line of lines) tell(line);
}

/** A comparison in words. */
export function comparisonLines(compared: Comparison | undefined): string[] {
  if (!compared) return ["    runs     nothing that was released yet"];
  const { images, executionId, source, files, commits } = compared;
  const from = executionId === undefined ? "of none of the last releases" : `of release ${executionId}`;
  return [
    ...(images.length === 0 ? [`    runs     the images ${from}`] : images.map((image) => `    runs     ${image}`)),
    ...(images.length === 0 ? [] : [`             ${from}${source === undefined ? "" : `, ${sourceText(source)}`}`]),
    ...(files === undefined ? [] : [`    changes  ${filesText(files)}`]),
    ...(commits === undefined ? [] : commitLines(commits)),
  ];
}

function filesText(files: readonly string[]): string {
  if (files.length === 0) return "no file: the source is the same";
  const rest = files.length > NAMED ? `, and ${files.length - NAMED} more` : "";
  return `${count(files.length, "file")}: ${files.slice(0, NAMED).join(", ")}${rest}`;
}

function commitLines(commits: readonly string[]): string[] {
  const named = commits.slice(0, NAMED).map((subject) => `             ${subject}`);
  const rest = commits.length > NAMED ? [`             and ${commits.length - NAMED} more`] : [];
  return [`    commits  ${commits.length === 0 ? "none" : count(commits.length, "commit")}`, ...named, ...rest];
}
