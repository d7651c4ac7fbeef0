import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../support/command.ts";
import type { Answer } from "../support/stage.ts";

/** One run of a command as a whole process. */
export interface Measured {
  /** Seconds, start-up included. */
  readonly wall: number;
  /** Attempts of calls, as the command counts them. */
  readonly calls: number;
  /** Peak memory of the process, in MiB. */
  readonly memory: number;
  readonly answer: Answer;
}

/** A module that is loaded into a command and writes its peak memory to FAIRLEAD_BENCH_PEAK. */
export const PEAK = new URL("./peak.mjs", import.meta.url).href;

/** Runs a command as a user does, in a process of its own, and measures it. Throws where it does not end with 0. */
export async function measure(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const file = join(tmpdir(), `fairlead-bench-${process.pid}`);
  rmSync(file, { force: true });
  const ended = await command(directory, [...args, "--json"], {
    ...env,
    NODE_OPTIONS: `--import=${PEAK}`,
    FAIRLEAD_BENCH_PEAK: file,
  });
  if (ended.code !== 0) throw new Error(`${args.join(" ")} ended with ${ended.code}: ${ended.stderr}${ended.stdout}`);
  const memory = Math.max(...readFileSync(file, "utf8").trim().split("\n").map(Number));
  rmSync(file, { force: true });
  const answer = JSON.parse(ended.stdout) as Answer;
  return { wall: ended.ms / 1000, calls: answer.calls, memory, answer };
}

/** The middle one by wall time. */
export const median = (runs: readonly Measured[]): Measured => medianBy(runs, ({ wall }) => wall);

/** The middle one by what `of` answers of each. */
export function medianBy<Run>(runs: readonly Run[], of: (run: Run) => number): Run {
  const middle = runs.toSorted((a, b) => of(a) - of(b))[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error("Nothing was measured.");
  return middle;
}
