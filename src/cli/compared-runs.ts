import type { Run, RunAction } from "../../state/state.ts";
import type { Answer } from "./answers/answer.ts";
import { count, duration } from "./words.ts";

export type ComparedRuns = Answer<"comparedRuns">;
type Compared = ComparedRuns["actions"][number];

/** Two runs side by side: what took longer in which, what only one of them did, and their calls. */
export function comparedRuns(first: Run, second: Run): ComparedRuns {
  const ofSecond = new Map(second.actions.map((action) => [action.id, action]));
  const ofFirst = new Set(first.actions.map(({ id }) => id));
  const actions = [
    ...first.actions.map((action): Compared => pairOf(action, ofSecond.get(action.id))),
    ...second.actions.filter(({ id }) => !ofFirst.has(id)).map((action): Compared => pairOf(undefined, action)),
  ];
  const weight = ({ difference, first: one, second: other }: Compared) =>
    difference === undefined ? ((one ?? other)?.ms ?? 0) : Math.abs(difference);
  const names = [...new Set([...Object.keys(first.calls), ...Object.keys(second.calls)])];
  const calls = names.map((call) => ({ call, first: first.calls[call] ?? 0, second: second.calls[call] ?? 0 }));
  return {
    first: headOf(first),
    second: headOf(second),
    ...(first.seconds === undefined || second.seconds === undefined
      ? {}
      : { difference: Math.round((second.seconds - first.seconds) * 100) / 100 }),
    actions: actions.toSorted((a, b) => weight(b) - weight(a)),
    calls: calls.toSorted((a, b) => Math.abs(b.second - b.first) - Math.abs(a.second - a.first)),
  };
}

function pairOf(first: RunAction | undefined, second: RunAction | undefined): Compared {
  const { id = "", type = "" } = first ?? second ?? {};
  return {
    id,
    type,
    ...(first && { first: partOf(first) }),
    ...(second && { second: partOf(second) }),
    ...(first && second && { difference: second.ms - first.ms }),
  };
}

export const partOf = ({ action, outcome, ms }: RunAction) => ({ action, outcome, ms });

/** What is told of a run of the history at the top of a comparison. */
export function headOf({ number, when, who, verb, target, outcome, seconds, calls }: Run): ComparedRuns["first"] {
  const all = Object.values(calls).reduce((sum, times) => sum + times, 0);
  return { number, when, who, verb, target, outcome, ...(seconds === undefined ? {} : { seconds }), calls: all };
}

/** Differences that are shown in a terminal, and from how many milliseconds on. */
export const [MOST, LEAST] = [20, 500];

/** The comparison in lines. */
export function comparedLines({ first, second, difference, actions, calls }: ComparedRuns): string[] {
  const both = actions.filter((one) => one.first && one.second);
  const slower = both.filter((one) => Math.abs(one.difference ?? 0) >= LEAST);
  const [shown, more] = [slower.slice(0, MOST), slower.length - MOST];
  const named = (which: "first" | "second", other: "first" | "second") =>
    actions.filter((one) => one[which] && !one[other]).map((one) => one.id);
  const only = ([run, ids]: readonly [number, readonly string[]]) =>
    ids.length === 0
      ? []
      : [
          `Only in run ${run}: ${ids.slice(0, MOST).join(", ")}${ids.length > MOST ? ` and ${ids.length - MOST} more` : ""}`,
        ];
  const changed = calls.filter((call) => call.first !== call.second).slice(0, MOST);
  const total = `${count(first.calls, "API call")} in run ${first.number}, ${second.calls} in run ${second.number} (${signedNumber(second.calls - first.calls)})`;
  return [
    difference === undefined
      ? "How long they took is not known of both."
      : Math.abs(difference) < 0.01
        ? "Both took the same time."
        : `Run ${second.number} took ${duration(Math.abs(difference) * 1000)} ${difference > 0 ? "longer" : "less"} than run ${first.number}.`,
    ...shown.map(
      (one) =>
        `  ${signedDuration(one.difference ?? 0).padStart(13)}  ${one.id}: ${partText(one.first)}, then ${partText(one.second)}`,
    ),
    ...(more > 0 ? [`  ${count(more, "more difference")} of less time`] : []),
    ...(
      [
        [first.number, named("first", "second")],
        [second.number, named("second", "first")],
      ] as const
    ).flatMap(only),
    `${total}${changed.length === 0 ? "" : `: ${changed.map((call) => `${call.call} ${call.first} -> ${call.second}`).join(", ")}`}`,
  ];
}

const partText = (part: Compared["first"]): string =>
  part === undefined ? "" : `${part.action}${part.outcome === "done" ? "" : ` ${part.outcome}`} ${duration(part.ms)}`;

/** `+1 min 05 s`, `-300 ms`. */
export const signedDuration = (ms: number): string => `${ms < 0 ? "-" : "+"}${duration(Math.abs(ms))}`;

/** `+3`, `-12`, `±0`. */
export const signedNumber = (number: number): string => (number === 0 ? "±0" : `${number < 0 ? "" : "+"}${number}`);
