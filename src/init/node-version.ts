/**
 * Versions with long-term support that are images too, the newest last, each with the name that `.nvmrc` may have for it (Node.js, "Release
 * schedule"; the numbers of a name are in "Node.js Releases").
 */
const VERSIONS = [
  ["20", "iron"],
  ["22", "jod"],
  ["24", "krypton"],
] as const;

/** The version for an application that asks for none. */
export const NODE_VERSION = "24";

/** The newest version that `said` lets pass: a range of `engines.node`, or the line of an `.nvmrc`. */
export function nodeVersion(said = ""): string {
  const [, name] = /^lts\/(\w+)/.exec(said.trim()) ?? [];
  const found = VERSIONS.findLast(([major, lts]) => (name === undefined ? allows(said, Number(major)) : lts === name));
  return found?.[0] ?? NODE_VERSION;
}

/** Whether a range (npm, "semver") has a version of this major in it: the latest one, where only a part is in it. */
const allows = (range: string, major: number): boolean => range.split("||").some((part) => allowsAll(part, major));

const COMPARATOR = /(>=|<=|>|<|\^|~>?|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?\S*/g;

function allowsAll(part: string, major: number): boolean {
  const plain = part.replace(/(\S+)\s+-\s+(\S+)/, ">=$1 <=$2");
  return [...plain.matchAll(COMPARATOR)].every(([, sign = "=", first = "*", second]) => {
    const wanted = Number(first);
    if (Number.isNaN(wanted)) return true;
    const isWhole = Number.isNaN(Number(second ?? "x"));
    if (sign === ">=") return major >= wanted;
    if (sign === ">") return isWhole ? major > wanted : major >= wanted;
    // Up to a version in the middle of a major, the image of that major would be a later one.
    if (sign === "<=") return isWhole ? major <= wanted : major < wanted;
    if (sign === "<") return major < wanted;
    return major === wanted;
  });
}
