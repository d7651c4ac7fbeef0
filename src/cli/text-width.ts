import truncated from "fast-string-truncated-width";

/** How many columns a text takes on a terminal: letters of East Asia and emoji take two, colours none. */
export const widthOf = (text: string): number => truncated(text).width;

/** A text cut to `columns`, with `…` for what is left out; colours take no room and stay, so that the last of them ends. */
export function cut(text: string, columns: number): string {
  if (!Number.isFinite(columns) || widthOf(text) <= columns) return text;
  let room = Math.max(0, columns - 1);
  let full = false;
  // oxlint-disable-next-line no-control-regex -- colours take no room
  const parts = text.split(/(\x1b\[[0-9;]*m)/).map((part, index) => {
    if (index % 2 === 1) return part;
    if (full) return "";
    const { width, index: end, truncated: isCut } = truncated(part, { limit: room });
    room -= width;
    full = isCut;
    return isCut ? `${part.slice(0, end)}${columns > 0 ? "…" : ""}` : part;
  });
  return parts.join("");
}
