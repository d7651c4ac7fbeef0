import { describe, expect, it } from "vitest";
import { declaredPicture } from "../../../src/cli/declared-picture.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { endsOf, junctionsOf } from "../../../src/picture/junctions.ts";
import { layOut } from "../../../src/picture/layout.ts";
import type { Link } from "../../../src/picture/picture.ts";
import { svgOf } from "../../../src/picture/svg.ts";
import { manyServices } from "../../support/many-services.ts";

/** Every link from each of the ones to each of the others. */
const between = (from: readonly string[], to: readonly string[]): Link[] =>
  from.flatMap((one) => to.map((other) => ({ from: one, to: other })));

/** What each thing leads to, along the links and through the junctions. */
function leads(links: readonly Link[]): string[] {
  const isJunction = (id: string) => id.startsWith("junction ");
  return links
    .filter(({ from }) => !isJunction(from))
    .flatMap(({ from, to }) =>
      isJunction(to) ? links.filter((one) => one.from === to).map((one) => `${from} ${one.to}`) : [`${from} ${to}`],
    )
    .toSorted();
}

describe("junctions", () => {
  it("join the arrows from each of some things to each of others, and nothing else", () => {
    const all = [
      ...between(["a", "b", "c", "d"], ["x", "y", "z"]),
      ...between(["a"], ["own"]),
      ...between(["x"], ["dead letters"]),
    ];
    const { links, junctions } = junctionsOf(all);
    expect(junctions.map(({ from, to }) => [from, to])).toEqual([
      [
        ["a", "b", "c", "d"],
        ["x", "y", "z"],
      ],
    ]);
    expect(links).toHaveLength(9);
    expect(leads(links)).toEqual(leads(all));
  });

  it("are not made for two things that use the same others, nor for what few use", () => {
    for (const links of [between(["a", "b"], ["x", "y", "z"]), between(["a", "b", "c"], ["x", "y"])])
      expect(junctionsOf(links)).toEqual({ links, junctions: [] });
  });
});

describe("the ends of arrows", () => {
  it("are shared by a fan on one side of it alone, so that no arrow seems to lead elsewhere", () => {
    const links = [
      ...between(["hub"], ["a", "b", "c", "d", "sink"]),
      ...between(["e", "f", "g", "h", "i"], ["sink"]),
      ...between(["a"], ["b"]),
    ];
    const { of, ports } = endsOf(links, new Set());
    const told = links.map(of);
    expect(told.filter(({ from }) => from === "hub out").map(({ to }) => to)).toEqual(["a", "b", "c", "d"]);
    expect(told.filter(({ to }) => to === "sink in").map(({ from }) => from)).toEqual(["hub", "e", "f", "g", "h", "i"]);
    expect(told.at(-1)).toEqual({ from: "a", to: "b" });
    expect(Object.fromEntries(ports)).toEqual({ hub: [{ id: "hub out" }], sink: [{ id: "sink in" }] });
  });
});

describe("the picture of forty services", () => {
  it("has an arrow for each service instead of one for each service and queue, and no side longer than 4,000 pixels", async () => {
    const picture = declaredPicture(resolveStack(manyServices(40)));
    expect(picture.links.length).toBeGreaterThan(500);
    const { arrows, junctions, placed, width, height } = await layOut(picture);
    expect(arrows.length).toBeLessThan(200);
    expect(junctions).toHaveLength(1);
    expect(placed.filter(({ thing }) => thing)).toHaveLength(picture.things.length);
    expect(Math.max(width, height)).toBeLessThan(4_000);
    const svg = await svgOf(picture);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    // The forty arrows that meet have their tips where they go on to the ten queues.
    expect(svg.match(/class="link"/g)).toHaveLength(arrows.length);
    expect(svg.match(/marker-end/g)).toHaveLength(arrows.length - 40);
  });
});
