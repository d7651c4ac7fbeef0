import { jq } from "./jq.ts";
import { filePrograms } from "./programs.ts";
import { commandsOf, redirected, splitOutside, wordsOf, type Around, type Joined } from "./words.ts";
import type { Machine, Ran } from "./machine.ts";

const done = (output = ""): Ran => ({ code: 0, output });

/**
 * Runs a command of a buildspec: variables, `if`, `until`, `&&`, `;`, pipes, redirection, and the few programs that say what a release
 * is. Any other program is not there to be run, and counts as having done its work in silence.
 */
export function run(machine: Machine, script: string): Ran {
  let ran: Ran = done();
  for (const line of script.split("\n")) {
    ran = after(ran, runList(machine, commandsOf(line)));
    if (exits(machine)) break;
  }
  return ran;
}

/** What two commands that ran one after the other came to. */
const after = (one: Ran, next: Ran): Ran => ({
  code: next.code,
  output: one.output + next.output,
  ...(one.errors === undefined && next.errors === undefined
    ? {}
    : { errors: (one.errors ?? "") + (next.errors ?? "") }),
});

const EXITED = "?exited";
const PIPEFAIL = "?pipefail";
const exits = ({ variables }: Machine) => EXITED in variables;

/** Whether a command said `exit` since the last time this was asked. */
export function takeExit({ variables }: Machine): boolean {
  const exited = EXITED in variables;
  delete variables[EXITED];
  return exited;
}

/** Bash manual, "Lists of Commands": `&&` and `||` bind alike, from left to right. */
function runList(machine: Machine, list: readonly Joined[]): Ran {
  let ran: Ran = done();
  for (let at = 0; at < list.length && !exits(machine);) {
    const { after: join = ";", text = "" } = list[at] ?? {};
    const length = /^if\s/.test(text) ? lengthOfIf(list.slice(at)) : lengthOfUntil(list.slice(at));
    const skipped = (join === "&&" && ran.code !== 0) || (join === "||" && ran.code === 0);
    const own = list.slice(at, at + length);
    const compound = /^until\s/.test(text) ? runUntil : runIf;
    if (!skipped) ran = after(ran, length > 1 ? compound(machine, own) : runPipe(machine, text));
    at += length;
  }
  return ran;
}

/** How many commands the `if` at the beginning of a list consists of, its `fi` included. */
function lengthOfIf(list: readonly Joined[]): number {
  let depth = 0;
  const end = list.findIndex(({ text }) => {
    if (/^(?:(?:then|else)\s+)*if\s/.test(text)) depth += 1;
    if (/^fi\b/.test(text)) depth -= 1;
    return depth === 0;
  });
  return end < 0 ? list.length : end + 1;
}

/** The same of an `until`, its `done` included, in which there is no other one. */
const lengthOfUntil = (list: readonly Joined[]): number =>
  /^until\s/.test(list[0]?.text ?? "") ? list.findIndex(({ text }) => text === "done") + 1 : 1;

/** `until LIST; do LIST; done`. */
function runUntil(machine: Machine, list: readonly Joined[]): Ran {
  const at = list.findIndex(({ text }) => /^do\s/.test(text));
  const part = (some: readonly Joined[]) =>
    some.map(({ after: join, text }, index): Joined => ({
      after: index === 0 ? ";" : join,
      text: text.replace(/^(?:until|do)\s+/, ""),
    }));
  const [condition, body] = [part(list.slice(0, at)), part(list.slice(at, -1))];
  let ran = done();
  for (;;) {
    const asked = runList(machine, condition);
    ran = after(ran, { ...asked, code: 0 });
    if (asked.code === 0 || exits(machine)) return ran;
    ran = after(ran, runList(machine, body));
    if (exits(machine)) return ran;
  }
}

/** `if LIST; then LIST; else LIST; fi`. */
function runIf(machine: Machine, list: readonly Joined[]): Ran {
  const [condition, body, otherwise]: [Joined[], Joined[], Joined[]] = [[], [], []];
  let part = condition;
  let depth = 0;
  for (const { after: join, text } of list.slice(0, -1)) {
    const keyword = depth === 0 ? /^(if)\s+(.*)$/s : depth === 1 ? /^(then|else)\s+(.*)$/s : undefined;
    const [, word, rest = text] = keyword?.exec(text) ?? [];
    if (word === "then") part = body;
    if (word === "else") part = otherwise;
    const own = word === undefined ? text : rest;
    if (word === "if" || /^if\s/.test(own)) depth += 1;
    if (/^fi\b/.test(text)) depth -= 1;
    part.push({ after: word === undefined ? join : ";", text: own });
  }
  const asked = runList(machine, condition);
  return after({ ...asked, code: 0 }, runList(machine, asked.code === 0 ? body : otherwise));
}

