import { Argument, Option, type Command } from "commander";
import { NAMES, SHELLS, type Shell } from "../help/shells.ts";
import { CONFIG_HELP } from "./before-commands.ts";
import { completion } from "./commands/completion.ts";
import type { CliContext } from "./context.ts";
import type { Exit } from "./exit.ts";

const NOTE = `
To load it in every shell:
  bash  add to ~/.bashrc:  eval "$(fairlead completion bash)"
  zsh   add to ~/.zshrc, after compinit:  eval "$(fairlead completion zsh)"
  fish  fairlead completion fish > ~/.config/fish/completions/fairlead.fish
Where the package is installed in a project and not globally, put npx before each fairlead, and add: alias fairlead='npx fairlead'`;

/** Adds the command that prints completion scripts. It has no stack, and so none of the flags that say which. */
export const completionCommand = (program: Command, context: CliContext, ended: (exit: Exit) => void): Command =>
  program
    .command("completion")
    .description("print a script with which a shell completes commands, flags and the names in the config")
    .addArgument(new Argument("[shell]", "the shell").choices([...SHELLS]))
    .addOption(
      new Option("--names <kind>", "print names of the config instead, as the scripts ask for").choices([...NAMES]),
    )
    .option("--config <file>", CONFIG_HELP)
    .option("--json", "print one JSON object to stdout, everything else to stderr")
    .exitOverride()
    .addHelpText("after", NOTE)
    .action(async (shell: Shell | undefined, flags) => ended(await completion(program, shell, flags, context)));
