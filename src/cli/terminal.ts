import { confirm, isCancel, password, select, text as typed } from "@clack/prompts";
import pc from "picocolors";

/** Where a command writes to, and what kind of a place that is. */
export interface Terminal {
  /** Writes a line for people. */
  line(text?: string): void;
  /** Writes what programs read: the one answer of the command. */
  answer(text: string): void;
  /** Writes over what was drawn before: the part of the screen that changes; the empty list takes it away. */
  draw(lines: readonly string[]): void;
  /** Whether a person watches, so that lines may be drawn over. */
  readonly live: boolean;
  /** Whether a person can be asked. */
  readonly asks: boolean;
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
  const live = people.isTTY && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined;
  let drawn = 0;
  const draw = (lines: readonly string[]) => {
    if (!live) return;
    const width = Math.max(20, people.columns || 80);
    const room = Math.max(3, (people.rows || 24) - 2);
    const shown = lines.slice(0, room).map((text) => clip(text, width - 1));
    people.write(`${drawn > 0 ? `\x1b[${drawn}A` : ""}\x1b[0J${shown.map((text) => `${text}\n`).join("")}`);
    drawn = shown.length;
  };
  return {
    line(text = "") {
      draw([]);
      people.write(`${printable(text)}\n`);
    },
    answer: (text) => void process.stdout.write(`${text}\n`),
    draw: (lines) => draw(lines.map(printable)),
    live,
    asks: process.stdin.isTTY && people.isTTY && process.env["CI"] === undefined,
    async confirm(question) {
      const answer = await confirm({ message: question, initialValue: false, output: people });
      return !isCancel(answer) && answer;
    },
    async choose(question, choices, signal) {
      const answer = await select({ message: question, options: [...choices], signal, output: people });
      return isCancel(answer) ? undefined : answer;
    },
    async ask(question, proposed, wrong) {
      const answer = await typed({
        message: question,
        initialValue: proposed,
        validate: (value) => wrong(value ?? ""),
        output: people,
      });
      return isCancel(answer) ? undefined : answer;
    },
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

/** A line cut to `width` columns, colours not counted. */
function clip(text: string, width: number): string {
  let columns = 0;
  // oxlint-disable-next-line no-control-regex -- colours take no room
  const parts = text.split(/(\x1b\[[0-9;]*m)/);
  const kept = parts.map((part, index) => {
    if (index % 2 === 1) return part;
    const room = Math.max(0, width - columns);
    columns += part.length;
    return part.length > room ? `${part.slice(0, Math.max(0, room - 1))}${room > 0 ? "…" : ""}` : part;
  });
  return kept.join("");
}

/** Colours, where the terminal has them and NO_COLOR is not set. */
export const paint = pc;
