// For a resource without tags, the owner mark is at the end of its description.
import { markIn } from "./owner.ts";

/** A text with a mark: `Security headers [fairlead:shop/dev/eu-west-1:edge/headers]`. */
export const withMark = (text: string, owner: string): string => `${text} [fairlead:${owner}]`.trimStart();

/** The text and its mark; `undefined` if it has none. */
export function unmarked(text = ""): { text: string; owner: string | undefined } {
  const mark = / ?\[fairlead:([^\]]+)\]$/.exec(text);
  return {
    text: mark ? text.slice(0, mark.index) : text,
    owner: mark?.[1] === undefined ? undefined : markIn(mark[1]),
  };
}
