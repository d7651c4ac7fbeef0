// How one field that differs is told: in a line if it fits there, otherwise by what goes and what comes.
import { structuredPatch } from "diff";
import type { Difference } from "../engine/diff.ts";
import { equal } from "../engine/equal.ts";
import { KnownAfterApply } from "../engine/output.ts";
import { masked, nameIn } from "../masking.ts";
import { paint } from "./terminal.ts";
import { cut, widthOf } from "./text-width.ts";
import { value } from "./words.ts";

/** How differences are shown. */
export interface DifferenceStyle {
  /** Values at their full length. */
  readonly full?: boolean;
  /** The width of the terminal; a pipe has none. */
  readonly columns?: number | undefined;
  /** Where the stack is: ARNs of there are shortened. */
  readonly own?: { readonly account: string; readonly region: string } | undefined;
}

const INDENT = " ".repeat(8);
const ITEM = " ".repeat(10);
/** What a value may take where no terminal says how wide it is. */
const WIDTH = 100;
/** What stands for the beginning of an ARN of the stack's own account and region. */
export const SHORT_ARN = "arn:…:";

/** The lines of one difference. What looks like a secret is hidden. */
export function differenceLines(
  { path, old, new: wanted, cause, replaces }: Difference,
  style: DifferenceStyle,
): string[] {
  const [was, is] = [old, wanted].map((one) => masked(parsed(one), nameIn(path)));
  const notes = [cause === "drift" ? paint.yellow("drift") : "", replaces ? paint.magenta("replaces") : ""];
  const told = notes.filter((note) => note !== "").join(", ");
  const after = told === "" ? "" : `  (${told})`;
  const lists = Array.isArray(old) && Array.isArray(wanted) ? itemLines(old, wanted, [was, is], style) : undefined;
  if (lists) return [`${INDENT}${path}:${after}`, ...lists];
  const room = style.full ? Number.POSITIVE_INFINITY : WIDTH;
  const [from, to] = [was, is].map((one) => shown(one, style));
  const line = `${INDENT}${path}: ${cut(from ?? "", room)} -> ${cut(to ?? "", room)}${after}`;
  const fits =
    [from, to].every((one) => widthOf(one ?? "") <= WIDTH) &&
    widthOf(line) <= (style.columns ?? Number.POSITIVE_INFINITY);
  if (fits) return [line];
  const texts = [was, is].map(longText);
  if (texts[0] !== undefined && texts[1] !== undefined && texts[0] !== texts[1])
    return [`${INDENT}${path}:${after}`, ...patchLines(texts[0], texts[1], style)];
  if (style.columns === undefined) return [line];
  return [`${INDENT}${path}:${after}`, removed(from ?? "", style), added(to ?? "", style)];
}

/** The items of a list that go and that come, `told` as they may be shown; nothing where only their order differs. */
function itemLines(
  was: readonly unknown[],
  is: readonly unknown[],
  told: readonly unknown[],
  style: DifferenceStyle,
): string[] | undefined {
  const coming = new Set(is.keys());
  const going = [...was.keys()].filter((index) => {
    const at = [...coming].find((one) => equal(is[one], was[index]));
    return at === undefined || !coming.delete(at);
  });
  if (going.length + coming.size === 0) return undefined;
  const [before, after] = told as readonly [readonly unknown[], readonly unknown[]];
  const same = was.length - going.length;
  return [
    ...going.map((index) => removed(shown(before[index], style), style)),
    ...[...coming].map((index) => added(shown(after[index], style), style)),
    ...(same > 0 ? [paint.dim(`${ITEM}  (${same} unchanged)`)] : []),
  ];
}

/** A unified diff, without its header. */
const patchLines = (from: string, to: string, style: DifferenceStyle): string[] =>
  structuredPatch("", "", from, to, undefined, undefined, { context: 2 }).hunks.flatMap(
    ({ oldStart, oldLines, newStart, newLines, lines }) => [
      paint.cyan(`${ITEM}@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
      ...lines.map((line) => {
        const text = clipped(`${ITEM}${shortened(line, style.own)}`, style);
        return line.startsWith("-") ? paint.red(text) : line.startsWith("+") ? paint.green(text) : paint.dim(text);
      }),
    ],
  );

const removed = (text: string, style: DifferenceStyle) => paint.red(clipped(`${ITEM}- ${text}`, style));
const added = (text: string, style: DifferenceStyle) => paint.green(clipped(`${ITEM}+ ${text}`, style));

const clipped = (text: string, { full, columns }: DifferenceStyle) =>
  full ? text : cut(text, columns ?? WIDTH + ITEM.length + 2);

const shown = (of: unknown, { own }: DifferenceStyle) => shortened(value(of, Number.POSITIVE_INFINITY), own);

/** A policy or another document that AWS takes as a text of JSON, as what it says: the order of its spaces is of no interest. */
function parsed(of: unknown): unknown {
  if (typeof of !== "string" || !/^\s*[{[]/.test(of)) return of;
  try {
    return JSON.parse(of) as unknown;
  } catch {
    return of;
  }
}

/** What is compared line by line: an object, or a text of several lines. */
function longText(of: unknown): string | undefined {
  if (typeof of === "string") return of.includes("\n") ? `${of}\n` : undefined;
  if (typeof of !== "object" || of === null || of instanceof KnownAfterApply) return undefined;
  return `${JSON.stringify(of, undefined, 2)}\n`;
}

/** Text in which the ARNs of the stack's own account and region have neither: a plan's headline names both. */
export function shortened(text: string, own: DifferenceStyle["own"]): string {
  if (own === undefined) return text;
  // IAM and CloudFront have no region in their ARNs.
  return text.replaceAll(
    /\barn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12}):/g,
    (all, service: string, region, account) =>
      account === own.account && (region === own.region || region === "") ? `${SHORT_ARN}${service}:` : all,
  );
}
