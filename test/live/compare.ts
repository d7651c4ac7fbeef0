import type { Shape, Shapes } from "./shape.ts";
import { union } from "./shape.ts";

/** One way in which AWS answered otherwise than the simulator. */
export interface Difference {
  readonly operation: string;
  /** The member, as `Vpcs[].State`; left out where the whole answer is meant. */
  readonly path?: string;
  readonly what:
    | "only on AWS"
    | "only in the simulator"
    | "other types"
    | "value only on AWS"
    | "value only in the simulator"
    | "error only on AWS"
    | "error only in the simulator";
  /** Types, values or codes. */
  readonly detail: string;
}

/** What the two have to say to each other. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Calls of which only one of the two was asked, so that there is nothing to compare. */
  readonly onlyOnAws: readonly string[];
  readonly onlyInSimulator: readonly string[];
  /** Operations that both answered. */
  readonly compared: number;
}

/**
 * Compares operation by operation, and in it role by role. What has a role that the other side does not know (an order that only one of
 * them kept, a page more) is compared with all that the other side answered to the operation.
 */
export function compare(aws: Shapes, simulated: Shapes): Comparison {
  const both = [...aws.keys()].filter((operation) => simulated.has(operation)).toSorted();
  const found = both.flatMap((operation) => {
    const [here, there] = [aws.get(operation) ?? new Map(), simulated.get(operation) ?? new Map<string, Shape>()];
    const pairs = [...here].flatMap(([role, shape]) => {
      const other = there.get(role);
      return other ? [[shape, other] as const] : [];
    });
    const [left, right] = [rest(here, there), rest(there, here)];
    if (left.length > 0) pairs.push([union(left), union([...there.values()])]);
    if (right.length > 0) pairs.push([union([...here.values()]), union(right)]);
    return pairs.flatMap(([one, other]) => differencesIn(operation, one, other));
  });
  return {
    differences: joined(found).toSorted(byName),
    onlyOnAws: [...aws.keys()].filter((operation) => !simulated.has(operation)).toSorted(),
    onlyInSimulator: [...simulated.keys()].filter((operation) => !aws.has(operation)).toSorted(),
    compared: both.length,
  };
}

/** What differs in the same way for several roles, or in several values, is told once. */
function joined(all: readonly Difference[]): Difference[] {
  const details = new Map<string, Set<string>>();
  for (const { detail, ...difference } of all) {
    const key = JSON.stringify(difference);
    details.set(key, (details.get(key) ?? new Set()).add(detail));
  }
  return [...details].map(([key, told]) => ({
    ...(JSON.parse(key) as Omit<Difference, "detail">),
    detail: [...told].toSorted().join(", "),
  }));
}

const byName = (one: Difference, other: Difference) =>
  one.operation.localeCompare(other.operation) ||
  (one.path ?? "").localeCompare(other.path ?? "") ||
  one.what.localeCompare(other.what);

const rest = (own: ReadonlyMap<string, Shape>, other: ReadonlyMap<string, Shape>): Shape[] =>
  [...own].filter(([role]) => !other.has(role)).map(([, shape]) => shape);

function differencesIn(operation: string, aws: Shape, simulated: Shape): Difference[] {
  const errors = [
    ...only(aws.errors, simulated.errors).map((detail): Difference => ({
      operation,
      what: "error only on AWS",
      detail,
    })),
    ...only(simulated.errors, aws.errors).map((detail): Difference => ({
      operation,
      what: "error only in the simulator",
      detail,
    })),
  ];
  // Where one of them never answered, there is nothing to hold against the other's members.
  if (aws.answers === 0 || simulated.answers === 0) return errors;
  const members = [...new Set([...aws.members.keys(), ...simulated.members.keys()])].flatMap((path) =>
    comparable(path, aws, simulated) ? memberDifferences(operation, path, aws, simulated) : [],
  );
  return [...errors, ...members];
}

function memberDifferences(operation: string, path: string, aws: Shape, simulated: Shape): Difference[] {
  const [here, there] = [aws.members.get(path), simulated.members.get(path)];
  const types = ({ types: all }: { types: Set<string> }) => [...all].filter((type) => !type.startsWith("="));
  if (!there) return here ? [{ operation, path, what: "only on AWS", detail: types(here).join(", ") }] : [];
  if (!here) return [{ operation, path, what: "only in the simulator", detail: types(there).join(", ") }];
  const found: Difference[] = [];
  const [left, right] = [kindsIn(here.types), kindsIn(there.types)];
  if (left !== right)
    found.push({
      operation,
      path,
      what: "other types",
      detail: `${left} on AWS, ${right} in the simulator`,
    });
  const words = (of: Set<string>) => new Set([...of].filter((type) => type.startsWith("=")).map((one) => one.slice(1)));
  const [said, meant] = [words(here.types), words(there.types)];
  for (const detail of only(said, meant)) found.push({ operation, path, what: "value only on AWS", detail });
  for (const detail of only(meant, said)) found.push({ operation, path, what: "value only in the simulator", detail });
  return found;
}

/** The types of a member without how many there were: a list may be empty at one time and not at another. */
const kindsIn = (types: ReadonlySet<string>) =>
  [
    ...new Set(
      [...types].filter((type) => !type.startsWith("=") && type !== "absent").map((type) => type.replace("empty ", "")),
    ),
  ]
    .toSorted()
    .join(" or ");

const only = (one: ReadonlySet<string>, other: ReadonlySet<string>): string[] =>
  [...one].filter((item) => !other.has(item)).toSorted();

/** Whether both sides had what the member is in: of an empty list nobody knows what its items are made of. */
function comparable(path: string, aws: Shape, simulated: Shape): boolean {
  const parents = [...path.matchAll(/\.|\[\]|\{\}/g)]
    .map(({ index }) => path.slice(0, index))
    .filter((one) => one !== "");
  return parents.every((parent) => has(aws, parent) && has(simulated, parent));
}

function has({ members }: Shape, parent: string): boolean {
  const types = members.get(parent)?.types;
  // A structure is told by its members alone, a list and a map by themselves.
  if (types?.has("list") || types?.has("map")) return true;
  if (types?.has("empty list") || types?.has("empty map")) return false;
  return [...members.keys()].some((path) => path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`));
}
