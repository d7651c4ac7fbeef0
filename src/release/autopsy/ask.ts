import { codeOf, messageOf } from "../../aws/errors.ts";

/** Asks AWS one thing, called `what`; `undefined` where AWS refuses. */
export type Ask = <T>(what: string, call: Promise<T>) => Promise<T | undefined>;

/**
 * Asks so that a refusal (a permission that is missing, a log that is gone) takes away that one piece of evidence and no more: it is
 * noted in `gaps`. What AWS did not answer at all, such as a broken connection or an interrupt, is thrown.
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
