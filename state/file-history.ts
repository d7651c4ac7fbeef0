import { appendFile, mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { realClock, type Clock } from "../src/clock.ts";
import { lockFile, sweepLock } from "./file-lock.ts";
import { files, removeUnfinished } from "./files.ts";
import { KEPT_RUNS, parseRun } from "./history.ts";
import { cannotWrite } from "./write-whole.ts";
import { LockedError, type Run } from "./state.ts";

/** How long, in milliseconds, a run waits for other runs that are being added. */
const PATIENCE = 5_000;
/** The pause between attempts. */
const PAUSE = 10;

/** The number of the run in a line, which every line written here begins with; 0 if there is none. */
const numberIn = (line: string): number =>
  Number(/^\{"number":(\d{1,15}),.*\}$/.exec(line)?.[1] ?? parseRun(line)?.number ?? 0);

/**
 * A history in a file: one line of JSON per run, the newest last. A run is appended under a lock held only for that moment: runs that end
 * at the same time each get a number, and none is lost when the oldest are dropped.
 */
export function fileHistory(path: string, clock: Clock = realClock) {
  const lock = `${path}.lock`;
  const text = async () => (await files.get(path))?.text ?? "";
  const linesOf = (all: string) => all.split("\n").filter((line) => line !== "");

  /** `undefined` if the lock is not released: the history is not worth failing a run. */
  async function inTurn(): Promise<(() => Promise<void>) | undefined> {
    for (const began = clock.now(); clock.now() - began <= PATIENCE; await clock.sleep(PAUSE))
      try {
        return await lockFile(lock, "history");
      } catch (error) {
        if (!(error instanceof LockedError)) throw error;
      }
    return undefined;
  }

  async function add(run: Omit<Run, "number">, alone: boolean): Promise<number> {
    const before = await text();
    const number = 1 + linesOf(before).reduce((highest, line) => Math.max(highest, numberIn(line)), 0);
    // A partial line left by a process that died stays on its own line.
    const start = before === "" || before.endsWith("\n") ? "" : "\n";
    await appendFile(path, `${start}${JSON.stringify({ number, ...run })}\n`, { mode: 0o600 }).catch(
      (error: unknown) => {
        throw cannotWrite(path, error);
      },
    );
    const all = alone ? linesOf(await text()) : [];
    if (all.length > KEPT_RUNS) await files.put(path, `${all.slice(-KEPT_RUNS).join("\n")}\n`);
    return number;
  }

  return {
    async record(run: Omit<Run, "number">): Promise<number> {
      await mkdir(dirname(path), { recursive: true });
      const unlock = await inTurn();
      if (!unlock) return add(run, false);
      try {
        await sweepLock(lock);
        await removeUnfinished(dirname(path), (name) => name === basename(path));
        return await add(run, true);
      } finally {
        await unlock();
      }
    },
    async runs(limit: number): Promise<Run[]> {
      const all = linesOf(await text()).flatMap((line) => parseRun(line) ?? []);
      return all.toReversed().slice(0, limit);
    },
  };
}
