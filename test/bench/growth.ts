// What grows with time: a stack that has had many releases on the local target, and one that is watched for a day.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import { Stage } from "../support/stage.ts";
import { medianBy } from "./measure.ts";

const SERVICE = fileURLToPath(new URL("../../service", import.meta.url));

/** What a stack came to after some of its releases. */
export interface Grown {
  readonly releases: number;
  /**
   * Seconds that one more deploy takes in a process of its own, the median of fifteen, in turn with those after other numbers of releases: a machine that has
   * worked for minutes is slower than it was. And a list of all releases in this process.
   */
  readonly deploy: number;
  readonly list: number;
  /** Calls of a rollback until it has found the release before, and asks ECS for it. */
  readonly back: number;
  /** MiB of the world's file, which every call that changes something writes anew, and of what is kept beside it. */
  readonly world: number;
  readonly contents: number;
}

const MIB = 1024 * 1024;
/** How often a deploy is timed after each number of releases. */
const ROUNDS = 15;

/** Releases a stack again and again; measures it after each of the numbers in `after`, the last of which ends it. */
export async function manyReleases(after: readonly number[]): Promise<Grown[]> {
  const stage = new Stage({});
  const copies: string[] = [];
  const local = join(stage.directory, ".fairlead", "local");
  const run = async (...words: readonly string[]) => {
    const started = performance.now();
    const { exit, lines } = await stage.type(...words);
    if (exit !== 0) throw new Error(`${words.join(" ")} ended with ${exit}: ${lines.join("\n")}`);
    return (performance.now() - started) / 1000;
  };
  try {
    cpSync(SERVICE, join(stage.directory, "service"), {
      recursive: true,
      filter: (from) => !/node_modules/.test(from),
    });
    const dockerfile = join(stage.directory, "service", "Dockerfile");
    const text = readFileSync(dockerfile, "utf8");
    await run("reconcile", "--yes");
    const grown: Omit<Grown, "deploy">[] = [];
    let changes = 0;
    const change = (file = dockerfile) => writeFileSync(file, `${text}# Change ${++changes}.\n`);
    /** One more deploy of a copy of the stack. */
    const asUser = async (folder: string) => {
      change(join(folder, "service", "Dockerfile"));
      const { code, ms, stderr } = await command(folder, ["deploy", "--approve"]);
      if (code !== 0) throw new Error(`deploy ended with ${code}: ${stderr}`);
      return ms / 1000;
    };
    for (let releases = 1; releases <= (after.at(-1) ?? 0); releases++) {
      change();
      await run("deploy", "--approve");
      if (!after.includes(releases)) continue;
      const copy = mkdtempSync(join(tmpdir(), "fairlead-bench-"));
      cpSync(stage.directory, copy, { recursive: true });
      copies.push(copy);
      // There is nothing to roll back to before the second one.
      if (releases === 1) {
        change();
        await run("deploy", "--approve");
      }
      const lists = [await run("releases", "--limit", "200"), await run("releases", "--limit", "200")];
      grown.push({
        releases,
        list: Math.min(...lists),
        back: await rollback(stage),
        world: statSync(join(local, "world.json")).size / MIB,
        contents: sizeOf(join(local, "contents")),
      });
    }
    const deploys: number[][] = copies.map(() => []);
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, copy] of copies.entries()) deploys[index]?.push(await asUser(copy));
    return grown.map((one, index) => ({ ...one, deploy: medianBy(deploys[index] ?? [], (seconds) => seconds) }));
  } finally {
    stage.remove();
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
}

async function rollback(stage: Stage): Promise<number> {
  const log = join(stage.directory, "rollback.log");
  const { exit, lines } = await stage.type("rollback", "--yes", "--log", log);
  if (exit !== 0) throw new Error(`rollback ended with ${exit}: ${lines.join("\n")}`);
  const calls = readFileSync(log, "utf8").trim().split("\n");
  rmSync(log);
  return calls.findIndex((call) => (JSON.parse(call) as { operation: string }).operation === "UpdateService");
}

const sizeOf = (folder: string) =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / MIB;

/** What a day of watching came to, in MiB. */
export interface Day {
  readonly rounds: number;
  /** The heap without garbage, at first and in the end. */
  readonly heap: readonly [number, number];
  /** The most that the process had of the machine's memory. */
  readonly rss: number;
  readonly seconds: number;
}

const DAY = new URL("./day.mjs", import.meta.url).href;

/** A day of `reconcile --watch 10m` over a stack in which nothing changes, on the local target, as a user runs it but for the pauses. */
export async function watchedDay(rounds: number): Promise<Day> {
  const stack = project();
  const file = join(stack.directory, "memory.jsonl");
  try {
    const made = await command(stack.directory, ["reconcile", "--yes"]);
    if (made.code !== 0) throw new Error(made.stderr);
    const watched = await command(stack.directory, ["reconcile", "--yes", "--watch", "10m"], {
      NODE_OPTIONS: `--import=${DAY}`,
      FAIRLEAD_BENCH_DAY: file,
      FAIRLEAD_BENCH_ROUNDS: String(rounds),
    });
    const lines = readFileSync(file, "utf8").trim().split("\n");
    const looks = lines.map((line) => JSON.parse(line) as { done: number; rss: number; heap: number });
    const [first, last] = [looks[0], looks.at(-1)];
    if (!first || last?.done !== rounds)
      throw new Error(`It watched for ${looks.length} looks only: ${watched.stderr}`);
    return {
      rounds,
      heap: [first.heap / MIB, last.heap / MIB],
      rss: Math.max(...looks.map(({ rss }) => rss)) / MIB,
      seconds: watched.ms / 1000,
    };
  } finally {
    stack.remove();
  }
}
