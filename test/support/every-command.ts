import type { Command } from "commander";
import { programOf } from "../../src/cli/program.ts";
import { processTerminal } from "../../src/cli/terminal.ts";

/** What each command that needs arguments is given here. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  reject: ["--reason", "no"],
  "release stop": ["0123"],
  rollback: ["--yes"],
  task: ["web", "--", "true"],
  "job run": ["report"],
  completion: ["bash"],
  "secret set": ["API_KEY", "--generate"],
  "secret rm": ["API_KEY", "--yes"],
  "state rm": ["network/vpc", "--yes"],
  "state restore": ["1", "--yes"],
  "state migrate": ["--yes"],
  deploy: ["nowhere"],
  // It would go on until Ctrl-C otherwise: there is nothing to look at again on the target local.
  console: ["--interval", "5m"],
};

const words = (parent: Command): string[] =>
  parent.commands.flatMap((one) => (one.commands.length > 0 ? words(one) : pathOf(one)));
const pathOf = (one: Command): string =>
  [one.parent?.parent ? one.parent.name() : "", one.name()].filter((word) => word !== "").join(" ");

const PROGRAM = programOf(
  { directory: ".", terminal: processTerminal(false), stop: new AbortController().signal },
  () => {},
);
/** Every command by its words. */
export const ALL: readonly string[] = words(PROGRAM);
const takes = (name: string, flag: string) =>
  name
    .split(" ")
    .reduce<Command | undefined>((at, word) => at?.commands.find((one) => one.name() === word), PROGRAM)
    ?.options.some(({ long }) => long === flag);

/** The commands that tell how they go on. */
export const QUIET: readonly string[] = ALL.filter((name) => takes(name, "--quiet"));

/** What a command is given that needs arguments. */
export const argumentsOf = (name: string): readonly string[] => ARGUMENTS[name] ?? [];
