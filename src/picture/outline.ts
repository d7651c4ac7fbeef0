import type { Box, Picture, Thing } from "./picture.ts";

/** How a language writes the parts of a picture. */
interface Language {
  readonly thing: (thing: Thing) => string;
  /** The lines before what is in a box; those after the first are indented as far as that. */
  readonly open: (box: Box) => readonly [string, ...string[]];
  readonly close: string;
}

/** The boxes and things of a picture as indented lines, what is in a box between its first lines and its last. */
export function outlined({ boxes, things }: Picture, language: Language): string[] {
  const inside = (box: string, indent: string): string[] => [
    ...things.filter((thing) => thing.box === box).map((thing) => indent + language.thing(thing)),
    ...boxes
      .filter(({ within = "" }) => within === box)
      .flatMap((inner) => {
        const [first, ...more] = language.open(inner);
        return [
          indent + first,
          ...more.map((line) => `${indent}  ${line}`),
          ...inside(inner.id, `${indent}  `),
          indent + language.close,
        ];
      }),
  ];
  return inside("", "  ");
}

/** What is written on a thing, line by line. */
export const linesOf = ({ id, label, type }: Thing): string[] => (type === "" ? [label] : [label, id]);
