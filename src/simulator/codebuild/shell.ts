import { splitOutside, wordsOf } from "./words.ts";

/** What the commands of a build share: one shell, one file system, one Docker. */
export interface Machine {
  readonly variables: Record<string, string>;
  /** Files by path: those of the source, and those that commands wrote. */
  readonly files: Map<string, string>;
  /** Does what `docker` is asked for; answers what it prints. */
  readonly docker: (words: readonly string[]) => Ran;
}

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

const done = (output = ""): Ran => ({ code: 0, output });

/**
 * Runs a command of a buildspec: variables, `if`, `&&`, `;`, pipes, redirection, and the few programs that say what a release
 * is. Any other program is not there to be run, and counts as having done its work in silence.
 */
export function run(machine: Machine, script: string): Ran {
  let [code, output] = [0, ""];
  for (const line of script.split("\n")) {
    const ran = runLine(machine, line.trim());
    output += ran.output;
    code = ran.code;
    if (exits(machine)) break;
  }
  return { code, output };
}

const EXITED = "?exited";
const exits = ({ variables }: Machine) => EXITED in variables;

/** Whether a command said `exit` since the last time this was asked. */
export function takeExit({ variables }: Machine): boolean {
  const exited = EXITED in variables;
  delete variables[EXITED];
  return exited;
}

function runLine(machine: Machine, line: string): Ran {
  const [, condition, body, otherwise] =
    /^if\s+(.+?)\s*;\s*then\s+(.*?)(?:;\s*else\s+(.*?))?\s*;?\s*fi$/.exec(line) ?? [];
  if (condition !== undefined && body !== undefined) {
    const isTrue = runLine(machine, condition).code === 0;
    return isTrue ? runLine(machine, body) : otherwise === undefined ? done() : runLine(machine, otherwise);
  }
  let [code, output] = [0, ""];
  for (const sequence of splitOutside(line, ";")) {
    for (const part of splitOutside(sequence, "&&")) {
      for (const alternative of splitOutside(part, "||")) {
        const ran = runPipe(machine, alternative);
        output += ran.output;
        code = ran.code;
        if (code === 0 || exits(machine)) break;
      }
      if (code !== 0 || exits(machine)) break;
    }
    if (exits(machine)) break;
  }
  return { code, output };
}

function runPipe(machine: Machine, line: string): Ran {
  let ran = done();
  for (const command of splitOutside(line, "|")) ran = runCommand(machine, command.trim(), ran.output);
  return ran;
}

function runCommand(machine: Machine, command: string, input: string): Ran {
  const [text = "", target] = splitOutside(command.replaceAll(/\s\d?>&\d|\s2>\s*\S+/g, ""), ">");
  const words = wordsOf(text, {
    variables: machine.variables,
    substitute: (script) => run({ ...machine, variables: { ...machine.variables } }, script).output.replace(/\n+$/, ""),
  });
  const ran = program(machine, words, input);
  const [file] = target === undefined ? [] : wordsOf(target, { variables: machine.variables, substitute: () => "" });
  if (file === "/dev/null") return { code: ran.code, output: "" };
  if (file === undefined || file.startsWith("/dev/")) return ran;
  machine.files.set(file, (command.includes(">>") ? (machine.files.get(file) ?? "") : "") + ran.output);
  return { code: ran.code, output: "" };
}

function program(machine: Machine, [name = "", ...words]: readonly string[], input: string): Ran {
  const [, variable, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(name === "export" ? (words[0] ?? "") : name) ?? [];
  if (variable !== undefined) {
    machine.variables[variable] = value;
    return done();
  }
  switch (name) {
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
    case "cut":
      return done(cut(words, input));
    case "tr":
      return done(translate(words, input));
    case "docker":
      return machine.docker(words);
    default:
      return done();
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
  return first !== "" && second === undefined;
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
