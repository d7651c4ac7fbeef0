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
  timers.setTimeout = (ms, ...more) => real(ms >= 1000 ? 0 : ms, ...more);

  let done = 0;
  const { write } = process.stdout;
  process.stdout.write = (text, ...more) => {
    if (String(text).includes("Again in")) {
      done++;
      // The heap without what is garbage already; what the process has of the machine's memory as it is.
      const { rss } = process.memoryUsage();
      if (done % Math.max(1, Math.round(rounds / 10)) === 0 || done === rounds) {
        collect();
        appendFileSync(file, `${JSON.stringify({ done, rss, heap: process.memoryUsage().heapUsed })}\n`);
      }
      if (done === rounds) process.kill(process.pid, "SIGINT");
    }
    return write.call(process.stdout, text, ...more);
  };
}
