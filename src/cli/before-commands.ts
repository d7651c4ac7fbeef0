import { basename } from "node:path";
import type { Command } from "commander";
import { CONFIG_FILE, type CliContext, type CommonFlags } from "./context.ts";
import { findConfig } from "./find-config.ts";
import { refuseUnknown } from "./other-tools.ts";

/** What holds for all commands: unknown ones are refused with what was meant, and the config is found. */
export function beforeCommands(program: Command, context: CliContext): void {
  refuseUnknown(program);
  program.hook("preAction", (_, called) => useFoundConfig(called, context));
}

export const CONFIG_HELP = `the config file; the state is stored next to it (default: ${CONFIG_FILE}, .mts, .js, .mjs or .json in this folder or the nearest one above it)`;

/** Gives a command the config of the nearest folder that has one, and says which where that is another folder. */
function useFoundConfig(command: Command, { directory, terminal }: CliContext): void {
  const flags: Partial<CommonFlags> = command.opts();
  if (flags.config !== undefined || !command.options.some(({ long }) => long === "--config")) return;
  const found = findConfig(directory);
  if (found === undefined) return;
  command.setOptionValue("config", found).setOptionValue("configFound", true);
  // To stderr, whatever the command answers: what reads its answer must not find a path in it.
  if (found !== basename(found)) terminal.error(`Using ${found}.`);
}
