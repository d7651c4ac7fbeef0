import { answeredAt } from "./log.ts";
import { Stopped, type LiveTarget } from "./live-target.ts";
import { STEPS, teardown, type Life, type Step } from "./steps.ts";

/** What became of a step. */
export interface StepRecord {
  readonly name: string;
  readonly title: string;
  readonly outcome: "done" | "skipped" | "failed" | "stopped";
  /** Why, where it was not done. */
  readonly why: string | undefined;
  /** Milliseconds of the target's clock that its commands took. */
  readonly ms: number;
}

/** Told of a step that begins, and of one that has ended. */
export interface Telling {
  began(step: Step): void;
  ended(record: StepRecord): void;
}

/** Carries a step out; what goes wrong in it is in its record. */
export async function runStep(step: Step, life: Life, tell: Telling): Promise<StepRecord> {
  tell.began(step);
  life.target.begin(step.name);
  const { name, title } = step;
  let ended: Pick<StepRecord, "outcome" | "why">;
  try {
    const why = (await step.run(life)) ?? undefined;
    ended = why === undefined ? { outcome: "done", why } : { outcome: "skipped", why };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ended = { outcome: error instanceof Stopped || life.target.stop.aborted ? "stopped" : "failed", why };
  }
  const record = { name, title, ...ended, ms: timeOf(life.target, name) };
  tell.ended(record);
  return record;
}

/** From the first call of a step to its last answer, on the clock of its target. */
function timeOf({ calls }: LiveTarget, name: string): number {
  const own = calls.filter(({ step }) => step === name);
  const [first] = own;
  if (!first) return 0;
  const ends = own.map(answeredAt);
  return Math.max(...ends) - Math.min(...own.map((call) => answeredAt(call) - call.ms));
}

/**
 * Lives the life of a stack to its end: the steps until one fails or the target is told to stop, and then, whatever happened, the teardown, for
 * which `last` is the target's only way to be stopped.
 */
export async function runLife(life: Life, tell: Telling, last: AbortSignal): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  try {
    for (const step of STEPS) {
      const record = await runStep(step, life, tell);
      records.push(record);
      if (record.outcome === "failed" || record.outcome === "stopped") break;
    }
  } finally {
    life.target.stop = last;
    records.push(await runStep(teardown, life, tell));
  }
  return records;
}
