import { createHash } from "node:crypto";
import type { Machine, Ran } from "./machine.ts";

type Files = Pick<Machine, "files">;
type Program = (machine: Files, words: readonly string[], input: string) => Ran;

const done = (output = ""): Ran => ({ code: 0, output });

/** Programs that turn files or their input into text, as GNU's do. */
export const filePrograms: Readonly<Record<string, Program>> = {
  cut: (_machine, words, input) => done(cut(words, input)),
  tr: (_machine, words, input) => done(translate(words, input)),
  find: ({ files }, words) => find(files, words),
  /** Between lines, or with `-z` between NULs; by bytes, as with `LC_ALL=C`. */
  sort(_machine, words, input) {
    const end = words.includes("-z") ? "\0" : "\n";
    const items = input.split(end).filter((item) => item !== "");
    const sorted = items.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    return done(sorted.map((item) => item + end).join(""));
  },
  /** `xargs -0 sha256sum`: what it is given, as the arguments of a program. */
  xargs(machine, [first = "", ...words], input) {
    const [name = "", ...own] = first === "-0" ? words : [first, ...words];
    const given = input.split(first === "-0" ? "\0" : /\s+/).filter((item) => item !== "");
    return filePrograms[name]?.(machine, [...own, ...given], "") ?? done();
  },
  sha256sum(machine, names, input) {
    if (names.length === 0) return done(`${sha256(input)}  -\n`);
    const missing = names.filter((name) => !machine.files.has(name));
    const sums = names
      .filter((name) => machine.files.has(name))
      .map((name) => `${machine.files.sha256(name)}  ${name}\n`);
    const errors = missing.map((name) => `sha256sum: ${name}: No such file or directory\n`).join("");
    return { code: missing.length > 0 ? 1 : 0, output: sums.join(""), ...(errors === "" ? {} : { errors }) };
  },
};

export const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");

/** The path of a folder without what says nothing: `./a/` is `a`, and `.` the folder that everything is in. */
export const folderOf = (path: string): string =>
  path
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "")
    .replace(/^\.$/, "");

/** The files below a folder. */
export function filesIn(files: ReadonlyMap<string, string>, path: string): string[] {
  const folder = folderOf(path);
  return [...files.keys()].filter((file) => folder === "" || file.startsWith(`${folder}/`));
}

/** `find FOLDER -type f`, with `-print0` or without. */
function find(files: ReadonlyMap<string, string>, words: readonly string[]): Ran {
  const [folder = "."] = words;
  const end = words.includes("-print0") ? "\0" : "\n";
  const found = filesIn(files, folder);
  if (found.length === 0) return { code: 1, output: "", errors: `find: ‘${folder}’: No such file or directory\n` };
  // It names what it finds after the folder as that was said.
  const inside = folderOf(folder);
  return done(
    found
      .map((file) => `${folder.replace(/\/+$/, "")}/${inside === "" ? file : file.slice(inside.length + 1)}${end}`)
      .join(""),
  );
}

/** `cut -c 1-7` and `cut -c1-7`. */
function cut(words: readonly string[], input: string): string {
  const [, from, to] = /^-c(\d*)-(\d*)$/.exec(words.join("")) ?? [];
  if (from === undefined) return input;
  const lines = input.split("\n");
  return lines.map((line) => line.slice(Number(from || "1") - 1, to ? Number(to) : undefined)).join("\n");
}

/** `tr -c SET x` and `tr SET x`, for one sign in place of many. */
function translate(words: readonly string[], input: string): string {
  const complement = words[0] === "-c";
  const [set = "", sign = ""] = complement ? words.slice(1) : words;
  if (sign.length !== 1) return input;
  const safe = set.replaceAll(/[\]\\^]/g, "\\$&");
  return input.replaceAll(new RegExp(`[${complement ? "^" : ""}${safe}]`, "g"), sign);
}
