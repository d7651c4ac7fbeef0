import { runOf } from "./states.ts";
import type { MemoryObjects } from "./memory-objects.ts";

/** Where `s3Store` keeps the history of the stack `app-dev` below `team/states`. */
const HISTORY = "team/states/app-dev/history";

/** Records so many runs, from number 1 on. */
export const recordRuns = (objects: MemoryObjects, count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      objects.put(`${HISTORY}/${n + 1}.json`, JSON.stringify({ number: n + 1, ...runOf(`run ${n + 1}`) })),
    ),
  );

/** The numbers of the runs that are recorded. */
export const runNumbers = ({ texts }: MemoryObjects): number[] =>
  Object.keys(texts)
    .flatMap((key) => /history\/(\d+)\.json$/.exec(key)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
