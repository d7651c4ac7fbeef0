import type { State } from "../../state/state.ts";
import type { WorldData } from "../../src/simulator/world.ts";

/**
 * How many records each table of a world has; what holds no resources, such as counters, is left out, and so is what goes by itself: when it
 * has gone, and when the simulator takes it out of its tables after that, differs between two runs of the same.
 */
export const countsOf = ({ tables }: WorldData): Record<string, number> =>
  Object.fromEntries(
    Object.entries(tables)
      .map(([name, table]): [string, number] => [name, Object.values(table).filter((one) => !goes(one)).length])
      .filter(([name, count]) => !name.startsWith("~") && count > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const goes = (record: unknown): boolean =>
  typeof record === "object" && record !== null && "goneAt" in record && typeof record.goneAt === "number";

/**
 * A state in which every id and attribute is called by what it belongs to, so that two stacks that were made at different times
 * compare equal, and a reference to anything but the one resource that is meant does not.
 */
export function likeness({ resources, region }: State, all: readonly State[]): unknown {
  const names = new Map<string, string>();
  // A state may refer to what the stack has in its other region. What both have the same name for is its own.
  const others = all.filter((one) => one.region !== region).flatMap((one) => Object.entries(one.resources));
  for (const [id, { id: own, attrs }] of [...others, ...Object.entries(resources)])
    for (const [attr, value] of Object.entries({ ...attrs, id: own }))
      // What has no digits was named by the file and is the same in every stack.
      if (typeof value === "string" && /\d/.test(value)) names.set(value, `${id}.${attr}`);
  const longestFirst = [...names].toSorted(([a], [b]) => b.length - a.length);
  const named = (text: string) =>
    longestFirst.reduce((left, [value, name]) => left.replaceAll(value, `<${name}>`), text);
  const told = Object.entries(resources).map(([id, { token: _token, ...rest }]) => [
    id,
    JSON.parse(named(JSON.stringify(rest)).replaceAll(/[0-9a-f]{16,}/g, "#"), inOrder),
  ]);
  return Object.fromEntries(told);
}

/** Lists that are kept in the order of their ids stand in another order where the ids are others. */
const inOrder = (_key: string, value: unknown): unknown =>
  Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value;
