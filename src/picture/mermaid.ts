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
        const text = `"${linesOf(thing).map(escaped).join("<br>")}"`;
        return thing.type === "" ? `${ids.get(thing.id)}([${text}])` : `${ids.get(thing.id)}[${text}]`;
      },
      open: ({ id, title: text }) => [`subgraph ${names.get(id)}["${escaped(text)}"]`],
      close: "end",
    }),
    ...links.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ].join("\n");
}

/**
 * A text for a label in quotes. A quote would end it, a backtick would begin Markdown, and the rest would be HTML: all are written as entities
 * by their numbers ("Entity codes to escape characters", "Markdown Strings"), and a line break as an element.
 */
const escaped = (text: string) =>
  text.replaceAll(/[#"`<>&]/g, (character) => `#${character.charCodeAt(0)};`).replaceAll("\n", "<br>");
