/**
 * What a call asks for, with everything that differs from one account or run to the next taken out: the same call on AWS and in the
 * simulator has the same role, also where the ids differ.
 */
export const roleOf = (input: unknown): string => JSON.stringify(plain(input, ""));

function plain(value: unknown, name: string): unknown {
  if (typeof value === "string") return /token$|^version_?id$|^if-?match$|reference$/i.test(name) ? "*" : masked(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, name));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, plain(item, key)]);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** What is of one account or one run, and what stands for it. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "(time)"],
  [/\b[\w.-]+\.(cloudfront\.net|amazonaws\.com(\.cn)?)\b/g, "(host).$1"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "(id)"],
  [/sha256:[0-9a-f]{64}/g, "sha256:(digest)"],
  [/\b([a-z]+)-[0-9a-f]{8,17}\b/g, "$1-(id)"],
  [/\b[0-9a-f]{16,64}\b/g, "(id)"],
  [/(?<![\w])\d{12}(?!\d)/g, "(account)"],
  [/\bE[A-Z0-9]{9,14}\b/g, "(id)"],
  [/\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, "(id)"],
];

/** A text without ids, account and times. */
export const masked = (text: string): string => OWN.reduce((rest, [found, name]) => rest.replaceAll(found, name), text);

/** Public and private addresses, which say where an account's things are. */
const ADDRESS = /\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\/\d)/g;

/** A report's text without the account's data: ids, account numbers, hosts, addresses. */
export const withoutAccountData = (text: string): string => masked(text).replaceAll(ADDRESS, "(address)");
