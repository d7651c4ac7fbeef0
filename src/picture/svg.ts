// The picture as an SVG image: nothing is loaded from elsewhere, and it follows the reader's light or dark theme.
import {
  layOut,
  withMarks,
  JUNCTION,
  LINE,
  MARGIN,
  PADDING,
  TITLE,
  type Arrow,
  type Laid,
  type Placed,
} from "./layout.ts";
import { USERS, type Mark, type Picture } from "./picture.ts";
import { PICTURE_STYLE } from "./style.ts";

/** How a picture is drawn into a page. */
export interface InPage {
  /** What is said of things beside their names, by their ids. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** The address that a thing leads to; nothing for what leads nowhere. */
  readonly hrefOf: (id: string) => string | undefined;
  /** Tells the picture from others in the page. */
  readonly name: string;
}

/** The picture as the text of an SVG file. */
export async function svgOf(picture: Picture): Promise<string> {
  const { title } = picture;
  const laid = await layOut(picture);
  return [
    opening(laid, `xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(title)}"`),
    `<style>${PICTURE_STYLE}\n</style>`,
    ...drawing(laid, "tip"),
    "</svg>",
    "",
  ].join("\n");
}

/** How wide a picture may be, in pixels, that is shown at the width of a page: narrower, its texts would not be legible. */
const FITTING = 1_600;

/** The picture as an element of a page, which has its styles. */
export const svgInPage = async (picture: Picture, page: InPage): Promise<string> =>
  drawnInPage(picture, await layOut(picture, page.marks), page);

/** The picture twice, with different marks at the same places: the places of a large stack take seconds to find. */
export async function svgsInPage(picture: Picture, pages: readonly InPage[]): Promise<string[]> {
  const longest = new Map<string, Mark>();
  for (const [id, mark] of pages.flatMap(({ marks }) => [...marks]))
    if (mark.text.length > (longest.get(id)?.text.length ?? -1)) longest.set(id, mark);
  const laid = await layOut(picture, longest);
  return pages.map((page) => drawnInPage(picture, withMarks(laid, page.marks), page));
}

function drawnInPage(picture: Picture, laid: Laid, { hrefOf, name }: InPage): string {
  const label = `The picture of ${picture.title}`;
  return [
    opening(
      laid,
      `class="${laid.width <= FITTING ? "picture fit" : "picture"}" role="group" aria-label="${escaped(label)}"`,
    ),
    ...drawing(laid, `tip-${escaped(name)}`, hrefOf),
    "</svg>",
  ].join("\n");
}

const opening = ({ width, height }: Laid, attributes: string) =>
  `<svg ${attributes} width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;

/** What is in the element: `tip` is the id of the tip of its arrows. */
function drawing(laid: Laid, tip: string, hrefOf: InPage["hrefOf"] = () => undefined): string[] {
  const { title, width, height, placed, arrows, junctions } = laid;
  return [
    `<defs><marker id="${tip}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="${MARGIN + 14}">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + TITLE})">`,
    ...placed.map((one) => drawn(one, hrefOf)),
    ...arrows.map((one) => arrow(one, tip)),
    ...junctions.map(({ x, y }) => `<circle class="tip" cx="${round(x)}" cy="${round(y)}" r="${JUNCTION / 2}"/>`),
    "</g>",
  ];
}

function drawn({ x, y, width, height, thing, title, lines, mark }: Placed, hrefOf: InPage["hrefOf"]): string {
  const shape = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"`;
  if (!thing)
    return `<rect class="box" ${shape}/><text x="${round(x + PADDING)}" y="${round(y + PADDING + 10)}">${escaped(title)}</text>`;
  const texts = lines.map((line, index) => {
    const look = index === 0 ? "" : mark && index === lines.length - 1 ? ' class="mark"' : ' class="id"';
    return `<text${look} x="${round(x + PADDING)}" y="${round(y + LINE * (index + 1))}">${escaped(line)}</text>`;
  });
  // Where a page begins to show a picture that is larger than its frame.
  const look = mark ? ` class="${mark.tone}"` : thing.id === USERS.id ? ' class="start"' : "";
  const content = `<rect class="thing" ${shape}/>${texts.join(" ")}`;
  const href = hrefOf(thing.id);
  if (href !== undefined)
    return `<a href="${escaped(href)}" aria-label="${escaped(lines.join(" "))}"><g${look}>${content}</g></a>`;
  const parts = thing.parts.length > 0 ? `\n${thing.parts.join("\n")}` : "";
  return `<g${look}><title>${escaped(`${thing.id}${parts}`)}</title>${content}</g>`;
}

const arrow = ({ points, hasTip }: Arrow, tip: string): string =>
  `<path class="link"${hasTip ? ` marker-end="url(#${tip})"` : ""} d="M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}"/>`;

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
