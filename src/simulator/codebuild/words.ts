/** What a word may refer to. */
export interface Around {
  readonly variables: Record<string, string>;
  /** What `$(...)` prints. */
  readonly substitute: (script: string) => string;
}

/** The parts of a command line between `sign`s that stand outside quotes and brackets. */
export function splitOutside(text: string, sign: string): string[] {
  const parts = [""];
  for (let at = 0; at < text.length;) {
    if (text.startsWith(sign, at)) {
      parts.push("");
      at += sign.length;
      continue;
    }
    const end = endOf(text, at);
    parts[parts.length - 1] += text.slice(at, end);
    at = end;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** Where what starts at `at` ends: a quoted text or a bracketed one whole, anything else sign by sign. */
export function endOf(text: string, at: number): number {
  const sign = text[at];
  if (sign === "\\") return Math.min(at + 2, text.length);
  if (sign === "'") return closing(text.indexOf("'", at + 1), text);
  if (sign === '"') {
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end = text[end] === "'" ? end + 1 : endOf(text, end);
    return Math.min(end + 1, text.length);
  }
  if (text.startsWith("$((", at)) return text.includes("))", at) ? text.indexOf("))", at) + 2 : text.length;
  if (text.startsWith("$(", at) || text.startsWith("${", at)) {
    const close = sign === "$" && text[at + 1] === "(" ? ")" : "}";
    let end = at + 2;
    while (end < text.length && text[end] !== close) end = endOf(text, end);
    return Math.min(end + 1, text.length);
  }
  return at + 1;
}

const closing = (index: number, text: string) => (index < 0 ? text.length : index + 1);

/** What joins two commands of a line. */
export type Join = ";" | "&&" | "||";

/** A command of a line, and what joins it to the one before. */
export interface Joined {
  readonly after: Join;
  readonly text: string;
}

/** The commands of a line, told apart outside quotes and brackets. */
export function commandsOf(line: string): Joined[] {
  const found: { after: Join; text: string }[] = [{ after: ";", text: "" }];
  for (let at = 0; at < line.length;) {
    const join = ([";", "&&", "||"] as const).find((sign) => line.startsWith(sign, at));
    if (join) {
      found.push({ after: join, text: "" });
      at += join.length;
      continue;
    }
    const end = endOf(line, at);
    const last = found.at(-1);
    if (last) last.text += line.slice(at, end);
    at = end;
  }
  return found.map(({ after, text }) => ({ after, text: text.trim() })).filter(({ text }) => text !== "");
}

/** Where the output of a command goes. */
export interface Redirected {
  /** The command without its redirections. */
  readonly text: string;
  /** The word that names the file, and whether it is added to. */
  readonly file?: string;
  readonly append: boolean;
  /** What the command says of its errors is thrown away. */
  readonly hushed: boolean;
}

/** Takes the redirections out of a command: `> file`, `>> file`, `2>/dev/null`, `2>&1`. */
export function redirected(command: string): Redirected {
  let [text, hushed, append] = ["", false, false];
  let file: string | undefined;
  for (let at = 0; at < command.length;) {
    const [sign, from, kind, same] = /^(\d?)(>>?)(&\d)?\s*/.exec(command.slice(at)) ?? [];
    if (sign === undefined || (from !== "" && /\S$/.test(text))) {
      const end = endOf(command, at);
      text += command.slice(at, end);
      at = end;
      continue;
    }
    at += sign.length;
    if (same !== undefined) continue;
    const start = at;
    while (at < command.length && !/\s/.test(command[at] ?? "")) at = endOf(command, at);
    if (from === "2") hushed = true;
    else [file, append] = [command.slice(start, at), kind === ">>"];
  }
  return { text, append, hushed, ...(file === undefined ? {} : { file }) };
}

/** The words of a command, with quotes taken off and variables filled in. */
export function wordsOf(text: string, around: Around): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length;) {
    const end = endOf(text, at);
    const piece = text.slice(at, end);
    at = end;
    if (/^\s$/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (piece.startsWith("\\")) word = (word ?? "") + piece.slice(1);
    else if (piece.startsWith("'")) word = (word ?? "") + piece.slice(1, -1);
    else if (piece.startsWith('"')) word = (word ?? "") + expand(piece.slice(1, -1), around);
    else {
      const [name] = piece === "$" ? (/^\w+/.exec(text.slice(at)) ?? []) : [];
      if (name !== undefined) at += name.length;
      word = (word ?? "") + expand(name === undefined ? piece : `$${name}`, around);
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** A text outside single quotes, with its variables and commands filled in. */
function expand(text: string, around: Around): string {
  let result = "";
  for (let at = 0; at < text.length;) {
    const end = endOf(text, at);
    const piece = text.slice(at, end);
    at = end;
    if (piece.startsWith("$((")) result += sum(piece.slice(3, -2), around);
    else if (piece.startsWith("$(")) result += around.substitute(piece.slice(2, -1));
    else if (piece.startsWith("${")) result += parameter(piece.slice(2, -1), around);
    else if (piece.startsWith("\\") && piece.length === 2) result += /["\\$`]/.test(piece[1] ?? "") ? piece[1] : piece;
    else if (piece === "$") {
      const [name = ""] = /^\w+/.exec(text.slice(at)) ?? [];
      result += name === "" ? "$" : (around.variables[name] ?? "");
      at += name.length;
    } else result += piece;
  }
  return result;
}

/** `$((NAME + 1))`: whole numbers and variables, added (Bash manual, "Shell Arithmetic": a variable that is not set is 0). */
function sum(text: string, { variables }: Around): string {
  const terms = text.split("+").map((term) => term.trim());
  return String(terms.reduce((total, term) => total + Number(/^\d+$/.test(term) ? term : (variables[term] ?? "0")), 0));
}

/** Bash manual, "Shell Parameter Expansion": `#` and `##` take the shortest and the longest match off the start, `%` and `%%` off the end. */
function trimmed(value: string, sign: string, glob: string): string {
  // A bracket of the glob is one of a regular expression, for the sets that are used here.
  const pattern = glob
    .split(/(\*|\[[^\]]+\])/)
    .map((part) => (part === "*" ? ".*" : part.startsWith("[") ? part : part.replaceAll(/[.+?^${}()|\\\]]/g, "\\$&")))
    .join("");
  const whole = new RegExp(`^${pattern}$`, "s");
  const lengths = [...Array(value.length + 1).keys()];
  const isStart = sign.startsWith("#");
  const matching = lengths.filter((length) =>
    whole.test(isStart ? value.slice(0, length) : value.slice(value.length - length)),
  );
  const taken = (sign.length === 1 ? matching[0] : matching.at(-1)) ?? 0;
  return isStart ? value.slice(taken) : value.slice(0, value.length - taken);
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:=default}`, `${NAME:from:length}`, and without what a pattern matches at its start or end. */
function parameter(text: string, around: Around): string {
  const [, name = "", rest = ""] = /^(\w+)(.*)$/s.exec(text) ?? [];
  const value = around.variables[name] ?? "";
  if (rest === "") return value;
  const [, sign, glob] = /^(##?|%%?)(.+)$/s.exec(rest) ?? [];
  if (sign !== undefined && glob !== undefined) return trimmed(value, sign, glob);
  const [, from, length] = /^:(\d+)(?::(\d+))?$/.exec(rest) ?? [];
  if (from !== undefined)
    return value.slice(Number(from), length === undefined ? undefined : Number(from) + Number(length));
  if (!/^:?[-=]/.test(rest)) return value;
  const filled = value === "" ? expand(rest.replace(/^:?[-=]/, ""), around) : value;
  if (rest.startsWith(":=") || rest.startsWith("=")) around.variables[name] = filled;
  return filled;
}
