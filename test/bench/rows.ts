// Rows on what a run grows with: the network's distance, what others have in the account, where the state is, and time. Beside each figure stands
// what it was when the work on speed began (commit dbd3247), and what it is to become.
import { watchedDay } from "./growth.ts";
import { manyStacks } from "./many-stacks.ts";
import { longLife } from "./old-revisions.ts";
import { row, say } from "./print.ts";
import { lifeIn, type Life } from "./wire.ts";

const STEPS = ["apply", "plan", "destroy"] as const;

/** Seconds of each command then: so many, and so many more for each second of a round trip; `setUp`: where connections cost their set-up. */
const THEN = {
  plan: { fixed: 0.34, roundTrips: 5.5, setUp: 12 },
  apply: { fixed: 0.8, roundTrips: 17.6 },
  destroy: { fixed: 1.0, roundTrips: 29 },
} as const;

/** At a round trip of 100 ms: seconds and calls. */
const GOAL = {
  plan: { wall: 0.75, calls: 60 },
  apply: { wall: 2.0 },
  destroy: { wall: 2.5, calls: 120 },
} as const;

const GOAL_AT = 100;

function thenAt(step: (typeof STEPS)[number], ms: number, setUp: boolean): string {
  const { fixed, roundTrips: without, ...more } = THEN[step];
  const trips = !setUp ? without : "setUp" in more ? more.setUp : undefined;
  return trips === undefined ? "-" : (fixed + (trips * ms) / 1000).toFixed(2);
}

/** Round trips, each without and with the set-up of connections. */
export async function roundTrips(...times: readonly number[]): Promise<void> {
  say();
  row("on a network (moto)", "wall s", "then s", "goal s", "calls", "goal calls", "connections");
  for (const ms of times.length > 0 ? times : [0, 50, 100, 200])
    for (const setUp of [false, true]) {
      const life = await lifeIn({ roundTrip: ms, setUp });
      for (const step of STEPS) {
        const goal = ms === GOAL_AT && (step !== "plan" || setUp) ? GOAL[step] : undefined;
        const { wall, calls, connections } = life[step];
        row(
          `${step}, ${ms} ms${setUp ? ", with set-up" : ""}`,
          wall.toFixed(2),
          thenAt(step, ms, setUp),
          goal?.wall ?? "-",
          calls,
          goal && "calls" in goal ? goal.calls : "-",
          connections,
        );
      }
    }
}

/** Stacks of others in the account; calls must stay within three of those beside none. */
export async function neighbours(...counts: readonly number[]): Promise<void> {
  say();
  row("beside other stacks (moto)", "apply calls", "then", "destroy calls", "then", "goal");
  let alone: Life | undefined;
  for (const others of counts.length > 0 ? counts : [0, 10, 100]) {
    // A stack has a distribution too.
    const life = await lifeIn({ stacks: others, distributions: others });
    alone ??= life;
    const goal = `${alone.apply.calls + 3} / ${alone.destroy.calls + 3}`;
    row(`${others} others`, life.apply.calls, 119 + others, life.destroy.calls, 229 + 3 * others, goal);
  }
}

/** Distributions of others, at a round trip of 100 ms. */
export async function distributions(...counts: readonly number[]): Promise<void> {
  say();
  row("beside distributions, 100 ms (moto)", "apply s", "then s", "calls");
  for (const count of counts.length > 0 ? counts : [0, 200]) {
    const { apply } = await lifeIn({ distributions: count, roundTrip: GOAL_AT });
    row(
      `${count} distributions`,
      apply.wall.toFixed(2),
      count === 0 ? "2.7" : count === 200 ? "24.4" : "-",
      apply.calls,
    );
  }
}

/** The state in S3 beside a file, at a round trip of 100 ms. */
export async function sharedState(...times: readonly number[]): Promise<void> {
  say();
  row("state in S3 (moto)", "file s", "S3 s", "times", "then", "goal");
  const then = { apply: "6.97 / 2.46", plan: "-", destroy: "7.07 / 3.78" } as const;
  for (const roundTrip of times.length > 0 ? times : [GOAL_AT]) {
    const file = await lifeIn({ roundTrip });
    const shared = await lifeIn({ roundTrip, config: { state: { s3: {} } } });
    for (const step of STEPS) {
      const [one, other] = [file[step].wall, shared[step].wall];
      row(
        `${step}, ${roundTrip} ms`,
        one.toFixed(2),
        other.toFixed(2),
        (other / one).toFixed(2),
        roundTrip === GOAL_AT ? then[step] : "-",
        step === "apply" ? "1.15" : "-",
      );
    }
  }
}

/** Revisions of a service; a teardown is to end with CloudFront, and not with them. */
export async function revisions(...counts: readonly number[]): Promise<void> {
  say();
  row("teardown after many revisions (local)", "simulated s", "without them", "rate alone s", "ends with");
  for (const count of counts.length > 0 ? counts : [1000]) {
    const { seconds, fresh, last } = await longLife(count);
    // Then all of them were on the critical path, one a second.
    row(`${count} revisions`, seconds.toFixed(0), fresh.toFixed(0), Math.max(0, count - 20), last);
  }
}

/** Rounds of `reconcile --watch`: the heap after a tenth of them, and at the end. */
export async function watch(...counts: readonly number[]): Promise<void> {
  say();
  row("watching (local)", "heap MiB", "at the end", "more", "then", "goal", "peak MiB");
  for (const count of counts.length > 0 ? counts : [200]) {
    const { rounds, heap, rss } = await watchedDay(count);
    const [first, last] = heap;
    const then = (0.55 * rounds * 0.9).toFixed(0);
    row(`${rounds} rounds`, first.toFixed(1), last.toFixed(1), (last - first).toFixed(1), then, 5, rss.toFixed(0));
  }
}

/** Stacks in one process, eight at a time. */
export async function stacks(...counts: readonly number[]): Promise<void> {
  say();
  row("stacks in one process (local)", "first half s", "second half s", "times", "peak MiB", "goal MiB");
  for (const count of counts.length > 0 ? counts : [1000]) {
    const { stacks: all, halves, peak } = await manyStacks(count);
    const [one, other] = halves;
    row(`${all} stacks`, one.toFixed(1), other.toFixed(1), (other / one).toFixed(2), peak.toFixed(0), 1024);
  }
}
