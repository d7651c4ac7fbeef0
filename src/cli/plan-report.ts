import type { Difference } from "../engine/diff.ts";
import { hasChanges, isDrift, isLeft, type ActionName, type Plan } from "../engine/action.ts";
import { masked, nameIn } from "../masking.ts";
import { effortOf, identityOf, type Session } from "./session.ts";

/** A plan as `--json` prints it. */
export function planReport<Services>(session: Session, plan: Plan<Services>) {
  const of = (action: ActionName) => plan.actions.filter((one) => one.action === action).length;
  return {
    ...identityOf(session),
    changes: hasChanges(plan),
    summary: {
      created: of("create"),
      updated: of("update"),
      replaced: of("replace"),
      adopted: of("adopt"),
      deleted: of("delete"),
      unchanged: of("noop"),
      failed: 0,
    },
    actions: plan.actions.map(
      ({ id, kind, action, why, order, differences, observed, known, foreign, unaccounted, interrupts }) => ({
        id,
        type: kind.type,
        action,
        outcome: action === "noop" ? ("unchanged" as const) : ("pending" as const),
        ms: 0,
        ...(isLeft({ action, observed }) ? { stays: true } : {}),
        ...(why === undefined ? {} : { why }),
        ...(order === undefined ? {} : { order }),
        ...(observed === undefined ? {} : { existing: observed.id }),
        drift: isDrift({ action, known, differences }),
        differences: differences.map(told),
        foreign,
        ...(unaccounted ? { unaccounted } : {}),
        ...(interrupts === undefined ? {} : { interrupts }),
      }),
    ),
    old: plan.old.map(({ id, kind, generation }) => ({ id, type: kind.type, existing: generation.id ?? null })),
    leftovers: plan.leftovers ?? [],
    problems: plan.problems,
    outputs: {},
    ...effortOf(session),
  };
}

/** JSON has no `undefined`: what is not set is null. What looks like a secret is hidden. */
const told = ({ path, old, new: wanted, cause, replaces }: Difference) => ({
  path,
  old: masked(old, nameIn(path)) ?? null,
  new: masked(wanted, nameIn(path)) ?? null,
  cause,
  replaces,
});