/** With `set -o pipefail` a pipe fails as the last of its commands that does. */
function runPipe(machine: Machine, line: string): Ran {
  let ran: Ran = done();
  let [failed, errors] = [0, ""];
  for (const command of splitOutside(line, "|")) {
    ran = runCommand(machine, command, ran.output);
    errors += ran.errors ?? "";
    if (ran.code !== 0) failed = ran.code;
  }
  const code = PIPEFAIL in machine.variables ? failed : ran.code;
  return { code, output: ran.output, ...(errors === "" ? {} : { errors }) };
}

/** Bash manual, "Simple Command Expansion": a command of assignments alone ends as the last command that was substituted in it. */
function runCommand(machine: Machine, command: string, input: string): Ran {
  const { text, file, append, hushed } = redirected(command);
  let substituted = 0;
  const around: Around = {
    variables: machine.variables,
    substitute: (script) => {
      const ran = run({ ...machine, variables: { ...machine.variables } }, script);
      substituted = ran.code;
      return ran.output.replace(/\n+$/, "");
    },
  };
  const words = wordsOf(text, around);
  const first = words.findIndex((word) => !ASSIGNMENT.test(word));
  const assigned = first < 0 ? words : words.slice(0, first);
  const values = assigned.map((word) => ASSIGNMENT.exec(word)?.slice(1, 3) ?? []) as [string, string][];
  let ran: Ran;
  if (first < 0) {
    for (const [name, value] of values) machine.variables[name] = value;
    ran = { code: substituted, output: "" };
  } else {
    // Before a command they are that command's alone.
    const own =
      values.length === 0
        ? machine
        : { ...machine, variables: { ...machine.variables, ...Object.fromEntries(values) } };
    ran = program(own, words.slice(first), input);
  }
  const errors = hushed || ran.errors === undefined ? {} : { errors: ran.errors };
  const [name] = file === undefined ? [] : wordsOf(file, around);
  if (name === "/dev/null") return { code: ran.code, output: "", ...errors };
  if (name === undefined || name.startsWith("/dev/")) return { code: ran.code, output: ran.output, ...errors };
  machine.files.set(name, (append ? (machine.files.get(name) ?? "") : "") + ran.output);
  return { code: ran.code, output: "", ...errors };
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

function program(machine: Machine, [name = "", ...words]: readonly string[], input: string): Ran {
  switch (name) {
    case "export": {
      const [, variable, value = ""] = ASSIGNMENT.exec(words[0] ?? "") ?? [];
      if (variable !== undefined) machine.variables[variable] = value;
      return done();
    }
    case "set":
      if (words.includes("pipefail")) machine.variables[PIPEFAIL] = "";
      return done();
    case "echo":
      return done(`${words.filter((word, index) => index > 0 || word !== "-n").join(" ")}\n`);
    case "printf":
      return done(printf(words));
    case "cat": {
      const missing = words.find((file) => !machine.files.has(file));
      if (missing !== undefined) return { code: 1, output: `cat: ${missing}: No such file or directory\n` };
      return done(words.length === 0 ? input : words.map((file) => machine.files.get(file)).join(""));
    }
    case "exit":
      machine.variables[EXITED] = "";
      return { code: Number(words[0] ?? 0), output: "" };
    case "sleep":
      // A build whose time is up ends wherever it is.
      if (machine.sleep?.(Number(words[0] ?? 0))) machine.variables[EXITED] = "";
      return done();
    case "jq":
      return jq(machine.files, words, input);
    case "false":
      return { code: 1, output: "" };
    case "[":
    case "[[":
    case "test":
      return {
        code: holds(
          machine,
          words.filter((word) => word !== "]" && word !== "]]"),
        )
          ? 0
          : 1,
        output: "",
      };
    case "docker":
      return machine.docker(words);
    case "aws":
      return machine.aws(words);
    default:
      return filePrograms[name]?.(machine, words, input) ?? done();
  }
}

/** `%s` and the line feed, which is what an image definition needs. */
function printf([format = "", ...values]: readonly string[]): string {
  const rest = [...values];
  return format.replaceAll(/%s|%%|\\n|\\t/g, (sign) =>
    sign === "%s" ? (rest.shift() ?? "") : sign === "%%" ? "%" : sign === "\\n" ? "\n" : "\t",
  );
}

function holds({ files }: Machine, words: readonly string[]): boolean {
  const [first = "", second, third = ""] = words;
  if (first === "!") return !holds({ files } as Machine, words.slice(1));
  if (first === "-z") return (second ?? "") === "";
  if (first === "-n") return (second ?? "") !== "";
  if (first === "-f" || first === "-e") return files.has(second ?? "");
  if (second === "=" || second === "==") return first === third;
  if (second === "!=") return first !== third;
  if (second === "-eq") return Number(first) === Number(third);
  if (second === "-ne") return Number(first) !== Number(third);
  if (second === "-ge") return Number(first) >= Number(third);
  if (second === "-gt") return Number(first) > Number(third);
  return first !== "" && second === undefined;
}
