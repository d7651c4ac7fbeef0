// What grows with time: a stack that has had many releases on the local target, and one that is watched for a day. All of it in this
// process, which starts once: what is measured is the work.
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stage } from "../support/stage.ts";

const SERVICE = fileURLToPath(new URL("../../service", import.meta.url));

/** What a stack came to after some of its releases. */
export interface Grown {
  readonly releases: number;
  /** Seconds that the last deploy took, the fastest of three, and a list of all releases. */
  readonly deploy: number;
  readonly list: number;
  /** MiB of the world's file, which every change writes anew, and of what is kept beside it. */
  readonly world: number;
  readonly contents: number;
}

const MIB = 1024 * 1024;

/** Releases a stack again and again; measures it after each of the numbers in `after`, the last of which ends it. */
export async function manyReleases(after: readonly number[]): Promise<Grown[]> {
  const stage = new Stage({});
  const local = join(stage.directory, "state", "local");
  const run = async (...command: readonly string[]) => {
    const started = performance.now();
    const { exit, lines } = await stage.type(...command);
    if (exit !== 0) throw new Error(`${command.join(" ")} ended with ${exit}: ${lines.join("\n")}`);
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
    const grown: Grown[] = [];
    const latest: number[] = [];
    for (let releases = 1; releases <= (after.at(-1) ?? 0); releases++) {
      writeFileSync(dockerfile, `${text}# Release ${releases}.\n`);
      latest.push(await run("deploy", "--approve"));
      if (!after.includes(releases)) continue;
      const lists = [await run("releases", "--limit", "200"), await run("releases", "--limit", "200")];
      grown.push({
        releases,
        deploy: Math.min(...latest.slice(-3)),
        list: Math.min(...lists),
        world: statSync(join(local, "world.json")).size / MIB,
        contents: sizeOf(join(local, "contents")),
      });
    }
    return grown;
  } finally {
    stage.remove();
    rmSync(stage.directory, { recursive: true, force: true });
  }
}

const sizeOf = (folder: string) =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / MIB;
