import { masked } from "../masking.ts";

/* How paths and values look in a message: always short, always one line. */

const LONGEST = 80;

/** Spells a value as the user would have written it, shortened; what `name` says is a secret is hidden. */
export function show(value: unknown, name = ""): string {
  if (typeof value === "symbol") return value.description ?? "a symbol";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return String(value);
  return shorten(json(masked(value, name)));
}

/** Spells values that are allowed: strings in quotes, so that it is plain where they end. */
export function list(values: readonly unknown[]): string {
  return values.map((value) => show(value)).join(", ");
}

/** Spells a path: `network.zones[1]`, `tags["cost centre"]`. */
export function showPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[\w-]{1,80}$/.test(String(key))) text += text === "" ? String(key) : `.${String(key)}`;
    else text += `[${show(String(key))}]`;
  }
  return text;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A cycle, or a bigint inside.
    return "this value";
  }
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}
