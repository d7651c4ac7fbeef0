// The language of Graphviz: https://graphviz.org/doc/info/lang.html
import { linesOf, outlined } from "./outline.ts";
import type { Picture } from "./picture.ts";

/** The picture as a Graphviz graph. */
export function dotOf(picture: Picture): string {
  const { title, links } = picture;
  return [
    `digraph ${quoted(title)} {`,
    "  rankdir=LR;",
    `  label=${quoted(title)};`,
    "  node [shape=box, style=rounded];",
    ...outlined(picture, {
      thing: (thing) => `${quoted(thing.id)} [label=${quoted(linesOf(thing).join("\n"))}];`,
      // Graphviz draws a subgraph as a box if its name begins with `cluster`.
      open: ({ id, title: text }) => [`subgraph ${quoted(`cluster_${id}`)} {`, `label=${quoted(text)};`],
      close: "}",
    }),
    ...links.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)};`),
    "}",
  ].join("\n");
}

/** A quoted string: only the quote is escaped, and `\\n` breaks a line in a label. */
const quoted = (text: string) => `"${text.replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
