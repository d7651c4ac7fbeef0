import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { programsOfImages, type ImageContents, type ScriptedCommand } from "../ecr/dockerfile.ts";
import type { Sim } from "../sim.ts";

/** What becomes of a command that a container runs. */
export type CommandOutcome =
  /** It ends by itself, after so many milliseconds. */
  | { readonly exit: number; readonly after: number; readonly lines: readonly string[] }
  /** It goes on until someone stops it. */
  | { readonly exit: "never"; readonly lines: readonly string[] }
  /** Its program is not in the image. */
  | { readonly missing: string };

/** Milliseconds that a command takes of which nothing else is said. */
const USUAL = 5_000;

/** Commands that are scripted whatever image they run in: what a test without a Dockerfile writes. */
export const scriptedCommands = (sim: Sim) => sim.global<ScriptedCommand>("~ecs.commands");

/**
 * What comes of the process of a container. Scripted first: `# simulate: command {"run": "npm run migrate", "exit": 3, "seconds": 40,
 * "lines": ["..."]}` in the Dockerfile, or a row of `scriptedCommands`. What is not scripted ends with 0 after a few seconds, except for a few
 * commands that everyone knows. The image's own command, of a container with ports, is a server.
 */
export function outcomeOf(
  sim: Sim,
  { command = [], entryPoint = [], portMappings = [] }: ContainerDefinition,
  contents: ImageContents,
): CommandOutcome {
  const own = command.length === 0 && entryPoint.length === 0;
  const line = own ? contents.command : command.join(" ");
  const scripted = [...(contents.commands ?? []), ...Object.values(scriptedCommands(sim))].find(
    ({ run }) => run === line,
  );
  if (scripted) {
    const { exit, seconds = USUAL / 1_000, lines = [] } = scripted;
    return { exit, after: seconds * 1_000, lines };
  }
  if (own) {
    if (portMappings.length > 0) return { exit: "never", lines: [] };
    return { exit: 0, after: USUAL, lines: ["Working.", "Done."] };
  }
  const program = (entryPoint[0] ?? contents.entryPoint ?? command[0] ?? "").split("/").at(-1) ?? "";
  if (isMissing(program, contents)) return { missing: entryPoint[0] ?? command[0] ?? "" };
  return wellKnown(line) ?? { exit: 0, after: USUAL, lines: [`$ ${line}`] };
}

/** A program that the image is known not to have: of one without a shell all is known, of others what usual base images bring along. */
const isMissing = (program: string, { programs }: ImageContents) =>
  programs !== undefined &&
  !programs.includes(program) &&
  (!programs.includes("sh") || programsOfImages.includes(program));

function wellKnown(line: string): CommandOutcome | undefined {
  const [, seconds] = /^sleep (\d+)$/.exec(line) ?? [];
  if (seconds !== undefined) return { exit: 0, after: Number(seconds) * 1_000, lines: [] };
  const [, words] = /^echo (.*)$/.exec(line) ?? [];
  if (words !== undefined) return { exit: 0, after: 1_000, lines: [words] };
  const [, code] = /^(?:ba)?sh -c exit (\d+)$/.exec(line) ?? [];
  if (code !== undefined) return { exit: Number(code), after: 1_000, lines: [] };
  const own = line === "true" ? 0 : 1;
  return line === "true" || line === "false" ? { exit: own, after: 1_000, lines: [] } : undefined;
}
