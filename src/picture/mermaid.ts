// The language that GitHub, GitLab and many editors draw in Markdown: https://mermaid.js.org/syntax/flowchart.html
import { linesOf, outlined } from "./outline.ts";
import type { Picture } from "./picture.ts";

/** The picture as a Mermaid flowchart. */
export function mermaidOf(picture: Picture): string {
  const { title, boxes, things, links } = picture;
  const ids = new Map(things.map(({ id }, index) => [id, `r${index}`]));
  const names = new Map(boxes.map(({ id }, index) => [id, `b${index}`]));
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "flowchart LR",
    ...outlined(picture, {
      thing(thing) {
        const text = quoted(linesOf(thing).join("<br>"));
        return thing.type === "" ? `${ids.get(thing.id)}([${text}])` : `${ids.get(thing.id)}[${text}]`;
      },
      open: ({ id, title: text }) => [`subgraph ${names.get(id)}[${quoted(text)}]`],
      close: "end",
    }),
    ...links.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ].join("\n");
}

/** A text in quotes, in which a quote is an entity ("Entity codes to escape characters"). */
const quoted = (text: string) => `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;")}"`;
