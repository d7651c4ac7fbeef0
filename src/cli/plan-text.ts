import { stripVTControlCharacters } from "node:util";
import { factsOf } from "../engine/fields.ts";
import { hasChanges, isDrift, isGone, isLeft, type Action, type ActionName, type Plan } from "../engine/action.ts";
import { resolve, KnownAfterApply } from "../engine/output.ts";
import { HIDDEN } from "../engine/secret.ts";
import { masked } from "../masking.ts";
import { differenceLines, SHORT_ARN, shortened, type DifferenceStyle } from "./difference-text.ts";
import type { Aws } from "../aws/aws.ts";
import { headlinePart } from "./headline.ts";
import type { Session } from "./session.ts";
import { paint, type Part } from "./terminal.ts";
import { cut } from "./text-width.ts";
import { aboutSeconds, count, layerOf, nameOf, SIGN_OF, value } from "./words.ts";

/** How a plan is shown. */
export interface PlanStyle extends DifferenceStyle {
  /** A teardown: nothing but deletes. */
  readonly teardown?: boolean;
}

/** The style of the terminal and the place that a session works in. */
export const styleOf = ({ terminal, aws }: Pick<Session, "terminal" | "aws">): DifferenceStyle => ({
  columns: terminal.columns,
  own: { account: aws.account, region: aws.region },
});

/** The sign of an action in its colour, as wide as the widest. */
const painted = (name: ActionName, colour: (sign: string) => string): string =>
  " ".repeat(SIGN_OF.replace.length - SIGN_OF[name].length) + colour(SIGN_OF[name]);

const SIGNS: Readonly<Record<ActionName, string>> = {
  create: painted("create", paint.green),
  update: painted("update", paint.yellow),
  replace: painted("replace", paint.magenta),
  adopt: painted("adopt", paint.cyan),
  delete: painted("delete", paint.red),
  noop: painted("noop", (sign) => sign),
};

/** What the headline and the plan are where there is something to do: a run shows both first, as `headlinePart` says. */
export const shownFirst = (session: Pick<Session, "target">, plan: Plan<Aws>): Part | undefined =>
  hasChanges(plan) ? headlinePart(session) : undefined;

/** Prints a plan that is about to be applied; where it is blocked, by what is what the command came to. */
export function printPlan(session: Pick<Session, "terminal" | "aws">, plan: Plan<Aws>, part?: Part): void {
  const problems = new Set(plan.problems.map(problemLine));
  for (const line of planLines(plan, styleOf(session)))
    session.terminal.line(line, problems.has(line) ? "failure" : part);
}

const problemLine = (problem: string) => `${paint.red("!")} ${problem}`;

/** What a plan with errors comes to. `then`: the command for when they are mended. */
export const blockedText = ({ problems }: Pick<Plan<Aws>, "problems">, then: string): string =>
  `Blocked by ${count(problems.length, "error")} (above). No changes were made. Once ${problems.length === 1 ? "it is" : "they are"} mended: ${then}`;

/** The human-readable plan, one line per element: by layer, each resource with its changes and the reason. */
export function planLines<Services>(plan: Plan<Services>, style: PlanStyle = {}): string[] {
  const lines: string[] = [];
  const shown = plan.actions.filter(({ action, unaccounted }) => action !== "noop" && !unaccounted);
  const adopted = commonReason(shown);
  for (const layer of new Set(shown.map(({ id }) => layerOf(id)))) {
    const actions = shown.filter(({ id }) => layerOf(id) === layer);
    if (lines.length > 0) lines.push("");
    lines.push(paint.bold(layer), ...actions.flatMap((action) => actionLines(withoutCommon(action, adopted), style)));
  }
  for (const { id, generation } of plan.old)
    lines.push(`${SIGNS.delete} ${id}: ${generation.id ?? "a previous generation"}, replaced by an earlier run`);
  lines.push(...unaccountedLines(plan, style));
  const risks = riskLines(plan);
  if (risks.length > 0 && lines.length > 0) lines.unshift(...risks, "");
  const legend = legendLine(plan, lines, adopted);
  lines.push(...plan.problems.map(problemLine));
  lines.push("", ...legend, summaryLine(plan));
  const foreign = plan.actions.flatMap(({ id, foreign: paths }) => paths.map((path) => `${id} ${path}`));
  if (foreign.length > 0) lines.push(paint.dim(`Unmanaged (ignored): ${foreign.join(", ")}.`));
  const coming = plan.actions.filter(({ action, observed }) => action === "noop" && observed?.ready === false);
  if (coming.length > 0)
    lines.push(
      `Not ready yet: ${coming.map(({ id }) => id).join(", ")}; reconcile waits until ${coming.length === 1 ? "it is" : "they are"}.`,
    );
  const drift = plan.actions.filter(isDrift).length;
  if (drift > 0)
    lines.push(
      paint.yellow(
        `Drift: ${count(drift, "resource")} changed outside Fairlead; reconcile will revert ${drift === 1 ? "it" : "them"}.`,
      ),
    );
  return lines;
}

/** What a reader must not miss, before everything else: how long requests are not served, and what is replaced. */
export function riskLines<Services>({ actions }: Pick<Plan<Services>, "actions">): string[] {
  const replaced = actions.filter(({ action }) => action === "replace").map(({ id }) => id);
  return [
    ...actions.flatMap(({ id, interrupts }) =>
      interrupts
        ? [paint.red(`Interrupts traffic: ${aboutSeconds(interrupts.seconds)}. ${id}: ${interrupts.why}.`)]
        : [],
    ),
    ...(replaced.length > 0
      ? [paint.magenta(`Replaces ${count(replaced.length, "resource")}: ${replaced.join(", ")}.`)]
      : []),
  ];
}

