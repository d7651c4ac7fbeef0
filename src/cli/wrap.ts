import { stripVTControlCharacters } from "node:util";
import { widthOf } from "./text-width.ts";

/** A command for the shell up to the end of its sentence; then a run of spaces, or a word. Colours are part of the words around them. */
const PARTS =
  // oxlint-disable-next-line no-control-regex -- colours take no room
  /(?:\x1b\[[0-9;]*m|[`(])*(?:(?:npx )fairlead|npm run|node \S*fairlead\.mjs|(?<=(?:: |`)(?:\x1b\[[0-9;]*m)*)(?:aws|gh|git|docker|openssl)) (?:(?![.,:;](?:\s|$)|[`)]).)+[.,:;`)]*|\s+|\S+/g;

/** Where the text of a line begins, if something that is aligned is before it: after the last run of spaces in the first half. */
const LABEL = /^.*\S {2,}(?=\S)/;

/** What begins an item of a list: the item's text continues below its first word. */
const ITEM = /^ *- (?=\S)/;

/** The fewest columns that a continued line may have for itself. */
const LEAST = 30;

/** A text for a terminal of `columns`: lines that are longer continue below their own beginning. */
export const wrapped = (text: string, columns: number): string =>
  text
    .split("\n")
    .map((line) => (widthOf(line) <= columns ? line : wrappedLine(line, columns)))
    .join("\n");

/**
 * Breaks a line between words, and never in a command, which could not be pasted then: a command begins a line of its own if it does not fit, and
 * one that is longer than a line is left to the terminal, as is any longer word.
 */
function wrappedLine(line: string, columns: number): string {
  const indent = indentOf(stripVTControlCharacters(line), columns);
  let column = 0;
  let gap = "";
  let out = "";
  for (const [part] of line.matchAll(PARTS)) {
    if (part.trim() === "") {
      gap = part;
      continue;
    }
    const width = widthOf(part);
    const fits = column + gap.length + width <= columns;
    // A word that is too long for any line stays beside its label.
    const isLong = width > columns - indent && !part.includes(" ") && column + gap.length <= indent;
    if (fits || isLong || column === 0) {
      out += gap + part;
      column += gap.length + width;
    } else {
      out += `\n${" ".repeat(indent)}${part}`;
      column = indent + width;
    }
    if (column > columns) column %= columns;
    gap = "";
  }
  return out;
}

function indentOf(plain: string, columns: number): number {
  const label = LABEL.exec(plain.slice(0, Math.floor(columns / 2)))?.[0];
  const item = ITEM.exec(plain)?.[0];
  const indent = label !== undefined ? widthOf(label) : (item?.length ?? plain.length - plain.trimStart().length);
  return columns - indent < LEAST ? 0 : indent;
}
