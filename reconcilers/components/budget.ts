import { Budget } from "../../src/aws/budgets/budget.ts";
import { stackTags } from "../../src/aws/tags.ts";
import type { Identity } from "../../src/aws/owner.ts";
import type { BudgetSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

/** A monthly budget of what the stack's resources cost, which tells by e-mail when it is used up too fast. */
export function budget(scope: Scope, identity: Identity, { monthly, emails }: BudgetSettings) {
  return scope.add("cost/budget", Budget, {
    // A budget is an account's: that of another region must not have the same name.
    name: scope.name(`budget-${scope.region}`),
    monthly,
    filter: stackTags(identity),
    notifications: { "actual 80 %": emails, "forecast 100 %": emails },
  });
}
