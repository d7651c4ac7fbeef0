import { Budget, budgetName } from "../../src/aws/budgets/budget.ts";
import { stackTags } from "../../src/aws/tags.ts";
import { prefixOf, type Identity } from "../../src/aws/owner.ts";
import type { BudgetSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

/** A monthly budget of what the stack's resources cost, which tells by e-mail when it is used up too fast. */
export function budget(scope: Scope, identity: Identity, { monthly, emails }: BudgetSettings) {
  return scope.add("cost/budget", Budget, {
    name: budgetName({ stack: prefixOf(identity), region: scope.region }),
    monthly,
    filter: stackTags(identity),
    notifications: { "actual 80 %": emails, "forecast 100 %": emails },
  });
}
