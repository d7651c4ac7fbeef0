// Where everything of one group leads to everything of another, arrows meet in a point on their way: ten queues that forty services use are fifty
// arrows then, instead of four hundred, of which nobody could follow one, and which take ELK most of its time to lay out. Known as edge concentration:
// F. J. Newbery, "Edge concentration: a method for clustering directed graphs", 1989, https://doi.org/10.1145/72910.73350.
import type { Link } from "./picture.ts";

/** Where arrows meet that lead from each of some things to each of others. */
interface Junction {
  readonly id: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * From so many things on each side, arrows meet in a point, which is one more thing to look at. Two that use the same others, such as the load
 * balancer and the pipeline, do it for reasons of their own.
 */
const LEAST = 3;

/** The links, of which those that meet lead to a junction and on from there; the same for the same stack. */
export function junctionsOf(all: readonly Link[]): {
  readonly links: readonly Link[];
  readonly junctions: readonly Junction[];
} {
  const users = new Map<string, string[]>();
  for (const { from, to } of all) users.set(to, [...(users.get(to) ?? []), from]);
  const alike = new Map<string, { from: readonly string[]; to: string[] }>();
  for (const [to, from] of users) {
    const key = JSON.stringify(from.toSorted());
    const group = alike.get(key) ?? { from, to: [] };
    group.to.push(to);
    alike.set(key, group);
  }
  const junctions = [...alike.values()]
    .filter(({ from, to }) => from.length >= LEAST && to.length >= LEAST)
    .map(({ from, to }, index): Junction => ({ id: `junction ${index}`, from, to }));
  const joined = new Set(junctions.flatMap(({ to }) => to));
  return {
    junctions,
    links: [
      ...all.filter(({ to }) => !joined.has(to)),
      ...junctions.flatMap(({ id, from, to }) => [
        ...from.map((one) => ({ from: one, to: id })),
        ...to.map((one) => ({ from: id, to: one })),
      ]),
    ],
  };
}

/** So many arrows of a thing leave it, or reach it, at one place, and part or meet on their way. */
const MANY = 4;

/** Where arrows leave and reach things: the places that ELK calls ports, by thing, and the ends of a link by their ids. */
interface Ends {
  readonly ports: ReadonlyMap<string, { readonly id: string }[]>;
  readonly of: (link: Link) => Link;
}

/**
 * The ends of links. Those of a fan share one end, on one side alone: if some met at both of theirs, each would seem to lead to whatever any of
 * them leads to.
 */
export function endsOf(links: readonly Link[], junctions: ReadonlySet<string>): Ends {
  const [leaving, reaching] = [counted(links.map(({ from }) => from)), counted(links.map(({ to }) => to))];
  const of = ({ from, to }: Link): Link => {
    const [out, into] = [leaving.get(from) ?? 0, reaching.get(to) ?? 0];
    if (junctions.has(to) || (!junctions.has(from) && into >= MANY && into > out)) return { from, to: `${to} in` };
    return out >= MANY || junctions.has(from) ? { from: `${from} out`, to } : { from, to };
  };
  const ports = new Map<string, { id: string }[]>();
  const add = (thing: string, id: string) => {
    const own = ports.get(thing) ?? [];
    if (id !== thing && !own.some((one) => one.id === id)) ports.set(thing, [...own, { id }]);
  };
  for (const link of links) {
    const { from, to } = of(link);
    add(link.from, from);
    add(link.to, to);
  }
  return { ports, of };
}

function counted(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
