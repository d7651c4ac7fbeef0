import type { Aws } from "../aws/aws.ts";
import { chargesOf } from "../aws/cost/charges.ts";
import { standingCost } from "../aws/cost/estimate.ts";
import { pricesIn } from "../aws/prices/table.ts";
import type { Observation } from "../engine/observe.ts";
import type { Plan } from "../engine/action.ts";
import type { DealtWith, Receipt } from "../engine/sweep.ts";
import { explained } from "./failure.ts";
import { paste } from "./paste.ts";
import { pricesWord } from "./cost-text.ts";
import type { Report } from "./report.ts";
import type { Session } from "./session.ts";
import { paint } from "./terminal.ts";

/** What a teardown leaves, as `--json` prints it. */
export interface ReceiptReport {
  /** What was there once all that was planned was gone, and is deleted too. */
  readonly swept: readonly { readonly type: string; readonly id: string }[];
  /** What is ours and still there, why, and what it costs a month in US dollars; null where AWS charges for its use alone, or there is no price. */
  readonly left: readonly {
    readonly type: string;
    readonly id: string;
    readonly why: string;
    /** AWS is deleting it, and that was not waited for (`--no-wait`). */
    readonly inProgress?: true;
    readonly monthlyUsd: number | null;
  }[];
  /** Kinds of which nobody can say whether something is left, and why not. */
  readonly unseen: readonly { readonly type: string; readonly error: string }[];
  /** Resources with a name of the stack that belong to another stack or to none. */
  readonly notOwned: readonly { readonly type: string; readonly id: string; readonly owner: string | null }[];
}

/** What the run did with each resource that it found. */
export function dealtWith(plan: Plan<Aws>, { actions }: Pick<Report, "actions">): DealtWith[] {
  const ends = new Map(actions.map((action) => [action.id, action]));
  return plan.actions.flatMap(({ id, kind, observed, known }) => {
    const providerId = observed?.id ?? known?.id;
    const end = ends.get(id);
    const isGoing = end?.outcome === "in-progress";
    const failure = end?.outcome === "done" ? undefined : isGoing ? GOING : (end?.error ?? "it was not deleted");
    return providerId === undefined ? [] : [{ type: kind.type, id: providerId, failure }];
  });
}

/** Why something is left that AWS is deleting. */
const GOING = "it is still being deleted";

/** The receipt in words and prices. */
export function receiptOf(
  { topology, aws, flags }: Session,
  seen: Observation,
  plan: Plan<Aws>,
  { swept, left, unseen }: Receipt,
): ReceiptReport {
  const prices = pricesIn(aws.region);
  const planned = new Set(plan.actions.map(({ id }) => id));
  const namesakes = topology.graph.nodes.flatMap(({ id, kind }) => {
    const observed = planned.has(id) ? undefined : seen.current.get(id);
    return observed ? [{ type: kind.type, id: observed.id, owner: observed.owner ?? null }] : [];
  });
  return {
    swept,
    left: left.map((one) => ({
      ...one,
      ...(one.why === GOING && { inProgress: true as const }),
      monthlyUsd: standingCost(one.type, prices) ?? null,
    })),
    unseen: unseen.map(({ type, error }) => {
      const { what, advice } = explained(error, flags);
      return { type, error: advice === undefined ? what : `${what} ${advice}` };
    }),
    notOwned: namesakes,
  };
}

/** Whether nothing is left, and that for certain. */
export const isClean = ({ left, unseen }: ReceiptReport): boolean =>
  left.every(({ inProgress }) => inProgress) && unseen.length === 0;

/** Tells what is left and what it costs. What the teardown has already said that it deleted is not told again where it was listed, or made, once more. */
export function printReceipt(
  { terminal, stack, aws, flags }: Session,
  receipt: ReceiptReport,
  dealt: readonly DealtWith[],
): void {
  const { swept, left, unseen, notOwned } = receipt;
  const where = `account ${aws.account}, region ${aws.region}`;
  const told = new Set(dealt.map(({ type, id }) => `${type} ${id}`));
  for (const { type, id } of swept.filter((one) => !told.has(`${one.type} ${one.id}`)))
    terminal.line(`Also deleted: ${type} ${id}, which was left after the rest.`);
  if (isClean(receipt) && left.length > 0)
    terminal.line(
      `${paint.green("Receipt:")} only what is still being deleted is left of ${stack.stackName} in ${where}.`,
      "result",
    );
  else if (isClean(receipt))
    terminal.line(`${paint.green("Receipt:")} no resources of ${stack.stackName} are left in ${where}.`, "result");
  else if (left.length === 0)
    terminal.line(
      `${paint.red("Receipt:")} no resources of ${stack.stackName} were found in ${where}, but not everything could be checked:`,
      "failure",
    );
  else terminal.line(`${paint.red("Receipt:")} some resources of ${stack.stackName} are left in ${where}.`, "failure");
  for (const { type, id, why, monthlyUsd } of left)
    terminal.line(`  ${type} ${id}, ${costOf(type, monthlyUsd)}: ${why}`, "failure");
  const sum = left.reduce((total, { monthlyUsd }) => total + (monthlyUsd ?? 0), 0);
  if (sum > 0)
    terminal.line(
      `  They cost about ${dollars(sum)} a month (${pricesWord(pricesIn(aws.region))}). To try again: ${paste(flags, "teardown")}`,
      "failure",
    );
  for (const { type, error } of unseen)
    terminal.line(`  Could not check whether any ${type} is left: ${error}`, "failure");
  if (notOwned.length > 0)
    terminal.line(
      `Unmanaged resources with the same name, left unchanged (${notOwned.length}): ${notOwned.map(({ type, id, owner }) => `${type} ${id} (${owner === null ? "no owner tags" : `of ${owner}`})`).join(", ")}.`,
    );
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`;
const costOf = (type: string, monthly: number | null) =>
  monthly === null
    ? chargesOf(type, {}) === undefined
      ? "at an unknown cost"
      : "charged by use"
    : monthly === 0
      ? "free of charge"
      : `about ${dollars(monthly)} a month`;
