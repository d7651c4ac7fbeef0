import { resolve } from "node:path";
import { answerJson } from "../answers/answer.ts";
import type { Command } from "commander";
import { placedIn } from "../../help/commands.ts";
import { completionScript } from "../../help/completion.ts";
import { SHELLS, type Names, type Shell } from "../../help/shells.ts";
import { MAIN_SERVICE } from "../../config/naming.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { loadConfig } from "../load.ts";
import { paste } from "../paste.ts";
import type { CliContext } from "../context.ts";

export interface CompletionFlags {
  readonly names?: Names;
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints the completion script of a shell, or the names that such a script asks for. Asks nothing of AWS. */
export async function completion(
  program: Command,
  shell: Shell | undefined,
  { names, config, json }: CompletionFlags,
  context: CliContext,
): Promise<Exit> {
  if (names !== undefined) {
    const found = namesIn((await quietly(() => loadConfig(resolve(context.directory), config))).config, names);
    if (json) answerJson(context.terminal, "names", { names: found });
    else if (found.length > 0) context.terminal.answer(found.join("\n"));
    return EXIT.done;
  }
  if (shell === undefined) {
    const commands = SHELLS.map((one) => paste({ target: "local" }, "completion", one));
    throw new UsageError(`No shell was named. Run one of: ${commands.join(", ")}`);
  }
  const script = completionScript(placedIn(program), shell);
  if (json) answerJson(context.terminal, "script", { shell, script });
  else context.terminal.answer(script.trimEnd());
  return EXIT.done;
}

/** Keeps what a config prints out of the names. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

/** The names of a kind in a config, also in one that is not valid yet: whoever types a command may be about to correct it. */
function namesIn(config: unknown, kind: Names): readonly string[] {
  const base = membersOf(config);
  const environments = membersOf(base["environments"]);
  if (kind === "environments")
    return unique([
      ...(typeof base["environment"] === "string" ? [base["environment"]] : []),
      ...Object.keys(environments),
    ]);
  const parts = [base, ...Object.values(environments).map(membersOf)];
  if (kind === "regions")
    return unique(
      parts.flatMap(({ region, regions }) => [region, ...(Array.isArray(regions) ? (regions as unknown[]) : [])]),
    );
  const all = parts.flatMap(({ services }) => Object.entries(membersOf(services)));
  if (all.length === 0 && kind === "services") return [MAIN_SERVICE];
  return unique(all.flatMap(([name, own]) => (kind === "services" || membersOf(own)["type"] === "job" ? [name] : [])));
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Names that a shell can take as they are; no other is valid in a config either. */
const unique = (names: readonly unknown[]): readonly string[] => [
  ...new Set(names.filter((name): name is string => typeof name === "string" && /^[\w.-]+$/.test(name))),
];
