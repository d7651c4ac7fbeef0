import { posix } from "node:path";
import ignore, { type Ignore } from "ignore";

/** Why a folder cannot be released, in sentences for the user. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/** The rules of a `.dockerignore`, for paths relative to its folder. */
export interface DockerRules {
  leavesOut(path: string): boolean;
  /** Whether an exception, such as `!.env`, is the last rule that matches the path itself: the user wants it in the image. */
  wants(path: string): boolean;
  /** Whether something below the excluded `folder` may be kept by an exception. */
  mayKeepBelow(folder: string): boolean;
}

interface DockerRule {
  readonly exception: boolean;
  readonly pattern: string;
  readonly expression: RegExp;
}

/**
 * Reads a `.dockerignore` as docker does: patterns hold from the folder's root, one that matches a folder matches what is
 * in it, and the last that matches decides. `ignore` reads git's rules, which differ in all three.
 */
export function dockerRules(text: string): DockerRules {
  const rules = linesOf(text).flatMap(dockerRule);
  const exceptions = rules.filter((rule) => rule.exception);
  return {
    leavesOut(path) {
      const parts = path.split("/");
      let matched: readonly boolean[] = [];
      let out = false;
      for (const place of parts.map((_, index) => parts.slice(0, index + 1).join("/"))) {
        const above = matched;
        out = false;
        // Docker applies an exception only to what is excluded so far, so an exception for a folder that is not excluded does not affect its files.
        matched = rules.map(({ exception, expression }, index) => {
          const matches = above[index] === true || (exception === out && expression.test(place));
          if (matches) out = !exception;
          return matches;
        });
      }
      return out;
    },
    wants: (path) => rules.findLast(({ expression }) => expression.test(path))?.exception === true,
    mayKeepBelow(folder) {
      return exceptions.some(({ pattern }) => {
        const known = pattern.replace(/[*?[\\].*$/s, "");
        return known.startsWith(`${folder}/`) || (known !== pattern && `${folder}/`.startsWith(known));
      });
    },
  };
}

function dockerRule(line: string): DockerRule[] {
  const trimmed = line.trim();
  // Only a # in the first column makes a comment.
  if (line.startsWith("#") || trimmed === "") return [];
  const exception = trimmed.startsWith("!");
  const written = exception ? trimmed.slice(1).trim() : trimmed;
  const pattern = posix.normalize(written).replace(/^\/|\/$/g, "");
  try {
    if (written === "") throw new SyntaxError("nothing is excepted");
    return [{ exception, pattern, expression: expressionOf(pattern) }];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SourceError(`The line ${trimmed} of .dockerignore is not a valid pattern. Correct it.`);
  }
}

/** `**`, `*`, `?`, a class such as `[^a-z]`, an escaped character, any other character. */
const TOKEN = /\*\*\/?|\*|\?|\[\^?(?:(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?)+\]|\\.|./gsu;

function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(TOKEN, (token, at: number) => {
    const rest = pattern.slice(at + token.length);
    if (token.startsWith("**")) {
      // Docker compares the end of the path with the pattern after a leading `**`, ignoring what comes before.
      if (rest === "" || (at === 0 && token === "**" && !/[*?[\]\\]/.test(rest))) return ".*";
      return "(?:.*/)?";
    }
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token === "[" || token === "\\") throw new SyntaxError(`unfinished ${token}`);
    if (token.startsWith("[")) return token.replace(/\\(.)/gsu, (_, escaped: string) => literal(escaped));
    return literal(token.startsWith("\\") ? token.slice(1) : token);
  });
  return new RegExp(`^${source}$`, "su");
}

const literal = (character: string) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`;

/**
 * Adds the rules of the `.gitignore` in `folder` (empty, or with a trailing slash) to those of the parent folders.
 * All rules are in one list, because a deeper file cannot include a folder that a parent excludes.
 */
export function gitRules(above: Ignore | undefined, folder: string, text: string): Ignore {
  // On a case-insensitive disk, git ignores case too; a release must not depend on the disk.
  const rules = ignore({ ignorecase: false });
  if (above !== undefined) rules.add(above);
  const prefix = folder.replace(/[\\*?[\]]/g, "\\$&");
  return rules.add(
    linesOf(text).flatMap((line) => {
      const pattern = line.replace(/(?<!\\) +$/, "");
      const exception = pattern.startsWith("!");
      const body = exception ? pattern.slice(1) : pattern;
      if (pattern.startsWith("#") || /^\/*$/.test(body)) return [];
      const anywhere = /\/./s.test(body) ? "" : "**/";
      return [`${exception ? "!" : ""}/${prefix}${anywhere}${body.replace(/^\//, "")}`];
    }),
  );
}

const linesOf = (text: string) => text.replace(/^\uFEFF/, "").split(/\r?\n/);
