import type { Clock } from "../src/clock.ts";
import { KEPT_RUNS, parseRun } from "./history.ts";
import { putConfirmed, type ObjectStore } from "./objects.ts";
import { forceUnlock, lockHolder, takeLock } from "./s3-lock.ts";
import type { ProgressOf, Run, StateStore } from "./state.ts";
import { storeIn } from "./store.ts";

/** The location of a state in S3. */
export interface S3Place {
  readonly objects: ObjectStore;
  readonly bucket: string;
  readonly prefix: string;
  /** `<stack>-<env>`. */
  readonly stack: string;
  /** The machine's own clock, even if the stack lives in simulated time: it determines the age of a lock. */
  readonly clock: Clock;
}

/**
 * A state shared by a team: the object `<prefix>/<stack>-<env>.json` in a bucket. Below `<prefix>/<stack>-<env>/` are its lock, its backups,
 * its history and, while a run or a release goes on, its progress. Every write depends on the ETag that was read: in a race one writer fails, and no write is lost.
 */
export function s3Store({ objects, bucket, prefix, stack, clock }: S3Place): StateStore {
  const base = `${prefix}/${stack}`;
  const address = (key: string) => `s3://${bucket}/${key}`;
  const lock = { objects, key: `${base}/lock.json`, where: address(`${base}/lock.json`), clock };
  const progressAt = (of: ProgressOf) => `${base}/${of}.json`;
  return storeIn({
    where: address(`${base}.json`),
    objects,
    key: `${base}.json`,
    backups: `${base}/backups/`,
    outlived: true,
    hold: (verb, died) => takeLock(lock, verb, died),
    holder: () => lockHolder(lock),
    unlock: (token, fence) => forceUnlock(lock, token, fence),
    clock,
    progress: (of) => ({
      put: (text) => objects.offer(progressAt(of), text),
      remove: async () => void (await objects.remove(progressAt(of))),
      get: async () => (await objects.get(progressAt(of)))?.text,
      // A call each, and a run of minutes is watched by people.
      every: 5_000,
      isQuick: false,
    }),
    ...objectHistory(objects, `${base}/history/`, clock),
  });
}

/**
 * For how many milliseconds a list of the runs says which number is next. Numbers that others took since are refused, and the next one is
 * tried; but what is older than the kept runs is removed, so that a number could be free again after that many runs.
 */
const RECENT = 60_000;

/** One object per run: `<number>.json`. Two runs that end at the same time get two numbers. */
function objectHistory(objects: ObjectStore, prefix: string, clock: Clock) {
  let begun: { readonly at: number; readonly numbers: Promise<number[]> } | undefined;
  const keyOf = (number: number) => `${prefix}${number}.json`;
  /** The numbers of the runs, the newest first. */
  const numbers = async () =>
    (await objects.list(prefix))
      .flatMap(({ key }) => /^(\d+)\.json$/.exec(key.slice(prefix.length))?.[1] ?? [])
      .map(Number)
      .toSorted((a, b) => b - a);
  /** The same as it was begun to be listed, if that was a moment ago. */
  const recent = async () => {
    const early = begun;
    begun = undefined;
    if (early === undefined || clock.now() - early.at > RECENT) return numbers();
    return early.numbers.catch(numbers);
  };
  return {
    prepareRecord(): void {
      begun = { at: clock.now(), numbers: numbers() };
      begun.numbers.catch(() => {});
    },
    async record(run: Omit<Run, "number">): Promise<number> {
      const before = await recent();
      let number = (before[0] ?? 0) + 1;
      const add = () => putConfirmed(objects, keyOf(number), JSON.stringify({ number, ...run }), { ifNoneMatch: "*" });
      while ((await add()) === undefined) number++;
      for (const old of before) if (old <= number - KEPT_RUNS) await objects.remove(keyOf(old));
      return number;
    },
    async runs(limit: number): Promise<Run[]> {
      const runs: Run[] = [];
      const left = await numbers();
      // A damaged run is skipped, and an older one returned instead.
      while (runs.length < limit && left.length > 0) {
        const some = left.splice(0, limit - runs.length);
        const found = await Promise.all(some.map((number) => objects.get(keyOf(number))));
        runs.push(...found.flatMap((one) => (one && parseRun(one.text)) ?? []));
      }
      return runs;
    },
  };
}
