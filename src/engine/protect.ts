import type { Plan } from "./action.ts";

/** The data that a plan would lose, one sentence per resource. */
export function lossesIn(plan: Omit<Plan<never>, "problems"> | Omit<Plan, "problems">): string[] {
  const lost = plan.actions.flatMap(({ id, kind, action, observed }) =>
    kind.traits?.holdsData && observed && (action === "delete" || action === "replace")
      ? [{ id, what: `${kind.type} ${observed.id}`, past: `${action}d` }]
      : [],
  );
  const old = plan.old.flatMap(({ id, kind, observed }) =>
    kind.traits?.holdsData && observed
      ? [{ id, what: `the earlier ${kind.type} ${observed.id}`, past: "deleted" }]
      : [],
  );
  return [...lost, ...old].map(
    ({ id, what, past }) =>
      `${id}: ${what} would be ${past} and its data lost, but the stack is protected. No changes were made. Revert the edit, or set protect to false.`,
  );
}
