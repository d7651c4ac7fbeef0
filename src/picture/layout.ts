// Where everything in a picture is: ELK finds the places, from how large each thing is with what is written on it.
import elk from "elkjs/lib/elk.bundled.js";
import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api.js";
import { linesOf } from "./outline.ts";
import type { Mark, Picture, Thing } from "./picture.ts";

/** Sizes in pixels. A letter is taken for wide enough that no font in use exceeds it. */
const LETTER = 7.4;
export const LINE = 17;
export const PADDING = 12;
export const MARGIN = 16;
export const TITLE = 28;

/** How ELK lays the picture out: https://eclipse.dev/elk/reference.html */
const LAYOUT = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  // Arrows may cross the borders of boxes.
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.layered.spacing.nodeNodeBetweenLayers": "48",
  "elk.spacing.nodeNode": "20",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  // The same picture for the same stack.
  "elk.randomSeed": "1",
};
const BOX_LAYOUT = { "elk.padding": `[top=${LINE + 2 * PADDING},left=${PADDING},bottom=${PADDING},right=${PADDING}]` };

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box or a thing at its place; a box comes before what is in it. */
export interface Placed extends Point {
  readonly width: number;
  readonly height: number;
  /** Missing for a box. */
  readonly thing?: Thing;
  /** The title of a box. */
  readonly title: string;
  /** What is written on a thing, its mark last. */
  readonly lines: readonly string[];
  readonly mark?: Mark;
}

/** The points that an arrow goes along. */
export type Arrow = readonly Point[];

/** A picture with all places. */
export interface Laid {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly placed: readonly Placed[];
  readonly arrows: readonly Arrow[];
}

type Marks = ReadonlyMap<string, Mark>;

/** The same places with other marks, none of which is longer than that which the picture was laid out with. */
export const withMarks = (laid: Laid, marks: Marks): Laid => ({
  ...laid,
  placed: laid.placed.map((place) => {
    if (!place.thing) return place;
    const { mark: _former, ...at } = place;
    const mark = marks.get(place.thing.id);
    return { ...at, lines: textOf(place.thing, marks), ...(mark && { mark }) };
  }),
});

/** Lays a picture out. */
export async function layOut(picture: Picture, marks: Marks = new Map()): Promise<Laid> {
  const { title } = picture;
  const root: ElkNode = {
    id: "",
    layoutOptions: LAYOUT,
    children: childrenOf(picture, "", marks),
    edges: picture.links.map(({ from, to }, index) => ({ id: `link-${index}`, sources: [from], targets: [to] })),
  };
  const laid = await new elk.default().layout(root);
  const things = new Map(picture.things.map((thing) => [thing.id, thing]));
  const titles = new Map(picture.boxes.map((box) => [boxId(box.id), box.title]));
  const corners = cornersOf(laid);
  return {
    title,
    width: Math.ceil(Math.max(laid.width ?? 0, title.length * LETTER * 1.3) + 2 * MARGIN),
    height: Math.ceil((laid.height ?? 0) + TITLE + 2 * MARGIN),
    placed: nodesIn(laid).map((node) => {
      const { width = 0, height = 0, id } = node;
      const [thing, mark] = [things.get(id), marks.get(id)];
      const place = { ...(corners.get(id) ?? { x: 0, y: 0 }), width, height };
      return thing
        ? { ...place, thing, title: "", lines: textOf(thing, marks), ...(mark && { mark }) }
        : { ...place, title: titles.get(id) ?? "", lines: [] };
    }),
    arrows: (laid.edges ?? []).flatMap((edge) => arrowsOf(edge, corners)),
  };
}

/** What is written on a thing. */
const textOf = (thing: Thing, marks: Marks): string[] => {
  const mark = marks.get(thing.id);
  return mark ? [...linesOf(thing), mark.text] : linesOf(thing);
};

/** What is in a box, for ELK. */
function childrenOf(picture: Picture, box: string, marks: Marks): ElkNode[] {
  const { boxes, things } = picture;
  return [
    ...things
      .filter((thing) => thing.box === box)
      .map((thing) => {
        const lines = textOf(thing, marks);
        const width = Math.max(...lines.map(({ length }) => length)) * LETTER + 2 * PADDING;
        return { id: thing.id, width, height: lines.length * LINE + PADDING };
      }),
    ...boxes
      .filter(({ within = "" }) => within === box)
      .map(({ id }) => ({ id: boxId(id), layoutOptions: BOX_LAYOUT, children: childrenOf(picture, id, marks) })),
  ];
}

/** ELK has one set of ids for boxes and things. */
const boxId = (id: string) => `box ${id}`;

const nodesIn = ({ children = [] }: ElkNode): ElkNode[] => children.flatMap((child) => [child, ...nodesIn(child)]);

/** Where each node's left upper corner is: ELK tells a node's place, and the bends of an edge, from the node that holds it. */
function cornersOf(node: ElkNode, at: Point = { x: 0, y: 0 }): Map<string, Point> {
  const all = new Map([[node.id, at]]);
  for (const child of node.children ?? [])
    for (const [id, point] of cornersOf(child, { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) }))
      all.set(id, point);
  return all;
}

function arrowsOf(edge: ElkExtendedEdge & { container?: string }, corners: ReadonlyMap<string, Point>): Arrow[] {
  const { x, y } = corners.get(edge.container ?? "") ?? { x: 0, y: 0 };
  return (edge.sections ?? []).map(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map((point) => ({ x: x + point.x, y: y + point.y })),
  );
}
