import { codeOf, isDenied, messageOf } from "./errors.ts";

/**
 * Removes nulls from a response: a `null` list item or member is dropped. Only plain data is inspected; a body
 * stream is returned unchanged.
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
 * The requested part of a response. A response without it is an error: treating it as "does not exist" would create a
 * second resource.
 */
export function answered<T>(asked: string, answer: T | undefined): T {
  if (answer === undefined)
    throw new Error(`AWS was asked for ${asked}, but its response does not contain it. Run again.`);
  return answer;
}

/** Parses JSON text from AWS; `what` names it in the error. */
export function readJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`AWS returned ${what} that is not JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

/** Error names that the SDK uses when AWS sent no code. */
const NAMELESS = ["", "Unknown", "UnknownError"];

/** Whether the SDK could not parse the response: a proxy's page instead of JSON or XML. */
const isUnreadable = (error: unknown): boolean => error instanceof SyntaxError || error instanceof TypeError;

/** The first line of an error's message: the SDK appends a debugging hint. */
export const wordsOf = (error: unknown) => messageOf(error).split("\n")[0] ?? "";

/** Why a call is retried, in a few words. */
export function whyOf(error: unknown): string {
  if (isUnreadable(error)) return `the response cannot be parsed (${wordsOf(error)})`;
  return [codeOf(error), wordsOf(error)].filter((word) => word !== "").join(": ");
}

const operationOf = (call: string): string => call.slice(call.indexOf(".") + 1);

/** The permission that AWS's message names, such as `ec2:CreateVpc`. */
export const permissionIn = (message: string): string | undefined => /\b[a-z0-9-]+:[A-Z][A-Za-z]+\b/.exec(message)?.[0];

/**
 * Adds the call's name to an error that lacks it: a response that is not from AWS (a proxy's page, an HTTP status alone)
 * has no code and often no message, and a denial need not say what was denied ("You are not authorized to perform this operation.": EC2 API
 * Reference, error codes, UnauthorizedOperation; "Access Denied": Amazon S3 API Reference, error responses). Other errors with AWS's own
 * message are returned unchanged.
 */
export function telling(call: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const wordless = NAMELESS.includes(error.message);
  if (isUnreadable(error)) error.message = `The response to ${call} cannot be parsed: ${wordsOf(error)}`;
  else if (wordless || NAMELESS.includes(codeOf(error))) {
    const { httpStatusCode: status } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
    const how = status === undefined ? "with an error" : `with HTTP ${status}`;
    error.message = `${call} failed ${how}${wordless ? " and no message" : `: ${wordsOf(error)}`}`;
  } else if (isDenied(error) && permissionIn(error.message) === undefined && !error.message.includes(operationOf(call)))
    error.message = `${call} was denied: ${wordsOf(error)}`;
  return error;
}
