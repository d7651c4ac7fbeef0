import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";

/** The phases of a buildspec that hold commands, in the order in which CodeBuild runs them. */
export const COMMAND_PHASES = ["install", "pre_build", "build", "post_build"] as const;

/** One of them. */
export type CommandPhase = (typeof COMMAND_PHASES)[number];

/** What a buildspec says, as far as the simulator follows it. */
export interface Buildspec {
  readonly commands: Readonly<Record<CommandPhase, readonly string[]>>;
  /** The files that the build hands on. */
  readonly files: readonly string[];
  /** Its own plain variables. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A buildspec that CodeBuild would not take: the message is CodeBuild's. */
export class BuildspecError extends Error {}

/** Reads a buildspec. Source of its form: CodeBuild user guide, "Build specification reference for CodeBuild". */
export function parseBuildspec(text: string): Buildspec {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [wrong] = document.errors;
  if (wrong)
    throw new BuildspecError(
      wrong.code === "TAB_AS_INDENT" ? "found character that cannot start any token" : `yaml: ${wrong.message}`,
    );
  // As it is written: the schema would read 0.10 as a number and lose its last digit.
  const version = document.getIn(["version"], true);
  if (!isScalar(version)) throw new BuildspecError("invalid buildspec: version is missing");
  if ((version.source ?? "") !== "0.2") throw new BuildspecError(`unknown buildspec version: ${version.source}`);
  if (!document.has("phases")) throw new BuildspecError("invalid buildspec: phases is missing");
  const textsAt = (...path: readonly string[]): string[] => {
    const found = document.getIn(path, true);
    return isSeq<Node>(found) ? found.items.map((item, index) => textOf(item, index, lines)) : [];
  };
  const variables = document.getIn(["env", "variables"], true);
  return {
    commands: {
      install: textsAt("phases", "install", "commands"),
      pre_build: textsAt("phases", "pre_build", "commands"),
      build: textsAt("phases", "build", "commands"),
      post_build: textsAt("phases", "post_build", "commands"),
    },
    files: textsAt("artifacts", "files"),
    variables: isMap(variables)
      ? Object.fromEntries(variables.items.map(({ key, value }) => [spelt(key), spelt(value)]))
      : {},
  };
}

/** A scalar as it is written, whatever type YAML would give it. */
function spelt(node: unknown): string {
  if (!isScalar(node)) return "";
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}

function textOf(node: Node, index: number, lines: LineCounter): string {
  if (isScalar(node)) return spelt(node).replace(/\n$/, "");
  // A text that starts without a quote and has a colon in it is a mapping to YAML, which trips many up.
  const { line } = lines.linePos(node.range?.[0] ?? 0);
  throw new BuildspecError(
    `Expected Commands[${index}] to be of string type: found subkeys instead at line ${line}, ` +
      `value of the key tag on line ${line - 1} might be empty`,
  );
}
