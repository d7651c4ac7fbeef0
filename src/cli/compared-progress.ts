import type { ActionProgress, Run, RunAction, RunProgress } from "../../state/state.ts";
import type { Answer } from "./answers/answer.ts";
import { headOf, LEAST, MOST, partOf, signedDuration } from "./compared-runs.ts";
import { count, duration } from "./words.ts";

/** What a command and an address have for the run in progress. */
export const NOW = "now";

export type ComparedProgress = Answer<"comparedProgress">;
export type ProgressPair = ComparedProgress["actions"][number];
type Current = NonNullable<ProgressPair["current"]>;

/** Where an action of the run in progress is, as far as it matters for a comparison with one that is over. */
export const isGoing = ({ current }: ProgressPair): boolean =>
  current?.state === "running" || current?.state === "waiting";
export const isToCome = ({ current }: ProgressPair): boolean => current?.state === "pending";

/** A run of the history beside the one in progress: what takes longer in which, how far each is, and what is still to come. */
export function comparedProgress(past: Run, progress: RunProgress): ComparedProgress {
  const { elapsed, verb, who, since, target, isAlive, secondsLeft, done, all, calls } = progress;
  const unpaired = [...past.actions];
  const take = (isMeant: (one: RunAction) => boolean): RunAction | undefined => {
    const at = unpaired.findIndex(isMeant);
    return at < 0 ? undefined : unpaired.splice(at, 1)[0];
  };
  // A replacement has two rows of one resource: what is done alike is paired first.
  const rows = rowsOf(progress).map((row) => ({
    row,
    same: take(({ id, action }) => id === row.id && action === row.action),
  }));
  const actions = [
    ...rows.map(({ row, same }) => pairOf(row, elapsed, same ?? take(({ id }) => id === row.id))),
    ...unpaired.map((one): ProgressPair => ({ id: one.id, type: one.type, past: partOf(one) })),
  ];
  const then = pastThen(past, elapsed);
  return {
    past: headOf(past),
    current: {
      verb,
      who,
      since,
      target,
      isAlive,
      seconds: elapsed / 1000,
      secondsLeft: isAlive ? secondsLeft : 0,
      done,
      all,
      calls,
    },
    ...(then && { pastThen: then }),
    actions: actions.toSorted((a, b) => Number(isGoing(b)) - Number(isGoing(a)) || weightOf(b) - weightOf(a)),
  };
}

/** The actions of a run; of a release, its stages. */
function rowsOf({ actions, stages }: RunProgress): ActionProgress[] {
  return [
    ...actions,
    ...stages.map(({ stage, status, started, ended }): ActionProgress => {
      const state = status === "Succeeded" ? "done" : status === "InProgress" ? "running" : "failed";
      return { id: stage, type: "stage", action: "stage", state, started, ended };
    }),
  ];
}

function pairOf(row: ActionProgress, elapsed: number, past: RunAction | undefined): ProgressPair {
  const { id, type, action, state, started, ended } = row;
  const ms = started === undefined ? undefined : Math.max(0, (ended ?? elapsed) - started);
  const current: Current = { action, state, ...(ms === undefined ? {} : { ms }) };
  const by = past === undefined || ms === undefined ? undefined : ms - past.ms;
  // One that goes on has not taken less time yet.
  const isOpen = by === undefined || (ended === undefined && by < 0);
  return {
    id,
    type,
    ...(past && { past: partOf(past) }),
    current,
    ...(isOpen ? {} : { difference: by }),
  };
}

const weightOf = ({ difference, past, current }: ProgressPair): number =>
  difference === undefined ? (past?.ms ?? current?.ms ?? 0) : Math.abs(difference);

/** How far a run of the history was so many milliseconds after its first action began; `undefined` if its times are not recorded. */
function pastThen({ actions }: Run, elapsed: number): ComparedProgress["pastThen"] {
  const ends = actions.flatMap(({ from, ms }) => (from === undefined ? [] : [{ from, to: from + ms }]));
  if (ends.length === 0) return undefined;
  const start = Math.min(...ends.map(({ from }) => from));
  const end = Math.max(...ends.map(({ to }) => to)) - start;
  return {
    done: ends.filter(({ to }) => to - start <= elapsed).length,
    all: actions.length,
    secondsLeft: Math.max(0, end - elapsed) / 1000,
  };
}

/** How far the run of the history was after as long a time, in a sentence; nothing where that is not known. */
export function thenSentence({ past, current, pastThen: then }: ComparedProgress): string | undefined {
  if (!then) return undefined;
  const far = `After ${duration(current.seconds * 1000)}, run ${past.number} had done ${then.done} of its ${count(then.all, "action")}`;
  return then.secondsLeft === 0 ? `${far}.` : `${far}, and needed ${duration(then.secondsLeft * 1000)} more.`;
}

/** What an action of the run in progress has come to, in words: `create, waiting for 3 min 12 s`. */
export function currentText({ action, state, ms = 0 }: Current): string {
  if (state === "pending") return `${action}, not begun`;
  if (state === "running" || state === "waiting") return `${action}, ${state} for ${duration(ms)}`;
  return state === "done" ? `${action}, ${duration(ms)}` : `${action} ${state}, ${duration(ms)}`;
}

/** What it came to in the run of the history. */
export const pastText = ({ action, outcome, ms }: NonNullable<ProgressPair["past"]>): string =>
  `${action}${outcome === "done" ? "" : ` ${outcome}`}, ${duration(ms)}`;

/** The comparison in lines. */
export function progressComparisonLines(comparison: ComparedProgress): string[] {
  const { past, current, actions } = comparison;
  const both = actions.filter((one) => one.past && one.current);
  const going = actions.filter(isGoing);
  const differing = both.filter((one) => !isGoing(one) && !isToCome(one) && Math.abs(one.difference ?? 0) >= LEAST);
  const then = thenSentence(comparison);
  return [
    ...(then === undefined ? [] : [then]),
    ...linesOf(current.isAlive ? "In progress" : "In progress when it died", going, past.number),
    ...linesOf("Took longer or less time", differing, past.number),
    ...namesLine(
      current.isAlive ? "Still to come" : "Not begun",
      actions.filter(isToCome).map(({ id }) => id),
    ),
    ...namesLine(
      "Only in the run in progress",
      actions.filter((one) => !one.past).map(({ id }) => id),
    ),
    ...namesLine(
      `Only in run ${past.number}`,
      actions.filter((one) => !one.current).map(({ id }) => id),
    ),
    `${count(current.calls, "API call")} so far, ${past.calls} in run ${past.number}`,
  ];
}

function linesOf(title: string, pairs: readonly ProgressPair[], number: number): string[] {
  if (pairs.length === 0) return [];
  const more = pairs.length - MOST;
  return [
    `${title}:`,
    ...pairs.slice(0, MOST).map(({ id, past, current, difference }) => {
      const by = (difference === undefined ? "" : signedDuration(difference)).padStart(13);
      const before = past ? `; in run ${number}: ${pastText(past)}` : "";
      return `  ${by}  ${id}: ${current ? currentText(current) : ""}${before}`;
    }),
    ...(more > 0 ? [`  ${more} more`] : []),
  ];
}

const namesLine = (title: string, ids: readonly string[]): string[] =>
  ids.length === 0
    ? []
    : [`${title}: ${ids.slice(0, MOST).join(", ")}${ids.length > MOST ? ` and ${ids.length - MOST} more` : ""}`];
