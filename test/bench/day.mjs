// Loaded into `reconcile --watch` by the bench: its pauses take no time, so that a day's rounds pass in a minute. After each tenth of them
// it writes how much memory there is, and after the last it ends as Ctrl-C ends it.
import { appendFileSync } from "node:fs";
import timers from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const file = process.env["FAIRLEAD_BENCH_DAY"];
const rounds = Number(process.env["FAIRLEAD_BENCH_ROUNDS"]);

if (file !== undefined) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const { setTimeout: real } = timers;
  /** The pause between two runs: no other is as long. */
  const BETWEEN = 600_000;

  let done = 0;
  timers.setTimeout = (ms, ...more) => {
    if (ms >= BETWEEN) {
      done++;
      // The heap without what is garbage already; what the process has of the machine's memory as it is.
      const { rss } = process.memoryUsage();
      if (done % Math.max(1, Math.round(rounds / 10)) === 0 || done === rounds) {
        collect();
        appendFileSync(file, `${JSON.stringify({ done, rss, heap: process.memoryUsage().heapUsed })}\n`);
      }
      if (done === rounds) process.kill(process.pid, "SIGINT");
    }
    return real(ms >= 1000 ? 0 : ms, ...more);
  };
}