/** So many have the same reason before it is told once for all of them. */
const MANY = 3;

/** The reason that many resources are adopted for, as all of them are after a lost state: it is told once. */
function commonReason<Services>(actions: readonly Action<Services>[]): string | undefined {
  const reasons = actions.flatMap(({ action, why }) => (action === "adopt" ? (why ?? []) : []));
  return reasons.find((reason) => reasons.filter((other) => other === reason).length >= MANY);
}

const withoutCommon = <Services>(action: Action<Services>, reason: string | undefined): Action<Services> =>
  action.action === "adopt" && action.why === reason ? { ...action, why: undefined } : action;

/** What the signs mean that the plan above it has. */
function legendLine<Services>(
  { actions, old }: Plan<Services>,
  lines: readonly string[],
  adopted: string | undefined,
): string[] {
  const isUsed = (name: ActionName) =>
    actions.some((action) => action.action === name && !isLeft(action)) || (name === "delete" && old.length > 0);
  const signs = (["create", "update", "replace", "adopt", "delete"] as const)
    .filter(isUsed)
    .map(
      (name) =>
        `${SIGNS[name].trimStart()} ${name}${name === "adopt" && adopted !== undefined ? ` (each ${adopted})` : ""}`,
    );
  if (signs.length === 0) return [];
  const arns = lines.some((line) => line.includes(SHORT_ARN)) ? [`${SHORT_ARN} this account and region`] : [];
  return [paint.dim(`Signs: ${[...signs, ...arns].join(", ")}`)];
}

/** Resources with the stack's owner tags that are in neither config nor state: which are deleted, and which are kept and why. */
function unaccountedLines<Services>({ actions, leftovers = [] }: Plan<Services>, style: PlanStyle): string[] {
  const going = actions.filter(({ unaccounted }) => unaccounted);
  if (going.length + leftovers.length === 0) return [];
  return [
    "",
    paint.bold("orphaned: has this stack's owner tags, but is in neither the config nor the state"),
    ...going.flatMap((action) => actionLines(action.observed?.madeBy ? action : { ...action, why: undefined }, style)),
    ...leftovers.map(({ type, id, why }) => `    ${id}  ${paint.dim(type)}: kept, because it ${why}`),
  ];
}

function actionLines<Services>(action: Action<Services>, style: PlanStyle): string[] {
  const { id, kind, differences, observed } = action;
  const theirs = observed === undefined ? "" : paint.dim(` (${observed.id})`);
  const why = reasonOf(action);
  const sign = isLeft(action) ? SIGNS.noop : SIGNS[action.action];
  const head = `${sign} ${nameOf(id)}${theirs}  ${paint.dim(kind.type)}${why === undefined ? "" : `: ${why}`}`;
  if (action.action === "create") return [head, ...(style.full ? createdFields(action, style) : [])];
  return [head, ...differences.flatMap((difference) => differenceLines(difference, style))];
}

/** Why a resource is treated as it is, where its differences do not show that. */
export function reasonOf<Services>({ action, why, order, differences, known }: Action<Services>): string | undefined {
  if (isGone({ action, known })) return paint.yellow(`drift: ${why}`);
  if (action !== "replace") return why;
  const fields = [...new Set(differences.filter(({ replaces }) => replaces).map(({ path }) => path))];
  const because = why ?? `${fields.join(", ")} cannot be changed in place`;
  return `must be replaced (${order === "delete-first" ? "deleted before the new one is created" : "created before the old one is deleted"}): ${because}`;
}

/** What is below a resource, without colours and indent, so that what goes and what comes is coloured as a diff elsewhere. */
export const bodyLines = <Services>(action: Action<Services>, style: PlanStyle, width?: number): string[] =>
  (action.action === "create"
    ? createdFields(action, style, width)
    : action.differences.flatMap((difference) => differenceLines(difference, style))
  ).map((line) => stripVTControlCharacters(line).replace(/^ {8}(?: {2})?/, ""));

/** The fields of a resource that is created; values longer than `width` are cut. */
function createdFields<Services>(
  { node, kind }: Action<Services>,
  { own }: PlanStyle,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const spec = resolve(node?.spec, (id, attr) => new KnownAfterApply(`${id}.${attr}`)) as Record<string, unknown>;
  return Object.entries(spec).map(
    ([field, of]) =>
      `        ${field}: ${factsOf(kind, field).secret ? HIDDEN : cut(shortened(value(masked(of, field), Number.POSITIVE_INFINITY), own), width)}`,
  );
}

/** `Plan: 3 to create, 1 to update; 58 unchanged.` */
export function summaryLine<Services>(plan: Plan<Services>): string {
  const left = plan.actions.filter(isLeft).length;
  const of = (wanted: ActionName) =>
    plan.actions.filter(({ action }) => action === wanted).length - (wanted === "delete" ? left : 0);
  const old = plan.old.length;
  const parts = (["create", "update", "replace", "adopt", "delete"] as const)
    .map((name) => [name, of(name) + (name === "delete" ? old : 0)] as const)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} to ${name}`)
    .concat(left > 0 ? [`${left} to leave in place`] : []);
  if (parts.length === 0)
    return `No changes. ${count(of("noop"), "resource")} match${of("noop") === 1 ? "es" : ""} the config.`;
  return `${paint.bold("Plan:")} ${parts.join(", ")}; ${of("noop")} unchanged.`;
}
