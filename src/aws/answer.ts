import { codeOf, messageOf } from "./errors.ts";

/**
 * An answer without what is nothing: a `null` in a list or in the place of a member is left out. Only plain data is looked into; a body
 * that is still to be read stays as it is.
 */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    for (let at = value.length - 1; at >= 0; at--)
      if (value[at] === null) value.splice(at, 1);
      else withoutNulls(value[at]);
  } else if (isPlain(value))
    for (const [name, item] of Object.entries(value))
      if (item === null) delete (value as Record<string, unknown>)[name];
      else withoutNulls(item);
  return value;
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * What AWS answered of the one thing that it was asked for. An answer that leaves it out is none: whoever took it for absent would make
 * a second one.
 */
export function answered<T>(asked: string, answer: T | undefined): T {
  if (answer === undefined)
    throw new Error(`AWS was asked for ${asked}, and its answer does not tell of it. Run again.`);
  return answer;
}

/** What a text of AWS's says, where it is JSON; `what` is whose text it is. */
export function readJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`AWS answered ${what} that is not JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

/** The names that an error has where AWS gave it none. */
const NAMELESS = ["", "Unknown", "UnknownError"];

/** Whether what came is no answer that the SDK can read: a proxy's page in the place of JSON or XML. */
const isUnreadable = (error: unknown): boolean => error instanceof SyntaxError || error instanceof TypeError;

/** What an error says: the SDK adds a line for whoever debugs it. */
export const wordsOf = (error: unknown) => messageOf(error).split("\n")[0] ?? "";

/** Why a call is asked again, in a few words. */
export function whyOf(error: unknown): string {
  if (isUnreadable(error)) return `the answer cannot be read (${wordsOf(error)})`;
  return [codeOf(error), wordsOf(error)].filter((word) => word !== "").join(": ");
}

/**
 * Makes an error say which call it answers where it would not: an answer that is none of AWS's (a proxy's page, an HTTP status alone)
 * has no code, and often no words. What AWS refuses in its own words stays as it is.
 */
export function telling(call: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const wordless = NAMELESS.includes(error.message);
  if (isUnreadable(error)) error.message = `The answer to ${call} cannot be read: ${wordsOf(error)}`;
  else if (wordless || NAMELESS.includes(codeOf(error))) {
    const { httpStatusCode: status } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
    const how = status === undefined ? "with an error" : `with HTTP ${status}`;
    error.message = `${call} was answered ${how}${wordless ? " and no word of why" : `: ${wordsOf(error)}`}`;
  }
  return error;
}
