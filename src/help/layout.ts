import type { Argument, Command, HelpConfiguration } from "commander";

/** What the help of the program ends with. */
export const EXIT_CODES = `
Exit codes:
  0  done
  1  failed, or only partly done
  2  invalid flag or config; no changes were made
  3  there are changes (plan --check)
  4  another run holds the lock
task and job run end with the exit code of the container.`;

/** The list of commands leaves half of 80 columns to what they do; the help of each has its flags. */
export const LAYOUT: HelpConfiguration = { minWidthToWrap: 30, subcommandTerm: (command) => termOf(command) };

const termOf = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map(humanReadable)].join(" ");

const humanReadable = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};
