import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { deploy, type DeployFlags } from "../../src/cli/commands/deploy.ts";
import type { Finding } from "../../src/release/finding.ts";
import { setEvents, SOURCE } from "./release.ts";
import type { Said, Stage } from "./stage.ts";

/** What `deploy --json` answers, as far as tests look at it. */
export interface DeployAnswer {
  readonly release: {
    readonly executionId: string;
    readonly ending: string;
    readonly why: string | null;
    readonly revision: string | null;
    readonly finding: Finding | null;
  };
}

/** Writes a small service into the stage's folder; `line` is added to its Dockerfile, `files` beside it. */
export function writeService(
  stage: Pick<Stage, "directory">,
  line = "",
  files: Readonly<Record<string, string>> = {},
): void {
  const folder = join(stage.directory, "service");
  mkdirSync(folder, { recursive: true });
  const all = { ...SOURCE, Dockerfile: `${SOURCE.Dockerfile}${line}\n`, ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
}

/** Deploys it as `deploy --approve --json` would. */
export async function deployed(
  stage: Stage,
  flags: Partial<DeployFlags> = {},
): Promise<Said & { readonly json: DeployAnswer }> {
  const said = await stage.act((context) =>
    deploy("service", { target: "local", json: true, approve: true, ...flags }, context),
  );
  return { ...said, json: JSON.parse(said.answer) as DeployAnswer };
}

/** Stands the stage's stack up with one release, and events of S3 that are prompt; what it answers brings that back. */
export async function standReleased(stage: Stage): Promise<() => void> {
  expect((await stage.run("reconcile")).exit).toBe(0);
  await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
  writeService(stage);
  expect((await deployed(stage)).exit).toBe(0);
  return stage.keep();
}

/** Begins a release of a new source, and lets so many seconds pass; answers its id. */
export async function begin(stage: Stage, version: number, seconds: number): Promise<string> {
  writeService(stage, "", { "version.txt": String(version) });
  const { json } = await deployed(stage, { detach: true });
  await stage.meddle((_aws, clock) => clock.sleep(seconds * 1_000));
  return json.release.executionId;
}
