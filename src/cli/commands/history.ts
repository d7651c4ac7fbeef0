import { answerView } from "../answer-view.ts";
import { answerJson } from "../answers/answer.ts";
import type { Run } from "../../../state/state.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { realClock } from "../../clock.ts";
import { comparedProgress, NOW, progressComparisonLines } from "../compared-progress.ts";
import { comparedLines, comparedRuns } from "../compared-runs.ts";
import { paste } from "../paste.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { paint } from "../terminal.ts";
import { count, duration } from "../words.ts";
import { comparisonFile, progressFile, runFile } from "../../page/files.tsx";
import { demandWritable } from "../plan-file/format.ts";
import { progressLine } from "../progress-text.ts";
import { chainLines } from "../report.ts";
import { runView } from "../run-view.ts";
import { writePage } from "../write-page.ts";
import { inState, type Opened } from "./state/open.ts";

export interface HistoryFlags extends CommonFlags {
  /** How many, the latest first. */
  readonly limit: number;
  /** The file that a run is written to as a page. */
  readonly html?: string;
  /** No flag for users: answer with what the console shows of a run. */
  readonly view?: boolean;
}

/** All that are kept. */
const ALL = 200;

/** The runs that are meant, by their numbers: none, one, or one and another to compare it with. */
export interface RunNumbers {
  readonly number?: number | undefined;
  /** `now`: the run in progress. */
  readonly other?: number | typeof NOW | undefined;
}

/** Lists the latest runs, shows all of the one with that number, or two side by side, of which one may be in progress. */
export async function history({ number, other }: RunNumbers, flags: HistoryFlags, context: CliContext): Promise<Exit> {
  if (flags.html !== undefined) {
    if (number === undefined)
      throw new UsageError(`--html is for one run: name its number. To list the runs: ${paste(flags, "history")}`);
    await demandWritable(context, flags.html, "--html");
  }
  return inState(flags, context, (opened) => {
    if (number === undefined) return list(flags, opened);
    if (other === NOW) return compareNow(number, flags, opened);
    return other === undefined ? show(number, flags, opened) : compare(number, other, flags, opened);
  });
}

async function list({ limit, json, view }: HistoryFlags, { store, terminal }: Opened): Promise<Exit> {
  const runs = await store.runs(limit);
  if (view) {
    const progress = await store.progress();
    answerView(terminal, { runs, ...(progress && { progress }) });
    return EXIT.done;
  }
  if (json) answerJson(terminal, "pastRuns", runs);
  else if (runs.length === 0) terminal.line(`No runs are recorded next to ${store.where} yet.`);
  else for (const run of runs) terminal.line(`${lineOf(run)}${causeOf(run)}`);
  return EXIT.done;
}

/** The run with that number. Throws `UsageError` if there is none. */
function runIn(runs: readonly Run[], number: number, flags: HistoryFlags, { store }: Opened): Run {
  const run = runs.find((one) => one.number === number);
  if (run) return run;
  throw new UsageError(
    `There is no run ${number} next to ${store.where}. To list the runs: ${paste(flags, "history")}`,
  );
}

async function compare(number: number, other: number, flags: HistoryFlags, opened: Opened): Promise<Exit> {
  const { stack, store, terminal } = opened;
  const runs = await store.runs(ALL);
  const [first, second] = [runIn(runs, number, flags, opened), runIn(runs, other, flags, opened)];
  const comparison = comparedRuns(first, second);
  const name = `${stack.name} ${stack.environment}`;
  if (flags.html !== undefined) await writePage(opened, flags.html, comparisonFile({ stack: name, comparison }));
  if (flags.json) answerJson(terminal, "comparedRuns", comparison);
  else for (const line of [lineOf(first), lineOf(second), ...comparedLines(comparison)]) terminal.line(line);
  return EXIT.done;
}

async function compareNow(number: number, flags: HistoryFlags, opened: Opened): Promise<Exit> {
  const { stack, store, terminal } = opened;
  const past = runIn(await store.runs(ALL), number, flags, opened);
  const progress = await store.progress();
  if (!progress)
    throw new UsageError(
      `No run is in progress next to ${store.where}. To compare run ${number} with one of the history, list them: ${paste(flags, "history")}`,
    );
  const comparison = comparedProgress(past, progress);
  const name = `${stack.name} ${stack.environment}`;
  if (flags.html !== undefined) await writePage(opened, flags.html, progressFile({ stack: name, comparison }));
  if (flags.json) answerJson(terminal, "comparedProgress", comparison);
  else {
    terminal.line(lineOf(past));
    terminal.line(
      `${progress.isAlive ? paint.yellow("…") : SIGNS.died}  ${NOW}  ${progressLine(progress, realClock.now(), (verb, ...words) => paste(flags, verb, ...words))}`,
    );
    for (const line of progressComparisonLines(comparison)) terminal.line(line);
  }
  return EXIT.done;
}

async function show(number: number, flags: HistoryFlags, opened: Opened): Promise<Exit> {
  const { store, terminal } = opened;
  const run = runIn(await store.runs(ALL), number, flags, opened);
  if (flags.html !== undefined) await writePage(opened, flags.html, runFile(await runView(opened.stack, run)));
  if (flags.view) {
    answerView(terminal, await runView(opened.stack, run));
    return EXIT.done;
  }
  if (flags.json) {
    answerJson(terminal, "pastRun", run);
    return EXIT.done;
  }
  terminal.line(lineOf(run));
  if (run.error !== undefined) terminal.line(`  ${run.error}`);
  for (const { id, type, action, outcome, ms, error } of run.actions)
    terminal.line(`  ${action} ${type} ${id}: ${outcome}, ${duration(ms)}${error === undefined ? "" : `: ${error}`}`);
  if (run.outcome === "died") return EXIT.done;
  for (const line of chainLines(run.chain ?? [])) terminal.line(`  ${line}`);
  const calls = Object.entries(run.calls).toSorted(([, a], [, b]) => b - a);
  const all = calls.reduce((sum, [, times]) => sum + times, 0);
  terminal.line(`  ${count(all, "API call")}: ${calls.map(([name, times]) => `${name} ${times}`).join(", ")}`);
  return EXIT.done;
}

/** Characters of a cause that a list has room for. */
const MOST = 160;

/** Why a run in a list failed, in its first sentence. */
function causeOf({ outcome, error, actions }: Run): string {
  const why = outcome === "partly" ? actions.find((action) => action.error !== undefined)?.error : error;
  if (why === undefined || outcome === "done" || outcome === "died") return "";
  const [first = ""] = why.split(/(?<=\.)\s/, 1);
  return `: ${first.length > MOST ? `${first.slice(0, MOST - 1)}…` : first}`;
}

const SIGNS: Readonly<Record<Run["outcome"], string>> = {
  done: paint.green("✓"),
  partly: paint.red("✗"),
  failed: paint.red("✗"),
  declined: "·",
  died: paint.red("✗"),
};

function lineOf({ number, when, who, verb, target, outcome, summary, seconds }: Run): string {
  const numbers = Object.entries(summary).filter(([, times]) => times > 0);
  const what = numbers.map(([word, times]) => `${times} ${word}`).join(", ");
  return `${SIGNS[outcome]} ${String(number).padStart(4)}  ${when}  ${who}  ${verb} (${target}): ${outcome}${what === "" ? "" : `: ${what}`}${seconds === undefined ? "" : `, ${duration(seconds * 1000)}`}`;
}
