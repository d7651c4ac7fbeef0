import type { Argument, Option } from "commander";
import type { Placed } from "../commands.ts";
import type { Names } from "../shells.ts";

/** Where the values come from that may follow a flag or stand as an argument. */
export type Values =
  | { readonly words: readonly string[] }
  /** Names that the config has, which the scripts ask this program for. */
  | { readonly names: Names }
  | { readonly paths: "files" | "folders" }
  /** Anything: nothing is proposed. */
  | "any";

/** A flag as a shell sees it. */
export interface Flag {
  readonly long: string;
  readonly what: string;
  /** What follows it; `undefined` for a flag that stands alone. */
  readonly values: Values | undefined;
  /** Whether it can stand alone too. */
  readonly isOptional: boolean;
}

/** One command, or a group of commands, as a shell sees it. */
export interface Place {
  /** The words that lead here; the empty string is the program. */
  readonly path: string;
  readonly what: string;
  readonly commands: readonly { readonly name: string; readonly what: string }[];
  readonly flags: readonly Flag[];
  /** The values of its first argument. */
  readonly argument: Values;
}

/** Flags whose values the program does not list itself. A command that means something else by one says so by its path. */
const VALUES: Readonly<Record<string, Values>> = {
  "--env": { names: "environments" },
  "--region": { names: "regions" },
  "--service": { names: "services" },
  "--config": { paths: "files" },
  "--log": { paths: "files" },
  "--file": { paths: "files" },
  "--out": { paths: "files" },
  "--html": { paths: "files" },
  // The region of a stack that is not in a config yet.
  "init --region": "any",
};

const ARGUMENTS: Readonly<Record<string, Values>> = {
  init: { paths: "folders" },
  deploy: { paths: "folders" },
  reconcile: { paths: "files" },
  failover: { names: "regions" },
  task: { names: "services" },
  "job run": { names: "jobs" },
};

/** A command as a shell sees it. */
export function placeOf({ path, command }: Placed): Place {
  const [first] = command.registeredArguments;
  return {
    path,
    what: command.description(),
    commands: command.commands.map((one) => ({ name: one.name(), what: one.description() })),
    flags: [
      ...command.options.filter(({ hidden }) => !hidden).map((option) => flagOf(path, option)),
      { long: "--help", what: "show the flags and examples", values: undefined, isOptional: false },
    ],
    argument: first === undefined ? "any" : (ofChoices(first) ?? ARGUMENTS[path] ?? "any"),
  };
}

function flagOf(path: string, option: Option): Flag {
  const long = option.long ?? option.flags;
  return {
    long,
    what: option.description,
    values:
      option.required || option.optional
        ? (ofChoices(option) ?? VALUES[`${path} ${long}`] ?? VALUES[long] ?? "any")
        : undefined,
    isOptional: option.optional,
  };
}

/** The path of a command of a group. */
export const joined = (path: string, name: string): string => (path === "" ? name : `${path} ${name}`);

const ofChoices = ({ argChoices }: Pick<Option | Argument, "argChoices">): Values | undefined =>
  argChoices === undefined ? undefined : { words: argChoices };

/** The first words of a description, for a shell's menu: on one line, without characters that each shell escapes in another way. */
export const brief = (what: string): string =>
  (/^(.*?)(?: \(|; |, |: |$)/.exec(what)?.[1] ?? what).replaceAll("'", "’").replaceAll(/["`$\\[\]]/g, "");
