import { Budget } from "../aws/budgets/budget.ts";
import type { Aws } from "../aws/aws.ts";
import { stackTags } from "../aws/tags.ts";
import type { Plan } from "../engine/action.ts";
import type { Session } from "./session.ts";

/**
 * What a new budget needs that Fairlead cannot do: "After you create and apply user-defined tags to your resources, it can take up to 24 hours for the tag
 * keys to appear on your cost allocation tags page for activation. It can then take up to 24 hours for tag keys to activate", and "only the management
 * account" of an organization can (AWS Billing user guide, "Activating user-defined cost allocation tags").
 */
export function budgetNotes({ stack }: Pick<Session, "stack">, { actions }: Plan<Aws>): string[] {
  if (!actions.some(({ action, kind }) => action === "create" && kind.type === Budget.type)) return [];
  const tags = Object.keys(stackTags(stack)).join(", ");
  return [
    `The budget counts nothing until these tags are active for cost allocation: ${tags}. Activate them in the AWS Billing console under Cost allocation tags (in an organization, in its management account). They appear there up to 24 hours after the first resource has them.`,
  ];
}
