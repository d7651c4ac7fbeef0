import { paste } from "../cli/paste.ts";
import { EXAMPLES } from "./examples.ts";

/** A command line as it is typed here: begun as this program was. */
function typedHere(words: string): string {
  const [name = "", ...rest] = words.split(" ");
  return paste({ target: "local" }, name, ...rest);
}

/** The last paragraph of a command's help. */
export function exampleText(name: string): string {
  const examples = EXAMPLES[name] ?? [];
  return examples.length === 0
    ? ""
    : `\nExamples:\n${examples.map(({ words, what }) => `  ${typedHere(words)}\n      ${what}`).join("\n")}`;
}
