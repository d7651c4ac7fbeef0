// A plan as a comment of a pull request. Names and values in it are not to be trusted: what they say must neither end the block that they are in nor
// call anybody.
import { stripVTControlCharacters } from "node:util";
import { isDrift, isLeft, type Action, type Plan } from "../engine/action.ts";
import type { Aws } from "../aws/aws.ts";
import { bodyLines, reasonOf, riskLines, summaryLine, type PlanStyle } from "./plan-text.ts";
import { printable } from "./terminal.ts";
import { count } from "./words.ts";

/** The plan of one region, and what there is to say of it. */
export interface MarkdownPlan {
  /** `shop production`. */
  readonly stack: string;
  /** On what, in which account and region. */
  readonly headline: string;
  readonly plan: Plan<Aws>;
  readonly style: PlanStyle;
  readonly costLine: string;
  /** The whole estimate, if it was asked for. */
  readonly costLines: readonly string[];
  readonly notes: readonly string[];
  /** What waits in the pipeline. */
  readonly waiting: readonly string[];
}

/**
 * GitHub refuses a comment with more characters: "Body is too long (maximum is 65536 characters)". Bytes are counted here, which are never fewer, and
 * some are left to whoever adds a line.
 */
const LIMIT = 65_000;
/** How much of that may be said above the resources. */
const HEAD = 20_000;
/** Columns after which the value of a new resource is cut. */
const WIDTH = 100;

/** One comment for the plan of each region. `command` shows all of it. */
export const planMarkdown = (plans: readonly MarkdownPlan[], command: string): string =>
  plans.map((one) => section(one, command, Math.floor(LIMIT / plans.length))).join("\n\n");

/** The comment of a plan that could not be made. */
export const failureMarkdown = (lines: readonly string[]): string =>
  [
    "### The plan failed",
    "",
    fenced(
      within(
        lines.flatMap((line) => plain(line).split("\n")),
        HEAD,
      ),
    ),
  ].join("\n");

const size = (text: string) => Buffer.byteLength(text) + 1;

function section(of: MarkdownPlan, command: string, limit: number): string {
  const head = headOf(of);
  const rows = rowsOf(of);
  const end = of.costLines.length > 0 ? [block("The estimated cost", of.costLines.map(plain))] : [];
  const left = (hidden: readonly string[]) =>
    `\n${count(hidden.length, "resource")} of ${rows.length} ${hidden.length === 1 ? "is" : "are"} not shown here, because a comment on GitHub can have 65,536 characters. To see all of them: ${code(command)}`;
  let room = limit - size(head) - end.reduce((sum, one) => sum + size(one), 0) - size(left(["one"])) - 100;
  const shown: string[] = [];
  const hidden: string[] = [];
  for (const { id, text } of rows) {
    if (size(text) > room) {
      hidden.push(id);
      continue;
    }
    room -= size(text);
    shown.push(text);
  }
  return [head, ...shown, ...end, ...(hidden.length > 0 ? [left(hidden)] : [])].join("\n");
}

/** Counts, what nobody should miss, and the cost. */
function headOf({ stack, headline, plan, costLine, notes, waiting }: MarkdownPlan): string {
  const summary = plain(summaryLine(plan))
    .replace(/^Plan: /, "")
    .replace(/\.$/, "");
  const drift = plan.actions.filter(isDrift).length;
  const said = [
    ...plan.problems.map((problem) => `**Error:** ${prose(problem)}`),
    ...riskLines(plan).map((line) => `**${prose(plain(line)).replace(/^(.*?[:.])/, "$1**")}`),
    ...(drift > 0 ? [`**Drift:** ${count(drift, "resource")} changed outside Fairlead.`] : []),
    prose(plain(costLine)),
    ...notes.map((note) => `Note: ${prose(note)}`),
    ...waiting.map((line) => prose(plain(line).trim())).filter((line) => line !== ""),
  ];
  return [
    `### Plan of ${prose(stack)}: ${prose(summary)}`,
    "",
    prose(headline),
    "",
    ...within(
      said.map((line) => `- ${line}`),
      HEAD,
    ),
    "",
  ].join("\n");
}

/** As many of the lines as there is room for. */
function within(lines: readonly string[], limit: number): string[] {
  let room = limit;
  const shown = lines.filter((line) => (room -= size(line)) >= 0);
  return shown.length < lines.length ? [...shown, `- ${count(lines.length - shown.length, "more line")}`] : shown;
}

interface Row {
  readonly id: string;
  readonly text: string;
}

/** What is lost or interrupted comes first, so that it is the last to be left out. */
const ORDER = ["replace", "delete", "update", "adopt", "create"] as const;

function rowsOf({ plan, style }: MarkdownPlan): Row[] {
  const changing = ORDER.flatMap((action) => plan.actions.filter((one) => one.action === action));
  const former = plan.old.map(({ id, kind, generation }) =>
    rowOf(id, `delete <b>${html(id)}</b> (${html(kind.type)})`, [
      `${generation.id ?? "a previous generation"}, replaced by an earlier run`,
    ]),
  );
  return [
    ...former,
    ...changing.map((action) =>
      rowOf(action.id, titleOf(action), bodyLines(action, style, style.full ? undefined : WIDTH)),
    ),
    ...(plan.leftovers ?? []).map(({ type, id, why }) =>
      rowOf(id, `keep <b>${html(id)}</b> (${html(type)})`, [`It ${why}`]),
    ),
  ];
}

const rowOf = (id: string, title: string, lines: readonly string[]): Row => ({
  id,
  text: lines.length > 0 ? block(title, lines) : `<details><summary>${title}</summary></details>`,
});

function titleOf(action: Action<Aws>): string {
  const { id, kind, observed, action: name } = action;
  const verb = isLeft(action) ? "leave in place" : name;
  const reason = reasonOf(action);
  const existing = observed === undefined ? "" : ` ${html(observed.id)}`;
  return `${verb} <b>${html(id)}</b>${existing} (${html(kind.type)})${reason === undefined ? "" : `: ${html(plain(reason))}`}`;
}

/** A block that is folded. */
const block = (title: string, lines: readonly string[]): string =>
  ["<details><summary>" + title + "</summary>", "", fenced(lines, "diff"), "", "</details>"].join("\n");

/** A block of code. Its fence is longer than any in it: a fence ends at one that is as long (GitHub Flavored Markdown Spec, 4.5). */
function fenced(lines: readonly string[], language = ""): string {
  const text = lines.map(printable).join("\n");
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, text, fence].join("\n");
}

const plain = (text: string): string => stripVTControlCharacters(text);

/** On one line, and without what GitHub makes a mention of: it looks for those in the text after Markdown, so that no escape is of use. */
const quiet = (text: string): string => printable(text.replaceAll(/\s+/g, " ")).replaceAll(/[@#](?=\w)/g, "$&\u200b");

/** Text in an element. GitHub's own filter removes scripts, but what looks like an element would be gone. */
const html = (text: string): string =>
  quiet(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The length of a sentence that says something. */
const SENTENCE = 2_000;

/** A sentence. Any punctuation may have a backslash before it (GitHub Flavored Markdown Spec, 6.1). */
const prose = (text: string): string =>
  quiet(text.length > SENTENCE ? `${text.slice(0, SENTENCE)}…` : text).replaceAll(/[\\`*_[\]<>&|~$#]/g, "\\$&");

/** A command, which has no backticks. */
const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;
