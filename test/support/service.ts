import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deploy, type DeployFlags } from "../../src/cli/verbs/deploy.ts";
import type { Finding } from "../../src/release/finding.ts";
import { SOURCE } from "./release.ts";
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
export function writeService(stage: Stage, line = "", files: Readonly<Record<string, string>> = {}): void {
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
  const said = await stage.act((surroundings) =>
    deploy("service", { target: "local", json: true, approve: true, ...flags }, surroundings),
  );
  return { ...said, json: JSON.parse(said.answer) as DeployAnswer };
}
