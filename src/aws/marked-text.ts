// Where a resource bears no tags, the owner mark stands at the end of its description.
import { markIn } from "./owner.ts";

/** A text with a mark: `Security headers [fairlead:shop/dev/eu-west-1:edge/headers]`. */
export const withMark = (text: string, owner: string): string => `${text} [fairlead:${owner}]`.trimStart();

/** The text and the mark in it; `undefined` where it bears none. */
export function unmarked(text = ""): { text: string; owner: string | undefined } {
  const mark = / ?\[fairlead:([^\]]+)\]$/.exec(text);
  return {
    text: mark ? text.slice(0, mark.index) : text,
    owner: mark?.[1] === undefined ? undefined : markIn(mark[1]),
  };
}
