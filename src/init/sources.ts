import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A source file that was looked at. */
export interface SourceText {
  /** From the folder that was searched, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What a search came upon: the value, and where it says so. */
export interface Sighting<T> {
  readonly value: T;
  /** `server.js:12`. */
  readonly where: string;
}

const CODE = /\.(?:[cm]?[jt]sx?|py|go)$/;
const SKIPPED =
  /^(?:\..*|node_modules|vendor|dist|build|out|target|coverage|venv|env|__pycache__|tests?|__tests__|e2e|docs|examples?|migrations|copilot)$/;
const TESTS = /(?:\.(?:test|spec)\.|_test\.|^test_|\.d\.ts$|^stack\.config\.)/;
/** Enough for where an application starts; a repository of millions of lines is not read. */
const [MOST_FILES, MOST_BYTES, MOST_DEPTH] = [400, 200_000, 5];

/** The source files of an application, those of the upper folders first. */
export function sourcesIn(directory: string): SourceText[] {
  const found: SourceText[] = [];
  let folders = [""];
  for (let depth = 0; depth < MOST_DEPTH && found.length < MOST_FILES; depth++) {
    const below: string[] = [];
    for (const folder of folders)
      for (const entry of entriesOf(join(directory, folder))) {
        const path = folder + entry.name;
        if (entry.isDirectory() && !SKIPPED.test(entry.name)) below.push(`${path}/`);
        else if (entry.isFile() && CODE.test(entry.name) && !TESTS.test(entry.name) && found.length < MOST_FILES)
          found.push(...readSmall(directory, path));
      }
    folders = below;
  }
  return found;
}

const entriesOf = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // A folder that cannot be read has nothing to tell.
    return [];
  }
};

function readSmall(directory: string, path: string): SourceText[] {
  const text = textAt(directory, path);
  return text === undefined ? [] : [{ path, text }];
}

/** The text of a file; undefined if there is none, or it is too large to be looked at. */
export function textAt(directory: string, path: string): string | undefined {
  try {
    const place = join(directory, path);
    const stats = statSync(place);
    return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(place, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** The first match of an expression in the files, with the line that it is on. Its first group is the value. */
export function sight(files: readonly SourceText[], expression: RegExp): Sighting<string> | undefined {
  for (const { path, text } of files) {
    const match = expression.exec(text);
    const value = match?.slice(1).find((group) => group !== undefined);
    if (match && value !== undefined)
      return { value, where: `${path}:${text.slice(0, match.index).split("\n").length}` };
  }
  return undefined;
}
