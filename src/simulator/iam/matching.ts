/** What is known of a call: condition keys with their value or values. A key that is not there was not sent. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The values of a field that holds one or more. */
export const listOf = (value: unknown): string[] => (value === undefined ? [] : ([value].flat() as string[]));

/** So many compiled patterns are kept at the most: a process may live for long, and policies change. */
const MOST = 1_000;

/** Patterns that were met before, compiled: a handful of policies asks for the same ones at every step of every task. */
const compiled = new Map<string, RegExp>();

/** Whether a string matches a pattern in which `*` matches any characters and `?` one. */
export function glob(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const known = compiled.get(pattern);
  if (known) return known.test(text);
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const made = new RegExp(`^${source}$`, "s");
  if (compiled.size >= MOST) compiled.clear();
  compiled.set(pattern, made);
  return made.test(text);
}

/** The six parts of an ARN: only the last may have colons in it. */
function partsOf(arn: string): string[] | undefined {
  const parts = arn.split(":");
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** Whether an ARN fits a pattern part by part (IAM JSON policy elements: condition operators, ArnLike: each part is checked for itself). */
export function arnMatches(pattern: string, arn: string): boolean {
  const [patterns, parts] = [partsOf(pattern), partsOf(arn)];
  if (!patterns || !parts) return false;
  return patterns.every((part, index) => glob(part, parts[index] ?? ""));
}

/** Whether a resource is one that a policy names. An action without a resource asks for `*`, which nothing narrower allows. */
export const resourceMatches = (pattern: string, resource: string): boolean =>
  pattern === "*" || (resource !== "*" && arnMatches(pattern, resource));

/** A text with its policy variables filled in; `undefined` where one of them has no value: then nothing matches it. */
export function withVariables(text: string, context: Context): string | undefined {
  let known = true;
  const filled = text.replaceAll(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    if (["*", "?", "$"].includes(name)) return name;
    const [value] = listOf(valueOf(context, name));
    if (value === undefined) known = false;
    return value ?? "";
  });
  return known ? filled : undefined;
}

/** The value of a context key; keys are compared without regard to case. */
export const valueOf = (context: Context, key: string): string | readonly string[] | undefined =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
