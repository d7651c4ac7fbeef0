import { readFileSync } from "node:fs";
import { RestoreSecretCommand } from "@aws-sdk/client-secrets-manager";
import { secrets } from "../../src/simulator/secretsmanager/records.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import type { Said, Stage } from "./stage.ts";

const TEXT = readFileSync(new URL("../../docs/recovery.md", import.meta.url), "utf8");

/** The commands of docs/recovery.md by heading, one list for each block of them. */
export const RUNBOOK: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  TEXT.split(/^## /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf("\n")),
      Array.from(section.matchAll(/^```sh\n([^]*?)^```$/gm), ([, block = ""]) => block.trimEnd().split("\n")),
    ]),
);

/** The config that its examples are about. */
export const CONFIG_OF_RUNBOOK = /^```ts\n([^]*?)^```$/m.exec(TEXT)?.[1] ?? "";

/** Runs a command of the document on the local target. `given` has what it leaves to the reader, such as `ID`. */
export async function typed(stage: Stage, line: string, given: Readonly<Record<string, string>> = {}): Promise<Said> {
  const commands = line.split(" | ").map((command) => command.split(" ").map((word) => given[word] ?? word));
  let said: Said = { exit: 127, lines: [`${line}: no command`], errors: [], answer: "" };
  for (const [program, ...words] of commands) {
    if (program === "aws") stage.piped = await asAws(stage, words);
    else {
      const argv = words.slice(1).join(" ").replace(" --target aws", "").split(" ");
      said = program === "npx" && words[0] === "fairlead" ? await stage.type(...argv) : said;
      stage.piped = undefined;
    }
  }
  return commands.at(-1)?.[0] === "aws" ? { ...said, exit: 0, lines: [] } : said;
}

/** What the AWS CLI prints for a command of the document. */
async function asAws(stage: Stage, words: readonly string[]): Promise<string> {
  const [service, operation, ...rest] = words;
  const flags: Record<string, string> = {};
  for (let at = 0; at < rest.length; at += 2) flags[rest[at]?.slice(2) ?? ""] = rest[at + 1] ?? "";
  const { "secret-id": SecretId = "", region = "", ...others } = flags;
  const { world, clock, aws } = stage.world(region);
  const asked = [service, operation, ...Object.entries(others).flat()].join(" ");
  if (asked === "secretsmanager restore-secret") {
    await aws.secretsManager(new RestoreSecretCommand({ SecretId }));
    world.save();
    return "";
  }
  // GetSecretValue is no call of Fairlead's, so the simulated AWS does not have it.
  if (asked !== "secretsmanager get-secret-value version-stage AWSPREVIOUS query SecretString output text")
    throw new Error(`This test does not know: aws ${words.join(" ")}`);
  const secret = secrets(simOf({ world, clock, account: aws.account, region }))[SecretId];
  const version = secret?.versions.find(({ stages }) => stages.includes("AWSPREVIOUS"));
  if (!version) throw new Error(`${SecretId} has no version AWSPREVIOUS.`);
  return `${version.value}\n`;
}
