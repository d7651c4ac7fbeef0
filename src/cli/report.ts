import type { Applied } from "../engine/apply.ts";
import { criticalPath, type CriticalPathStep } from "../engine/critical-path.ts";
import { isLeft, type Action, type ActionName, type Plan } from "../engine/action.ts";
import type { Outcome } from "../engine/schedule.ts";
import type { CommonFlags } from "./context.ts";
import { explained } from "./failure.ts";
import { effortOf, identityOf, type Session } from "./session.ts";
import type { TargetName } from "./target.ts";
import type { OutputValue } from "./outputs-of.ts";
import { paint, type Terminal } from "./terminal.ts";
import { count, DOING, DONE, duration } from "./words.ts";

/** What became of one action. */
export interface ActionReport {
  readonly id: string;
  readonly type: string;
  readonly action: ActionName;
  /**
   * `pending` in a plan; `unchanged` if there was nothing to do; `skipped` if it was not started; `stopped` if it was in progress
   * when the run was told to stop, and was not waited for; `in-progress` if all calls are made, and nothing was to be waited for (`--no-wait`).
   */
  readonly outcome: "pending" | "done" | "unchanged" | "failed" | "skipped" | "stopped" | "in-progress";
  readonly ms: number;
  /** Milliseconds from the run's start to its own; missing where it was not started. */
  readonly from?: number;
  /** Milliseconds until its calls had returned, where it waited after that. */
  readonly callMs?: number;
  /** How many seconds it usually takes, where it is in progress. */
  readonly usual?: number;
  /** It is only no longer in the state: the account keeps it. */
  readonly left?: true;
  /** What AWS said, and what to do, where it failed; why not, where it was skipped. */
  readonly error?: string;
  /** What its update found and did otherwise than planned. */
  readonly notes?: readonly string[];
}

/** How many actions of each sort came to an end. */
export type Summary = Readonly<
  Record<"created" | "updated" | "replaced" | "adopted" | "deleted" | "unchanged" | "failed", number> & {
    /** Only taken out of the state; missing if there is none. */
    left?: number;
    /** Not waited for; missing if there is none. */
    inProgress?: number;
  }
>;

/** What a run did, as `--json` prints it. */
export interface Report {
  readonly stack: string;
  readonly env: string;
  readonly target: TargetName;
  readonly account: string;
  readonly region: string;
  readonly summary: Summary;
  readonly actions: readonly ActionReport[];
  /** The actions that one after the other decided how long the run took. */
  readonly chain: readonly CriticalPathStep[];
  readonly outputs: Readonly<Record<string, OutputValue>>;
  readonly calls: number;
  /** How many of them repeated a call that had not got through. */
  readonly retries: number;
  readonly seconds: number;
  readonly clock: "virtual" | "real";
}

/** What a plan came to. */
export function reportOf<Services>(
  session: Session,
  plan: Plan<Services>,
  applied: Applied<Services>,
  outputs: Record<string, OutputValue>,
): Report {
  const actions = plan.actions.map((planned): ActionReport => {
    const { id, kind, action } = planned;
    const tasks = applied.tasks.filter((task) => task.action.id === id);
    const outcomes = tasks.flatMap(({ key }) => applied.outcomes.get(key) ?? []);
    const notes = applied.notes.get(id);
    return {
      id,
      type: kind.type,
      action,
      ...endOf(action, outcomes, session.flags),
      ...timesOf(action, outcomes, session.connection.startedAt),
      ...usualOf(planned, outcomes),
      ...(isLeft(planned) && { left: true }),
      ...(notes ? { notes } : {}),
    };
  });
  return {
    ...identityOf(session),
    summary: summaryOf(actions),
    actions,
    chain: criticalPath(applied.tasks, applied.outcomes),
    outputs,
    ...effortOf(session),
  };
}

/** When it was started and how long its calls took; a replacement, of several parts, waits in between. */
function timesOf(action: ActionName, outcomes: readonly Outcome[], since: number): { from?: number; callMs?: number } {
  const starts = outcomes.flatMap(({ startedAt }) => startedAt ?? []);
  if (starts.length === 0 || (action === "noop" && outcomes.every(({ state }) => state === "done"))) return {};
  const [{ startedAt = 0, createdAt = 0, doneAt = 0 } = {}, ...more] = outcomes;
  return {
    from: Math.min(...starts) - since,
    ...(more.length === 0 && createdAt > startedAt && createdAt < doneAt && { callMs: createdAt - startedAt }),
  };
}

function usualOf<Services>({ action, kind }: Action<Services>, outcomes: readonly Outcome[]): { usual?: number } {
  const { ready, consistent, gone } = kind.timing ?? {};
  const usual = action === "delete" ? gone : (ready ?? consistent);
  return usual === undefined || !outcomes.some(({ state }) => state === "in-progress") ? {} : { usual };
}

