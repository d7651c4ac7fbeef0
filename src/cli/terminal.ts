import { stripVTControlCharacters } from "node:util";
import { confirm, isCancel, password, select } from "@clack/prompts";
import pc from "picocolors";
import { askText } from "./ask.ts";
import { cut } from "./text-width.ts";
import { wrapped } from "./wrap.ts";

/** Where a command writes to, and what kind of a place that is. */
export interface Terminal {
  /** Writes a line for people, broken between words where a terminal is narrower; `part`: what it is, where it is not about how the command goes on. */
  line(text?: string, part?: Part): void;
  /** Writes a line to stderr, also where other lines for people go to stdout: why the command ended early, or which config it found. */
  error(text: string): void;
  /** Writes what programs read: the one answer of the command. */
  answer(text: string): void;
  /** Writes over what was drawn before: the part of the screen that changes; the empty list takes it away. */
  draw(lines: readonly string[]): void;
  /** How wide it is, where it is a terminal. */
  readonly columns?: number | undefined;
  /** Whether a person watches, so that lines may be drawn over. */
  readonly live: boolean;
  /** Whether a person can be asked. */
  readonly asks: boolean;
  /** Whether only what a command came to is wanted (`--quiet`). */
  readonly quiet?: boolean;
  /** Asks for a yes; leaving the question is a no. */
  confirm(question: string): Promise<boolean>;
  /** Asks for one of several; `undefined` where the person leaves the question, or the signal ends it. */
  choose(question: string, choices: readonly Choice[], signal: AbortSignal): Promise<string | undefined>;
  /** Asks for a text, with one that is proposed; `wrong` says what is wrong with an answer. `undefined` where the person leaves the question. */
  ask(question: string, proposed: string, wrong: (answer: string) => string | undefined): Promise<string | undefined>;
  /** Asks for a text that is not shown; `undefined` where the person leaves the question. */
  hidden(question: string): Promise<string | undefined>;
  /** All of standard input; `undefined` where that is a terminal. */
  piped(): Promise<Uint8Array | undefined>;
}

/**
 * A line that `--quiet` shows too: what the command came to, what failed (on stderr then), or the output of something else, such as a log, which
 * stays as it is.
 */
export type Part = "result" | "failure" | "output";

/** One answer that a person can choose. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/**
 * The process's own terminal. Where the answer is for programs (`json`), what is for people goes to stderr, so that stdout holds the
 * answer alone.
 */
export function processTerminal(json: boolean): Terminal {
  const people = json ? process.stderr : process.stdout;
  const output = json ? ownOutput() : process.stdout;
  const live = people.isTTY && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined;
  let drawn = 0;
  const draw = (lines: readonly string[]) => {
    if (!live) return;
    const width = Math.max(20, people.columns || 80);
    const room = Math.max(3, (people.rows || 24) - 2);
    const shown = lines.slice(0, room).map((text) => cut(text, width - 1));
    people.write(`${drawn > 0 ? `\x1b[${drawn}A` : ""}\x1b[0J${shown.map((text) => `${text}\n`).join("")}`);
    drawn = shown.length;
  };
  return {
    line(text = "", part) {
      draw([]);
      people.write(`${part === "output" ? printable(text) : fitted(text, people)}\n`);
    },
    error(text) {
      draw([]);
      process.stderr.write(
        `${fitted(hasColours(process.env, process.stderr) ? text : stripVTControlCharacters(text), process.stderr)}\n`,
      );
    },
    answer: (text) => void output.write(`${text}\n`),
    draw: (lines) => draw(lines.map(printable)),
    live,
    columns: people.isTTY ? people.columns || 80 : undefined,
    asks: process.stdin.isTTY && people.isTTY && process.env["CI"] === undefined,
    async confirm(question) {
      const answer = await confirm({ message: question, initialValue: false, output: people });
      return !isCancel(answer) && answer;
    },
    async choose(question, choices, signal) {
      const answer = await select({ message: question, options: [...choices], signal, output: people });
      return isCancel(answer) ? undefined : answer;
    },
    ask: (question, proposed, wrong) => askText(question, proposed, wrong, { output: people }),
    async hidden(question) {
      const answer = await password({ message: question, output: people });
      return isCancel(answer) ? undefined : answer;
    },
    async piped() {
      if (process.stdin.isTTY) return undefined;
      const parts: Uint8Array[] = [];
      for await (const part of process.stdin) parts.push(part as Uint8Array);
      return Buffer.concat(parts);
    },
  };
}

/**
 * Standard output for the answer alone: whatever else is written there from now on, such as by a config that prints, goes to stderr.
 */
function ownOutput(): Pick<NodeJS.WriteStream, "write"> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return { write };
}

/** A text as it is safe to print, and wrapped where a person reads it. */
function fitted(text: string, stream: NodeJS.WriteStream): string {
  const safe = printable(text);
  return stream.isTTY ? wrapped(safe, Math.max(20, stream.columns || 80)) : safe;
}

/** Our own colours, control characters, and the marks that let text run backwards. */
// oxlint-disable-next-line no-control-regex -- our own colours are the only control sequences that may reach the terminal
const CONTROL = /\x1b\[(?:1|2|22|3[1-69])m|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text without control characters: what comes from AWS must not move the cursor, rename the window, hide a word or turn one round.
 * The colours that this house uses stay.
 */
export const printable = (text: string): string =>
  text.replace(CONTROL, (found) => {
    if (found.length > 1) return found;
    const code = found.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
  });

/**
 * Whether what is written to a stream has colours: if it is a terminal that can show them, unless NO_COLOR (no-color.org) says no or
 * FORCE_COLOR (force-color.org) says yes. picocolors' own check takes CI for a terminal.
 */
export function hasColours(env: NodeJS.ProcessEnv, stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && TERM !== "dumb";
}

/** Colours, where the stream for people has them: see `processTerminal`. */
export const paint = pc.createColors(
  hasColours(process.env, answersPrograms(process.argv.slice(2)) ? process.stderr : process.stdout),
);

/** Whether a command line asks for JSON, as one object or line by line. */
export function asksForJson(argv: readonly string[]): boolean {
  return asksFor(argv, "--json", "--jsonl");
}

/** Whether it asks for a comment of a pull request. */
export function asksForMarkdown(argv: readonly string[]): boolean {
  return asksFor(argv, "--markdown");
}

/** Whether stdout is for the answer alone. */
export function answersPrograms(argv: readonly string[]): boolean {
  return asksForJson(argv) || asksForMarkdown(argv);
}

/** What comes after `--` is a container's command. */
function asksFor(argv: readonly string[], ...flags: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).some((word) => flags.includes(word));
}
