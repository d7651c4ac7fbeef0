import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { files } from "./files.ts";
import { KEPT_RUNS, parseRun } from "./history.ts";
import type { Run } from "./state.ts";

/** A history in a file, one JSON line a run, the newest last. A run is added at its end: two that do so at once both stay. */
export function fileHistory(path: string) {
  const lines = async () => ((await files.get(path))?.text ?? "").split("\n").filter((line) => line !== "");
  const numberOf = (line: string) => parseRun(line)?.number ?? 0;
  return {
    async record(run: Omit<Run, "number">): Promise<number> {
      const before = (await files.get(path))?.text ?? "";
      const number = 1 + before.split("\n").reduce((highest, line) => Math.max(highest, numberOf(line)), 0);
      await mkdir(dirname(path), { recursive: true });
      // What a process left half-written that died is a line of its own.
      const start = before === "" || before.endsWith("\n") ? "" : "\n";
      await appendFile(path, `${start}${JSON.stringify({ number, ...run })}\n`, { mode: 0o600 });
      const all = await lines();
      if (all.length > KEPT_RUNS) await files.put(path, `${all.slice(-KEPT_RUNS).join("\n")}\n`);
      return number;
    },
    async runs(limit: number): Promise<Run[]> {
      const all = (await lines()).flatMap((line) => parseRun(line) ?? []);
      return all.slice(-limit).toReversed();
    },
  };
}
