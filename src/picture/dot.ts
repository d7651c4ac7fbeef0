// The language of Graphviz: https://graphviz.org/doc/info/lang.html
import { linesOf, outlined } from "./outline.ts";
import type { Picture } from "./picture.ts";

/** The picture as a Graphviz graph. */
export function dotOf(picture: Picture): string {
  const { title, links } = picture;
  return [
    `digraph ${quoted(title)} {`,
    "  rankdir=LR;",
    `  label=${label(title)};`,
    "  node [shape=box, style=rounded];",
    ...outlined(picture, {
      thing: (thing) => `${quoted(thing.id)} [label=${label(linesOf(thing).join("\n"))}];`,
      // Graphviz draws a subgraph as a box if its name begins with `cluster`.
      open: ({ id, title: text }) => [`subgraph ${quoted(`cluster_${id}`)} {`, `label=${label(text)};`],
      close: "}",
    }),
    ...links.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)};`),
    "}",
  ].join("\n");
}

/**
 * A quoted string. A backslash is doubled, or one at the end would take the closing quote with it: names stay distinct that way, and labels
 * show a single one ("escString").
 */
const quoted = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

/** A text as a label, in which Graphviz reads HTML's names of characters. */
const label = (text: string) => quoted(text.replaceAll("&", "&amp;"));
