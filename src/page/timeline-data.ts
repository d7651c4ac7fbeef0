// What a timeline is drawn from: the same for a run that goes on and for one of the history.
import { aboutSeconds, duration } from "../cli/words.ts";
import type { Answer } from "../cli/answers/answer.ts";
import type { TimelineData, TimelineRow } from "./data.ts";

type PastRun = Answer<"pastRun">;
type LiveRun = NonNullable<Answer<"status">["progress"]>[number];

/** The timeline of a run of the history; `undefined` of one whose times are not recorded, or that has done nothing. */
export function pastTimeline({ actions, chain = [] }: Pick<PastRun, "actions" | "chain">): TimelineData | undefined {
  const begun = actions.flatMap(({ from, ms }) => (from === undefined ? [] : [{ from, to: from + ms }]));
  const [first] = begun;
  if (!first) return undefined;
  const start = Math.min(...begun.map(({ from }) => from));
  const critical = new Set(chain.map(({ id, action }) => `${action} ${id}`));
  const rows = actions.map(({ id, type, action, outcome, ms, from, callMs, error }): TimelineRow => {
    const isCritical = critical.has(`${action} ${id}`);
    const what = {
      id,
      type,
      action,
      state: stateOf(outcome),
      isCritical,
      ...(error === undefined ? {} : { text: error }),
    };
    if (from === undefined) return what;
    const at = from - start;
    return { ...what, from: at, to: at + ms, ...(callMs === undefined ? {} : { called: at + callMs }) };
  });
  return { rows, length: Math.max(1, ...begun.map(({ to }) => to - start)) };
}

/** The timeline of a run that goes on, or died: to where it was when it last said so. */
export function liveTimeline(run: LiveRun): TimelineData {
  const { actions, stages, elapsed, secondsLeft, isAlive, held } = run;
  const rows = [
    ...actions.map((action) => liveRow(action, elapsed)),
    ...stages.map((stage) => stageRow(stage, elapsed)),
  ];
  const left = isAlive ? secondsLeft * 1000 : 0;
  const ends = rows.map(({ to = 0, expected = 0 }) => Math.max(to, isAlive ? expected : 0));
  return {
    rows,
    length: Math.max(1, elapsed + left, ...ends),
    ...(isAlive ? { now: elapsed } : {}),
    ...(held === undefined ? {} : { held }),
    ...(run.waitsFor === undefined ? {} : { waitsFor: run.waitsFor }),
  };
}

function liveRow(action: LiveRun["actions"][number], elapsed: number): TimelineRow {
  const { id, type, state, started, waited, ended, waitsFor, status, usual, note, error } = action;
  const isWaiting = state === "waiting";
  const wait = isWaiting
    ? [
        `waiting until ${waitsFor ?? "ready"} for ${duration(elapsed - (waited ?? elapsed))}`,
        ...(status === undefined ? [] : [status]),
        ...(usual === undefined ? [] : [`usually ${aboutSeconds(usual).replace("about ", "")}`]),
      ].join(", ")
    : undefined;
  const text = error ?? note ?? wait;
  return {
    id,
    type,
    action: action.action,
    state,
    isCritical: false,
    ...(text === undefined ? {} : { text: wait !== undefined && text !== wait ? `${wait}. ${text}` : text }),
    ...(started === undefined ? {} : { from: started, to: ended ?? elapsed }),
    ...(waited === undefined ? {} : { called: waited }),
    ...(isWaiting && usual !== undefined ? { expected: (waited ?? elapsed) + usual * 1000 } : {}),
  };
}

function stageRow({ stage, status, started, ended }: LiveRun["stages"][number], elapsed: number): TimelineRow {
  const state = status === "Succeeded" ? "done" : status === "InProgress" ? "running" : "failed";
  const from = started ?? ended;
  return {
    id: stage,
    type: "stage",
    action: "stage",
    state,
    isCritical: false,
    ...(state === "failed" ? { text: status } : {}),
    ...(from === undefined ? {} : { from, to: ended ?? elapsed }),
  };
}

const STATES = new Set<string>(["done", "failed", "skipped", "stopped", "in-progress"]);

const isState = (outcome: string): outcome is TimelineRow["state"] => STATES.has(outcome);

/** What a run of the history says of an action. */
const stateOf = (outcome: string): TimelineRow["state"] => (isState(outcome) ? outcome : "done");
