// The picture as an SVG file of its own: nothing is loaded from elsewhere, and it follows the reader's light or dark theme.
import elk from "elkjs/lib/elk.bundled.js";
import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api.js";
import { linesOf } from "./outline.ts";
import type { Picture, Thing } from "./picture.ts";

/** Sizes in pixels. A letter is taken for wide enough that no font in use exceeds it. */
const LETTER = 7.4;
const LINE = 17;
const PADDING = 12;
const MARGIN = 16;
const TITLE = 28;

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

const STYLE = `
  .back { fill: #ffffff }
  .box { fill: #f6f8fa; stroke: #d0d7de }
  .thing { fill: #ffffff; stroke: #57606a }
  .link { fill: none; stroke: #57606a }
  .tip { fill: #57606a }
  text { fill: #1f2328; font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 15px; font-weight: 600 }
  .id { fill: #57606a; font-size: 12px }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 }
    .box { fill: #161b22; stroke: #30363d }
    .thing { fill: #0d1117; stroke: #8b949e }
    .link { stroke: #8b949e }
    .tip { fill: #8b949e }
    text { fill: #e6edf3 }
    .id { fill: #8b949e }
  }`;

/** The picture as the text of an SVG file. */
export async function svgOf(picture: Picture): Promise<string> {
  const { title, things } = picture;
  const root: ElkNode = {
    id: "",
    layoutOptions: LAYOUT,
    children: childrenOf(picture, ""),
    edges: picture.links.map(({ from, to }, index) => ({ id: `link-${index}`, sources: [from], targets: [to] })),
  };
  const laid = await new elk.default().layout(root);
  const width = Math.ceil(Math.max(laid.width ?? 0, title.length * LETTER * 1.3) + 2 * MARGIN);
  const height = Math.ceil((laid.height ?? 0) + TITLE + 2 * MARGIN);
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  const corners = cornersOf(laid);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="${MARGIN + 14}">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + TITLE})">`,
    ...(laid.children ?? []).flatMap((node) => drawn(node, { x: 0, y: 0 }, picture, byId)),
    ...(laid.edges ?? []).flatMap((edge) => arrow(edge, corners)),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** What is in a box, for ELK. */
function childrenOf(picture: Picture, box: string): ElkNode[] {
  const { boxes, things } = picture;
  return [
    ...things
      .filter((thing) => thing.box === box)
      .map((thing) => {
        const lines = linesOf(thing);
        const width = Math.max(...lines.map(({ length }) => length)) * LETTER + 2 * PADDING;
        return { id: thing.id, width, height: lines.length * LINE + PADDING };
      }),
    ...boxes
      .filter(({ within = "" }) => within === box)
      .map(({ id }) => ({ id: boxId(id), layoutOptions: BOX_LAYOUT, children: childrenOf(picture, id) })),
  ];
}

/** ELK has one set of ids for boxes and things. */
const boxId = (id: string) => `box ${id}`;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box with all that is in it, or a thing. ELK says where a node is within its box. */
function drawn(node: ElkNode, within: Point, picture: Picture, byId: ReadonlyMap<string, Thing>): string[] {
  const { width = 0, height = 0, children = [] } = node;
  const [x, y] = [within.x + (node.x ?? 0), within.y + (node.y ?? 0)];
  const shape = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"`;
  const thing = byId.get(node.id);
  if (!thing) {
    const title = picture.boxes.find(({ id }) => boxId(id) === node.id)?.title ?? "";
    return [
      `<rect class="box" ${shape}/>`,
      `<text x="${round(x + PADDING)}" y="${round(y + PADDING + 10)}">${escaped(title)}</text>`,
      ...children.flatMap((child) => drawn(child, { x, y }, picture, byId)),
    ];
  }
  const lines = linesOf(thing).map(
    (line, index) =>
      `<text${index > 0 ? ' class="id"' : ""} x="${round(x + PADDING)}" y="${round(y + LINE * (index + 1))}">${escaped(line)}</text>`,
  );
  const parts = thing.parts.length > 0 ? `\n${thing.parts.join("\n")}` : "";
  return [`<g><title>${escaped(`${thing.id}${parts}`)}</title><rect class="thing" ${shape}/>${lines.join("")}</g>`];
}

/** Where each node's left upper corner is: ELK tells the bends of an edge from that of the node that holds it. */
function cornersOf(node: ElkNode, at: Point = { x: 0, y: 0 }): Map<string, Point> {
  const all = new Map([[node.id, at]]);
  for (const child of node.children ?? [])
    for (const [id, point] of cornersOf(child, { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) }))
      all.set(id, point);
  return all;
}

function arrow(edge: ElkExtendedEdge & { container?: string }, corners: ReadonlyMap<string, Point>): string[] {
  const { x, y } = corners.get(edge.container ?? "") ?? { x: 0, y: 0 };
  return (edge.sections ?? []).map(({ startPoint, bendPoints = [], endPoint }) => {
    const path = [startPoint, ...bendPoints, endPoint].map((point) => `${round(x + point.x)} ${round(y + point.y)}`);
    return `<path class="link" marker-end="url(#tip)" d="M${path.join("L")}"/>`;
  });
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
