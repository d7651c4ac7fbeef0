// Amazon S3 user guide, "Amazon S3 Event Notifications": "designed to be delivered at least once. Typically, event notifications are delivered
// in seconds but can sometimes take a minute or longer"; "Enabling Amazon EventBridge": "After you enable EventBridge, it takes around five
// minutes for the changes to take effect". Events that were lost altogether are reported of every at-least-once delivery that is not
// acknowledged by its target.
import { createHash } from "node:crypto";
import { at, earliest } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { deliver, type SimEvent } from "./deliver.ts";

interface Queued {
  at: number;
  event: SimEvent;
}

/** The fate of an event, if it is not left to chance: tests of an event's consequences need it delivered promptly. */
export type Fate = "prompt" | "late" | "twice" | "lost";

const queue = (sim: Sim) => sim.table<Queued>("~events.queue");
/** The fate that every event has, where it is not left to chance. */
const fateSet = (sim: Sim) => sim.global<{ fate?: Fate }>("~events.delivery")["all"]?.fate;

/** Whether every event is handed on once and at once. */
export const isPrompt = (sim: Sim): boolean => fateSet(sim) === "prompt";

/** Milliseconds. */
const PROMPT = 1_000;
const LATE = 75_000;

/** Tells EventBridge of something; when it is handed on, and how often, depends on `name` alone, so that nothing else changes by it. */
export function tellEventBridge(sim: Sim, name: string, event: SimEvent): void {
  const digest = createHash("sha256").update(name).digest();
  const [luck = 0, again = 0, spread = 0] = digest;
  const put = (delay: number, times: string) => {
    queue(sim)[`${name} ${times}`] = { at: sim.now + delay, event };
  };
  const fate = fateSet(sim) ?? fateOf(luck, again);
  if (fate === "prompt") return put(PROMPT + (fateSet(sim) ? 0 : spread * 12), "once");
  if (fate === "lost") return;
  put(fate === "late" ? LATE + spread * 300 : PROMPT + spread * 12, "once");
  if (fate === "twice") put(PROMPT + 2_000 + spread * 250, "twice");
}

/** Of 256 events some 8 are lost, some 24 come late and some 24 twice. */
function fateOf(luck: number, again: number): Fate {
  if (luck < 8) return "lost";
  if (luck < 32) return "late";
  return again < 24 ? "twice" : "prompt";
}

/** When the next event is handed on. */
export const nextEvent = (sim: Sim): number => earliest(queue(sim), (queued) => queued.at);

/** Hands on what is due. */
export function deliverDue(sim: Sim): void {
  const due = Object.entries(queue(sim)).filter(([, queued]) => queued.at <= sim.now);
  for (const [name, queued] of due.toSorted(([, one], [, other]) => one.at - other.at)) {
    delete queue(sim)[name];
    deliver(at(sim, queued.at), queued.event);
  }
}
