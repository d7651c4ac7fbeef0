// Where everything in a picture is: ELK finds the places, from how large each thing is with what is written on it.
import elk from "elkjs/lib/elk.bundled.js";
import type { ElkExtendedEdge, ElkNode, ElkPort } from "elkjs/lib/elk-api.js";
import { endsOf, junctionsOf } from "./junctions.ts";
import { linesOf } from "./outline.ts";
import type { Mark, Picture, Thing } from "./picture.ts";

/** Sizes in pixels. A letter is taken for wide enough that no font in use exceeds it. */
const LETTER = 7.4;
export const LINE = 17;
export const PADDING = 12;
export const MARGIN = 16;
export const TITLE = 28;
export const JUNCTION = 8;

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

/** The points that an arrow goes along, of which those that meet in a point have no tip there. */
export interface Arrow {
  readonly points: readonly Point[];
  readonly hasTip: boolean;
}

/** A picture with all places. */
export interface Laid {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly placed: readonly Placed[];
  readonly arrows: readonly Arrow[];
  /** The middles of the points where arrows meet. */
  readonly junctions: readonly Point[];
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
  const { links, junctions } = junctionsOf(picture.links);
  const isJunction = new Set(junctions.map(({ id }) => id));
  const ends = endsOf(links, isJunction);
  const portsOf = (id: string) => ends.ports.get(id) ?? [];
  const root: ElkNode = {
    id: "",
    layoutOptions: LAYOUT,
    children: [
      ...childrenOf(picture, "", { marks, portsOf }),
      ...junctions.map(({ id }) => ({ id, width: JUNCTION, height: JUNCTION, ports: portsOf(id) })),
    ],
    edges: links.map((link, index) => {
      const { from, to } = ends.of(link);
      return { id: `link-${index}`, sources: [from], targets: [to] };
    }),
  };
  const laid = await new elk.default().layout(root);
  const things = new Map(picture.things.map((thing) => [thing.id, thing]));
  const titles = new Map(picture.boxes.map((box) => [boxId(box.id), box.title]));
  const corners = cornersOf(laid);
  return {
    title,
    width: Math.ceil(Math.max(laid.width ?? 0, title.length * LETTER * 1.3) + 2 * MARGIN),
    height: Math.ceil((laid.height ?? 0) + TITLE + 2 * MARGIN),
    placed: nodesIn(laid)
      .filter(({ id }) => !isJunction.has(id))
      .map((node) => {
        const { width = 0, height = 0, id } = node;
        const [thing, mark] = [things.get(id), marks.get(id)];
        const place = { ...(corners.get(id) ?? { x: 0, y: 0 }), width, height };
        return thing
          ? { ...place, thing, title: "", lines: textOf(thing, marks), ...(mark && { mark }) }
          : { ...place, title: titles.get(id) ?? "", lines: [] };
      }),
    arrows: (laid.edges ?? []).flatMap((edge, index) =>
      arrowsOf(edge, corners).map((points) => ({ points, hasTip: !isJunction.has(links[index]?.to ?? "") })),
    ),
    junctions: junctions.map(({ id }) => {
      const { x, y } = corners.get(id) ?? { x: 0, y: 0 };
      return { x: x + JUNCTION / 2, y: y + JUNCTION / 2 };
    }),
  };
}

/** What is written on a thing. */
const textOf = (thing: Thing, marks: Marks): string[] => {
  const mark = marks.get(thing.id);
  return mark ? [...linesOf(thing), mark.text] : linesOf(thing);
};

/** What is written on things, and where arrows meet at them. */
interface Drawn {
  readonly marks: Marks;
  readonly portsOf: (id: string) => ElkPort[];
}

/** What is in a box, for ELK. */
function childrenOf(picture: Picture, box: string, drawn: Drawn): ElkNode[] {
  const { boxes, things } = picture;
  const { marks, portsOf } = drawn;
  return [
    ...things
      .filter((thing) => thing.box === box)
      .map((thing) => {
        const lines = textOf(thing, marks);
        const width = Math.max(...lines.map(({ length }) => length)) * LETTER + 2 * PADDING;
        return { id: thing.id, width, height: lines.length * LINE + PADDING, ports: portsOf(thing.id) };
      }),
    ...boxes
      .filter(({ within = "" }) => within === box)
      .map(({ id }) => ({ id: boxId(id), layoutOptions: BOX_LAYOUT, children: childrenOf(picture, id, drawn) })),
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

function arrowsOf(edge: ElkExtendedEdge & { container?: string }, corners: ReadonlyMap<string, Point>): Point[][] {
  const { x, y } = corners.get(edge.container ?? "") ?? { x: 0, y: 0 };
  return (edge.sections ?? []).map(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map((point) => ({ x: x + point.x, y: y + point.y })),
  );
}
