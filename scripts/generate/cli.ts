import type { Argument, Command, Option } from "commander";
import { programOf } from "../../src/cli/program.ts";
import { commandsOf, pathOf } from "../../src/help/commands.ts";
import { CONTAINER_EXITS, ENVIRONMENT, EXITS, type Variable } from "../../src/help/environment.ts";
import { EXAMPLES } from "../../src/help/examples.ts";

/* docs/cli.md: the command line, as its own program declares it. */

/** The program, to be read and not to be run: declaring the commands does not use the context. */
export const program = (): Command => programOf(undefined as never, () => undefined);

/** A flag or an argument in a list: how it is written, and what it is. */
export interface Item {
  readonly term: string;
  readonly what: string;
}

/** What a document says of one command. */
export interface Described {
  readonly path: string;
  readonly usage: string;
  readonly what: string;
  readonly items: readonly Item[];
  /** Whether it has the flags that almost all commands have. */
  readonly isUsual: boolean;
  readonly notes: string;
  readonly examples: readonly { readonly line: string; readonly what: string }[];
}

/** The flags of the command that `plan` has too and that mean the same. */
const USUAL = ["--target", "--env", "--region", "--config", "--json", "--log", "--log-answers"];

/** All commands with all that is known of them. */
export function described(): readonly Described[] {
  return commandsOf(program()).map((command) => {
    const path = pathOf(command);
    const isUsual = USUAL.every((long) => command.options.some((one) => one.long === long));
    const own = command.options.filter(({ hidden, long }) => !hidden && !(isUsual && USUAL.includes(long ?? "")));
    const written = command.registeredArguments.map(writtenArgument);
    return {
      path,
      usage: ["fairlead", path, ...written, "[flags]"].join(" "),
      what: sentence(command.description()),
      items: [...command.registeredArguments.map(argumentItem), ...own.map(flagItem)],
      isUsual,
      notes: notesOf(command),
      examples: (EXAMPLES[path] ?? []).map(({ words, what }) => ({ line: `npx fairlead ${words}`, what })),
    };
  });
}

/** The flags that almost all commands have. */
export const usualFlags = (): readonly Item[] =>
  (commandsOf(program()).find((command) => command.name() === "plan")?.options ?? [])
    .filter(({ long }) => USUAL.includes(long ?? ""))
    .map(flagItem);

function writtenArgument(argument: Argument): string {
  const word = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${word}>` : `[${word}]`;
}

const argumentItem = (argument: Argument): Item => ({
  term: writtenArgument(argument),
  what: whatOf(argument.description, argument),
});

const flagItem = (option: Option): Item => ({
  term: option.flags,
  what: whatOf(`${option.description}${option.mandatory ? " (required)" : ""}`, option),
});

/** A description with what its declaration says beside it. */
function whatOf(description: string, of: Pick<Option | Argument, "argChoices" | "defaultValue">): string {
  const choices = of.argChoices === undefined ? [] : [`One of: ${of.argChoices.map(code).join(", ")}.`];
  const byDefault = of.defaultValue === undefined ? [] : [`Default: ${code(String(of.defaultValue))}.`];
  return [sentence(description), ...choices, ...byDefault].join(" ");
}

const code = (text: string) => `\`${text}\``;

function sentence(text: string): string {
  const first = /^(?:--|`|[a-z]+\.)/.test(text) ? text.charAt(0) : text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}

/** What a command's help says between its flags and its examples. */
function notesOf(command: Command): string {
  let text = "";
  const before = command.helpInformation();
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const [notes = ""] = text.replace(before, "").split("\nExamples:");
  return notes.trim();
}

/** The page. */
export function cliPage(): string {
  const all = described();
  const list = all.map(({ path, what }) => `| [\`${path}\`](#${path.replaceAll(" ", "-")}) | ${cell(what)} |`);
  return [
    "# The command line",
    "`fairlead COMMAND --help` prints what is here, and `man fairlead` where the package is installed globally.",
    "In a checkout, `npm run COMMAND -- FLAGS` stands for `npx fairlead COMMAND FLAGS`.",
    table(["command", "description"], list),
    "## Flags of all commands",
    "All commands have these, except `init` and `completion`, which need no stack.",
    itemTable(usualFlags()),
    "## Exit codes",
    table(
      ["exit code", "meaning"],
      EXITS.map(([exit, what]) => `| ${exit} | ${cell(what)} |`),
    ),
    CONTAINER_EXITS,
    "Errors go to stderr. With `--json`, stdout has exactly one object (`task`, `job run` and `logs --jsonl`: one per line), also when a command fails: it then has `error`, with `message`, `exit` and, where there is more to say, `advice` and `problems`. [answers.md](answers.md) has the JSON Schemas of all answers.",
    "## Environment variables",
    environmentTable("fairlead"),
    "With `--target aws`, the AWS SDK's own variables apply as well. Those that are used most:",
    environmentTable("sdk"),
    "## Shell completion",
    "`completion` prints a script for bash, zsh or fish that completes commands, flags and their values. Names of services, jobs, environments and regions come from the config of the current folder, without a call to AWS.",
    ...all.flatMap(sectionOf),
  ]
    .join("\n\n")
    .concat("\n");
}

function sectionOf({ path, usage, what, items, isUsual, notes, examples }: Described): string[] {
  return [
    `## ${path}`,
    what,
    fence("sh", usage),
    ...(items.length > 0 ? [itemTable(items)] : []),
    ...(isUsual ? [] : ["Of the flags of all commands, it has only those in this table."]),
    ...(notes === "" ? [] : [fence("text", notes)]),
    fence("sh", examples.map((one) => `# ${one.what}\n${one.line}`).join("\n")),
  ];
}

const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;

const cell = (text: string) => text.replaceAll("|", "\\|");

const itemTable = (items: readonly Item[]) =>
  table(
    ["argument or flag", "description"],
    items.map(({ term, what }) => `| \`${cell(term)}\` | ${cell(what)} |`),
  );

const environmentTable = (by: Variable["by"]) =>
  table(
    ["variable", "what it does"],
    ENVIRONMENT.filter((one) => one.by === by).map(
      ({ names, what }) => `| ${names.map((name) => `\`${name}\``).join(", ")} | ${cell(what)} |`,
    ),
  );

const table = (head: readonly string[], rows: readonly string[]) =>
  [`| ${head.join(" | ")} |`, `| ${head.map(() => "---").join(" | ")} |`, ...rows].join("\n");
