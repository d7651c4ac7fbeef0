/** The phases of a buildspec that hold commands, in the order in which CodeBuild runs them. */
export const COMMAND_PHASES = ["install", "pre_build", "build", "post_build"] as const;

/** One of them. */
export type CommandPhase = (typeof COMMAND_PHASES)[number];

/** What a buildspec says, as far as the simulator follows it. */
export interface Buildspec {
  readonly commands: Readonly<Record<CommandPhase, readonly string[]>>;
  /** The files that the build hands on. */
  readonly files: readonly string[];
  /** Plain variables of its own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One line of YAML that says something. */
interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

/** A buildspec that CodeBuild would not take: the message is CodeBuild's. */
export class BuildspecError extends Error {}

/** Reads a buildspec: mappings, lists of texts and block texts, which is all that a buildspec consists of. */
export function parseBuildspec(text: string): Buildspec {
  const version = /^version:\s*['"]?([\d.]+)['"]?\s*$/m.exec(text)?.[1];
  if (version === undefined) throw new BuildspecError("invalid buildspec: version is missing");
  if (version !== "0.2") throw new BuildspecError(`unknown buildspec version: ${version}`);
  if (/^\t/m.test(text)) throw new BuildspecError("found character that cannot start any token");
  const lines = meaningful(text);
  if (!lines.some((line) => line.indent === 0 && line.text === "phases:"))
    throw new BuildspecError("invalid buildspec: phases is missing");
  return {
    commands: {
      install: listAt(lines, ["phases", "install", "commands"]),
      pre_build: listAt(lines, ["phases", "pre_build", "commands"]),
      build: listAt(lines, ["phases", "build", "commands"]),
      post_build: listAt(lines, ["phases", "post_build", "commands"]),
    },
    files: listAt(lines, ["artifacts", "files"]),
    variables: Object.fromEntries(
      below(lines, ["env", "variables"]).flatMap(({ text: line }) => {
        const [, name, value] = /^([A-Za-z_]\w*):\s*(.*)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, unquoted(value ?? "")]];
      }),
    ),
  };
}

const meaningful = (text: string): Line[] =>
  text
    .split(/\r?\n/)
    .map((line, index) => ({ indent: line.search(/\S|$/), text: line.trim(), number: index + 1 }))
    .filter(({ text: line }) => line !== "" && !line.startsWith("#"));

/** The lines below a path of keys. A list may stand as far to the left as its key. */
function below(lines: readonly Line[], path: readonly string[]): Line[] {
  let inside: readonly Line[] = lines;
  for (const key of path) {
    const top = Math.min(...inside.map(({ indent }) => indent));
    const from = inside.findIndex(({ indent, text }) => indent === top && text === `${key}:`);
    if (from < 0) return [];
    const rest = inside.slice(from + 1);
    const end = rest.findIndex(({ indent, text }) => indent < top || (indent === top && !text.startsWith("- ")));
    inside = end < 0 ? rest : rest.slice(0, end);
  }
  return [...inside];
}

function listAt(lines: readonly Line[], path: readonly string[]): string[] {
  const inside = below(lines, path);
  const dash = Math.min(...inside.map(({ indent }) => indent));
  const items: { text: string; block: boolean }[] = [];
  for (const line of inside) {
    const last = items.at(-1);
    if (line.indent === dash && line.text.startsWith("- ")) {
      const quoted = /^- +['"]/.test(line.text);
      const text = quoted
        ? line.text.slice(2).trim()
        : line.text
            .slice(2)
            .replace(/\s#.*$/, "")
            .trim();
      const block = /^[|>][+-]?$/.test(text);
      // A text that starts without a quote and has a colon in it is a mapping to YAML, which trips many up.
      if (!block && !quoted && /:(\s|$)/.test(text))
        throw new BuildspecError(
          `Expected Commands[${items.length}] to be of string type: found subkeys instead at line ${line.number}, ` +
            `value of the key tag on line ${line.number - 1} might be empty`,
        );
      items.push({ text: block ? "" : unquoted(text), block });
    } else if (last)
      last.text += last.block && last.text !== "" ? `\n${line.text}` : last.block ? line.text : ` ${line.text}`;
  }
  return items.map(({ text }) => text);
}

function unquoted(text: string): string {
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^".*"$/.test(text)) return text.slice(1, -1).replaceAll(/\\(["\\])/g, "$1");
  return text;
}