function endOf(
  action: ActionName,
  outcomes: readonly Outcome[],
  flags: CommonFlags,
): Pick<ActionReport, "outcome" | "ms" | "error"> {
  const starts = outcomes.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = outcomes.flatMap(({ doneAt }) => doneAt ?? []);
  const ms = starts.length > 0 && ends.length > 0 ? Math.max(...ends) - Math.min(...starts) : 0;
  const failed = outcomes.find(({ state }) => state === "failed");
  if (failed) {
    const { what, advice } = explained(failed.error, flags);
    return { outcome: "failed", ms, error: advice === undefined ? what : `${what} ${advice}` };
  }
  for (const state of ["stopped", "skipped", "in-progress"] as const) {
    const found = outcomes.find((outcome) => outcome.state === state);
    if (found) return { outcome: state, ms, ...(found.why === undefined ? {} : { error: found.why }) };
  }
  return { outcome: action === "noop" ? "unchanged" : "done", ms };
}

/** Counts the actions by how they ended; what was skipped was not done, so it is in none of them but `actions`. */
export function summaryOf(actions: readonly ActionReport[]): Summary {
  const ended = actions.filter(({ outcome }) => outcome === "done" || outcome === "unchanged");
  const of = (action: ActionName) => ended.filter((one) => one.action === action && !one.left).length;
  const left = ended.filter((one) => one.left).length;
  const inProgress = actions.filter(({ outcome }) => outcome === "in-progress").length;
  return {
    created: of("create"),
    updated: of("update"),
    replaced: of("replace"),
    adopted: of("adopt"),
    deleted: of("delete"),
    ...(left > 0 && { left }),
    ...(inProgress > 0 && { inProgress }),
    unchanged: of("noop"),
    failed: actions.filter(({ outcome }) => outcome === "failed").length,
  };
}

/** Whether everything that was planned was done, or goes on by itself. */
export const isWhole = ({ actions }: Pick<Report, "actions">) =>
  actions.every(({ outcome }) => outcome === "done" || outcome === "unchanged" || outcome === "in-progress");

/** Tells a person what a run came to: what was done, what was not and why, and where the time went. */
export function printReport(terminal: Terminal, report: Report): void {
  const failed = report.actions.filter(({ outcome }) => outcome === "failed");
  const skipped = report.actions.filter(({ outcome }) => outcome === "skipped");
  const stopped = report.actions.filter(({ outcome }) => outcome === "stopped");
  terminal.line();
  for (const { id, type, action, error } of failed)
    terminal.line(`${paint.red("Failed:")} ${DOING[action]} ${type} ${id}: ${error}`, "failure");
  for (const { id, notes = [] } of report.actions)
    for (const note of notes) terminal.line(`${paint.yellow("Note:")} ${id}: ${note}`);
  if (stopped.length > 0) terminal.line(`Still in progress: ${stopped.map(({ id }) => id).join(", ")}.`, "failure");
  if (skipped.length > 0) {
    terminal.line(`Skipped: ${skipped.map(({ id }) => id).join(", ")}.`, "failure");
    terminal.line(`  Reason: ${skipped[0]?.error}.`, "failure");
  }
  const { summary } = report;
  const numbers = Object.entries(summary).filter(([, number]) => number > 0);
  const all =
    numbers.map(([word, number]) => `${number} ${word === "inProgress" ? "in progress" : word}`).join(", ") ||
    "nothing to do";
  const clock = report.clock === "virtual" ? " of simulated time" : "";
  const head = isWhole(report) ? paint.green("Done") : paint.red("Partially done");
  const repeated = report.retries > 0 ? `, ${report.retries} retried` : "";
  const calls = `${count(report.calls, "API call")}${repeated}`;
  terminal.line(`${head} in ${duration(report.seconds * 1000)}${clock}: ${all}; ${calls}.`, "result");
  if (!isWhole(report)) terminal.line("No progress is lost: the next run continues from here.", "failure");
  for (const line of chainLines(report.chain)) terminal.line(line);
}

/** Tells what a run has not waited for, and how to. */
export function printInProgress(terminal: Terminal, { actions }: Pick<Report, "actions">, wait: string): void {
  const going = actions.filter(({ outcome }) => outcome === "in-progress");
  if (going.length === 0) return;
  terminal.line("All calls are made. Still in progress:", "result");
  for (const { id, action, usual } of going) {
    const time = usual === undefined ? "" : `, which usually takes ${duration(usual * 1000)}`;
    terminal.line(`  ${DOING[action]} ${id}${time}`, "result");
  }
  terminal.line(`To wait for it: ${wait}`, "result");
}

/** Chains shorter than this many milliseconds are not worth a word. */
const WORTH_TELLING = 5_000;

/** A step as the state's history has it too. */
type Step = Omit<CriticalPathStep, "action"> & { readonly action: string };

const DONE_TO: Readonly<Record<string, string>> = { ...DONE, noop: "waited for" };

/** The critical path, line by line; nothing where it is not worth a word. */
export function chainLines(chain: readonly Step[]): string[] {
  const [first] = chain;
  const last = chain.at(-1);
  if (!first || !last || last.to - first.from < WORTH_TELLING) return [];
  const steps = chain.map(
    ({ id, action, from, to, waitedFor }) =>
      `  ${duration(to - from).padStart(12)}  ${DONE_TO[action] ?? action} ${id}${waitedFor === "call" ? "" : `, waited until ${waitedFor}`}`,
  );
  return [`Critical path, ${duration(last.to - first.from)}:`, ...steps];
}
