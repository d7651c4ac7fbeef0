import { codeOf, messageOf } from "../../aws/errors.ts";

/** Makes one call, described by `what`; `undefined` if AWS rejects it. */
export type Ask = <T>(what: string, call: Promise<T>) => Promise<T | undefined>;

/**
 * A rejected call (a missing permission, a deleted log) only loses that one piece of evidence: it is
 * noted in `gaps`. Errors without a response, such as a broken connection or an interrupt, are thrown.
 */
export function asking(gaps: string[]): Ask {
  return async (what, call) => {
    try {
      return await call;
    } catch (error) {
      if (!isAnswer(error)) throw error;
      gaps.push(`Cannot read ${what}: ${codeOf(error)}: ${messageOf(error)}`);
      return undefined;
    }
  };
}

const isAnswer = (error: unknown) =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode !== undefined;
