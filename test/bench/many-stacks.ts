// Many stacks in one process, as a program runs them: time and memory must grow with their number, and no faster.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reconcile, teardown } from "../../src/index.ts";

/** Stacks at the same time. */
const AT_ONCE = 8;

/** What so many stacks came to. */
export interface ManyStacks {
  readonly stacks: number;
  /** Seconds of the first and of the second half. */
  readonly halves: readonly [number, number];
  /** MiB of the machine's memory that the process had at the most. */
  readonly peak: number;
}

/** Creates and deletes so many stacks, each on a simulated AWS of its own. */
export async function manyStacks(stacks: number): Promise<ManyStacks> {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-stacks-"));
  let peak = 0;
  const one = async (index: number | "first") => {
    const directory = join(folder, String(index));
    mkdirSync(directory);
    const config = { name: `stack-${index}` };
    await reconcile(config, { directory });
    await teardown(config, { directory, yes: true });
    rmSync(directory, { recursive: true });
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  const span = async (from: number, to: number) => {
    const began = performance.now();
    const left = Array.from({ length: to - from }, (_, index) => from + index).values();
    const worker = async () => {
      for (const index of left) await one(index);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return (performance.now() - began) / 1000;
  };
  try {
    // What is loaded and compiled once is no part of either half.
    await one("first");
    const middle = Math.ceil(stacks / 2);
    const halves = [await span(0, middle), await span(middle, middle * 2)] as const;
    return { stacks: middle * 2, halves, peak: peak / 1024 / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
