import { quoted } from "../aws/command-line.ts";
import { CONFIG_FILE, type CommonFlags } from "./context.ts";

/**
 * A command of this program as the user can paste it: begun as this one was (`npm run` in a checkout, `npx fairlead` elsewhere, or what the
 * environment variable FAIRLEAD_PROGRAM says, which the single file sets), on the same target, environment, region and file.
 */
export function paste(
  { target, env, config, configFound, region }: CommonFlags,
  name: string,
  ...words: readonly string[]
): string {
  const flags = [
    ...words,
    ...(target === "local" ? [] : ["--target", target]),
    ...(env === undefined ? [] : ["--env", env]),
    ...(region === undefined ? [] : ["--region", region]),
    ...(config === undefined || configFound || config === CONFIG_FILE ? [] : ["--config", config]),
  ];
  const program = process.env["FAIRLEAD_PROGRAM"] ?? "npx fairlead";
  const head = byScript() ? `npm run ${name}${flags.length > 0 ? " --" : ""}` : `${program} ${name}`;
  return [head, ...flags].join(" ");
}

/** npm tells its scripts which of them runs, and of npx it says `npx`. */
const byScript = () => process.env["npm_lifecycle_script"]?.includes("bin/fairlead.mjs") === true;

/** A command in a text, and what follows it up to the end of the sentence. */
const COMMAND = /\bnpx fairlead (?:(secret|state|release|job) )?([a-z]+)(?=((?:(?![.,:;](?:\s|$)|[`)]).)*))/g;
const OURS = /(?:^|\s)--(?:target|env|region|config)\b/;

/**
 * A text from below the command line, which knows no flags and writes a command as `npx fairlead NAME ...`: with the beginning and the flags
 * that are in use here, as `paste` writes them. A command that has such flags already stays as it is. "Run again" is followed by the command
 * that runs.
 */
export const pasted = (text: string, flags: CommonFlags): string => againIn(withFlags(text, flags), flags);

const withFlags = (text: string, flags: CommonFlags): string =>
  text.replaceAll(COMMAND, (whole: string, group: string | undefined, name: string, rest: string) => {
    if (OURS.test(rest)) return whole;
    const called = group === undefined ? paste(flags, name) : paste(flags, group, name);
    // npm keeps flags for itself unless they follow two hyphens.
    return byScript() && rest.startsWith(" -") && !called.includes(" -- ") ? `${called} --` : called;
  });

/** "run again" up to the end of the sentence, with a flag that the command needs then. */
const AGAIN = /\b[Rr]un again\b(?: with (--[a-z-]+(?: \S*[^\s.:])?))?[^.:]*?(?:\.$|(?=\.\s)|$)/g;

/**
 * A text from below the command line asks to run the command again in these words alone, since it does not know which one runs: the command
 * line follows the sentence then.
 */
const againIn = (text: string, { again }: CommonFlags): string =>
  again === undefined
    ? text
    : text.replaceAll(
        AGAIN,
        (whole: string, flag: string | undefined) => `${whole.replace(/\.$/, "")}: ${withFlag(again, flag)}`,
      );

/** A flag goes before a command for a container, and after the two hyphens that npm takes. */
function withFlag(again: string, flag: string | undefined): string {
  if (flag === undefined) return again;
  const at = again.indexOf(" -- ");
  if (byScript()) return again.includes(" -- ") ? `${again} ${flag}` : `${again} -- ${flag}`;
  return at < 0 ? `${again} ${flag}` : `${again.slice(0, at)} ${flag}${again.slice(at)}`;
}

/**
 * A command line as it was typed, so that it can be pasted. The value of an environment variable may be a secret, which a log must not repeat:
 * the shell that it is pasted into is asked for it.
 */
export function typedAgain([name = "", ...words]: readonly string[]): string {
  const rest = words.map((word, index) =>
    words[index - 1] === "--variable"
      ? ofShell(word)
      : word.startsWith("--variable=")
        ? `--variable=${ofShell(word.slice(11))}`
        : quoted(word),
  );
  const program = process.env["FAIRLEAD_PROGRAM"] ?? "npx fairlead";
  const head = byScript() ? `npm run ${name}${rest.length > 0 ? " --" : ""}` : `${program} ${name}`;
  return [head, ...rest].join(" ");
}

const ofShell = (variable: string) => {
  const [key = ""] = variable.split("=");
  return /^\w+$/.test(key) ? `${key}="$${key}"` : quoted(key);
};
