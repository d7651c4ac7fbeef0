import type { Look } from "../engine/resource-kind.ts";
import { isDenied } from "./errors.ts";

/**
 * A part of a resource that takes a call of its own, such as its tags. While a whole stack is observed it is asked for at once by its recorded `key`,
 * beside the read that tells whether the resource is there. Call the result with the key that this read has found. What was asked for counts
 * only for that same key, and only if it was answered: a part that was missing or failed is asked for again, since the resource is there.
 * `read` answers `undefined` where the resource is gone.
 */
export function ahead<T>(
  look: Pick<Look<object>, "expected">,
  key: string | undefined,
  read: (key: string) => Promise<T | undefined>,
): (key: string) => Promise<T | undefined> {
  if (!look.expected || key === undefined) return read;
  const begun = read(key);
  // A failure is thrown only to whoever needs the part.
  begun.catch(() => {});
  return async (found) => (found === key ? ((await answerOf(begun)) ?? read(found)) : read(found));
}

/** The answer; `undefined` where there is none but may be one the next time. */
const answerOf = async <T>(begun: Promise<T>): Promise<T | undefined> =>
  begun.catch((error: unknown) => {
    if (isDenied(error)) throw error;
    return undefined;
  });

/** The ARN in the attributes that the state records. */
export const recordedArn = ({ knownAttrs }: Pick<Look<object>, "knownAttrs">): string | undefined => {
  const arn = knownAttrs?.["arn"];
  return typeof arn === "string" ? arn : undefined;
};
