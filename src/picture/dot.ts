// The language of Graphviz: https://graphviz.org/doc/info/lang.html
import type { Box, Picture } from "./picture.ts";

/** The picture as a Graphviz graph. */
export function dotOf({ title, boxes, things, links }: Picture): string {
  const thingsIn = (box: string, indent: string) =>
    things
      .filter((thing) => thing.box === box)
      .map(
        ({ id, label, type }) => `${indent}${quoted(id)} [label=${quoted(type === "" ? label : `${label}\n${id}`)}];`,
      );
  const drawn = ({ id, title: text }: Box, indent: string): string[] => [
    // Graphviz draws a subgraph as a box if its name begins with `cluster`.
    `${indent}subgraph ${quoted(`cluster_${id}`)} {`,
    `${indent}  label=${quoted(text)};`,
    ...thingsIn(id, `${indent}  `),
    ...boxes.filter(({ within }) => within === id).flatMap((inner) => drawn(inner, `${indent}  `)),
    `${indent}}`,
  ];
  return [
    `digraph ${quoted(title)} {`,
    "  rankdir=LR;",
    `  label=${quoted(title)};`,
    "  node [shape=box, style=rounded];",
    ...thingsIn("", "  "),
    ...boxes.filter(({ within }) => within === undefined).flatMap((box) => drawn(box, "  ")),
    ...links.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)};`),
    "}",
  ].join("\n");
}

/** A quoted string: only the quote is escaped, and `\\n` breaks a line in a label. */
const quoted = (text: string) => `"${text.replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
