import { describe, expect, it } from "vitest";
import { declaredPicture } from "../../../src/cli/declared-picture.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";
import { dotOf } from "../../../src/picture/dot.ts";
import { mermaidOf } from "../../../src/picture/mermaid.ts";
import { linesOf } from "../../../src/picture/outline.ts";
import type { Picture } from "../../../src/picture/picture.ts";
import { svgOf } from "../../../src/picture/svg.ts";
import { readDot, readMermaid } from "../../support/drawn.ts";
import { manyServices } from "../../support/many-services.ts";
import { ALL_SETTINGS } from "../../support/stacks.ts";

/** Names that mean something in one of the languages. */
const ODD = [
  'a "b" #1',
  "`code` **x**",
  "C:\\new\\",
  "a\\\\",
  "<i>&lt; & #35;",
  "end",
  "x --> y; [z] {q} |",
  "日本",
  "two\nlines",
];

/** No id has line breaks. */
const idOf = (label: string) => label.replaceAll("\n", " ");

const odd: Picture = {
  title: ODD.slice(0, 4).join(" "),
  boxes: ODD.map((title, at) => ({ id: title, title, ...(at > 0 && { within: ODD[at - 1] ?? "" }) })),
  things: ODD.map((label) => ({ id: idOf(label), type: "own/table", label, box: label, parts: [] })),
  links: ODD.slice(1).map((to) => ({ from: "end", to: idOf(to) })),
};

const declared = (config: StackConfig, all: boolean) => declaredPicture(resolveStack(config), all);

describe("the formats of a picture", () => {
  const picture: Picture = {
    title: 'a "stack"',
    boxes: [
      { id: "vpc", title: "VPC" },
      { id: "private", title: "Private <subnets>", within: "vpc" },
    ],
    things: [
      { id: "users", type: "", label: "Users", box: "", parts: [] },
      { id: "a/one", type: "x/y", label: 'The "one" #1', box: "private", parts: ["a/part"] },
    ],
    links: [{ from: "users", to: "a/one" }],
  };

  it("are a Mermaid flowchart", () => {
    expect(mermaidOf(picture).split("\n")).toEqual([
      "---",
      String.raw`title: "a \"stack\""`,
      "---",
      "flowchart LR",
      '  r0(["Users"])',
      '  subgraph b0["VPC"]',
      '    subgraph b1["Private #60;subnets#62;"]',
      '      r1["The #34;one#34; #35;1<br>a/one"]',
      "    end",
      "  end",
      "  r0 --> r1",
    ]);
  });

  it("are a graph for Graphviz", () => {
    expect(dotOf(picture).split("\n")).toEqual([
      String.raw`digraph "a \"stack\"" {`,
      "  rankdir=LR;",
      String.raw`  label="a \"stack\"";`,
      "  node [shape=box, style=rounded];",
      '  "users" [label="Users"];',
      '  subgraph "cluster_vpc" {',
      '    label="VPC";',
      '    subgraph "cluster_private" {',
      '      label="Private <subnets>";',
      String.raw`      "a/one" [label="The \"one\" #1\na/one"];`,
      "    }",
      "  }",
      '  "users" -> "a/one";',
      "}",
    ]);
  });

  it("are an image that loads nothing, with every text escaped and every thing inside of it", async () => {
    const svg = await svgOf(picture);
    expect(svg).toContain('aria-label="a &quot;stack&quot;"');
    expect(svg).toContain(">Private &lt;subnets&gt;</text>");
    expect(svg).toContain("<title>a/one\na/part</title>");
    expect(svg.match(/marker-end/g)).toHaveLength(1);
    expect(svg).not.toMatch(/href|url\((?!#tip)/);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const all = [
      ...svg.matchAll(/class="(?:thing|box)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    ];
    expect(all).toHaveLength(4);
    for (const [, x, y, w, h] of all) {
      expect(Number(x) + Number(w)).toBeLessThanOrEqual(Number(width));
      expect(Number(y) + Number(h)).toBeLessThanOrEqual(Number(height));
    }
    expect(await svgOf(picture)).toBe(svg);
  });

  it.each<[string, Picture]>([
    ["names that mean something in one of them", odd],
    ["all settings", declared(ALL_SETTINGS, false)],
    ["all resources of all settings", declared(ALL_SETTINGS, true)],
    ["forty services", declared(manyServices(40), false)],
  ])("have every thing, box and arrow under its name: %s", (_, { title, boxes, things, links }) => {
    const named = (name: (id: string) => string) => ({
      title,
      things: Object.fromEntries(things.map((thing) => [name(thing.id), linesOf(thing).join("\n")])),
      links: links.map(({ from, to }) => [name(from), name(to)]),
    });
    const whole: Picture = { title, boxes, things, links };
    const [dot, mermaid] = [readDot(dotOf(whole)), readMermaid(mermaidOf(whole))];
    expect(dot).toEqual({ ...named((id) => id), boxes: dot.boxes });
    expect(mermaid).toEqual({
      ...named((id) => `r${things.findIndex((thing) => thing.id === id)}`),
      boxes: mermaid.boxes,
    });
    const titles = boxes.map((box) => box.title).toSorted();
    expect([dot.boxes.toSorted(), mermaid.boxes.toSorted()]).toEqual([titles, titles]);
  });
});
