import type { Command } from "commander";

/** The words that a command is called by, without the program's name. */
export function pathOf(command: Command): string {
  const words: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) words.unshift(one.name());
  return words.join(" ");
}

/** All commands that do something, in the order of the help; groups such as `state` are not among them. */
export const commandsOf = (parent: Command): readonly Command[] =>
  parent.commands.flatMap((one) => (one.commands.length > 0 ? commandsOf(one) : [one]));

/** A command, or a group of commands, with the words that lead to it. */
export interface Placed {
  readonly path: string;
  readonly command: Command;
}

/** The program, its groups and its commands. */
export const placedIn = (program: Command): readonly Placed[] =>
  [program, ...program.commands.flatMap((one) => [one, ...one.commands])].map((command) => ({
    path: pathOf(command),
    command,
  }));
