import type { Said } from "../support/stage.ts";

/** What only a programmer can read, whoever wrote it: stack traces, and values that nobody spelt. */
const NEVER = [/^\s+at /m, /\b(Type|Range|Reference|Assertion)Error:/, /undefined is not/, /\[object \w+\]/];
/** JavaScript's own words, which none of ours are. */
const INTERNAL = [
  /is not a function|is not iterable|Cannot (read|set) propert|Cannot destructure|Cannot convert/,
  /Maximum call stack|Invalid array length|Invalid time value|circular structure|\[native code\]/,
  /\bNaN\b|\bundefined\b/,
];

/** What is wrong with how a run told what it came to. A line that `quotes` the input may repeat what is written there. */
export function wordless({ exit, lines, answer }: Said, quotes: RegExp = /(?!)/): string[] {
  const all = lines.join("\n");
  const own = lines.filter((line) => !quotes.test(line)).join("\n");
  const found = [
    ...NEVER.flatMap((never) => never.exec(all) ?? []),
    ...INTERNAL.flatMap((word) => word.exec(own)?.[0] ?? []),
  ];
  const mute = exit !== 0 && all.trim() === "" && answer === "" ? [`It ended with ${exit} and without a word.`] : [];
  return [...found.map((words) => `It says "${words}": ${all}`), ...mute];
}

/** The exit codes that a user can make something of; `changes` is the answer of `plan --check` alone. */
export const oddExit = ({ exit, lines }: Said, ...allowed: readonly number[]): string[] =>
  allowed.includes(exit) ? [] : [`Exit ${exit}: ${lines.join("\n")}`];
