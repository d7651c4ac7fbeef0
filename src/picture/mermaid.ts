// The language that GitHub, GitLab and many editors draw in Markdown: https://mermaid.js.org/syntax/flowchart.html
import type { Box, Picture, Thing } from "./picture.ts";

/** The picture as a Mermaid flowchart. */
export function mermaidOf({ title, boxes, things, links }: Picture): string {
  const ids = new Map(things.map(({ id }, index) => [id, `r${index}`]));
  const names = new Map(boxes.map(({ id }, index) => [id, `b${index}`]));
  const shape = ({ id, label, type }: Thing) => {
    const text = quoted(type === "" ? label : `${label}<br>${id}`);
    return type === "" ? `${ids.get(id)}([${text}])` : `${ids.get(id)}[${text}]`;
  };
  const thingsIn = (box: string, indent: string) =>
    things.filter((thing) => thing.box === box).map((thing) => `${indent}${shape(thing)}`);
  const drawn = ({ id, title: text }: Box, indent: string): string[] => [
    `${indent}subgraph ${names.get(id)}[${quoted(text)}]`,
    ...thingsIn(id, `${indent}  `),
    ...boxes.filter(({ within }) => within === id).flatMap((inner) => drawn(inner, `${indent}  `)),
    `${indent}end`,
  ];
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "flowchart LR",
    ...thingsIn("", "  "),
    ...boxes.filter(({ within }) => within === undefined).flatMap((box) => drawn(box, "  ")),
    ...links.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ].join("\n");
}

/** A text in quotes, in which a quote is an entity ("Entity codes to escape characters"). */
const quoted = (text: string) => `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;")}"`;
