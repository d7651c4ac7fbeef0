import * as z from "zod";

import { closed, named, needed, optional } from "./fields.ts";
import { email } from "./schema-alarms.ts";

/* The settings of the budget. */

const LIMIT = "an amount of US dollars from 1 to 1000000";
const EMAILS = "a list of 1 to 10 e-mail addresses";

export const budget = optional(
  named(
    "BudgetConfig",
    "A monthly budget for what the stack costs, and who is told.",
    closed({
      monthly: needed(
        z.number({ error: LIMIT }).min(1, { error: LIMIT }).max(1_000_000, { error: LIMIT }),
        "Limit in US dollars a month.",
      ),
      emails: needed(
        z.array(email(), { error: EMAILS }).min(1, { error: EMAILS }).max(10, { error: EMAILS }),
        "E-mail addresses that are told when 80 % of it are spent, and when the forecast for the month is above it. No confirmation is needed.",
      ),
    }),
  ),
  "none",
  "A budget of AWS Budgets for the resources with this stack's tags. It counts nothing until the tags `fairlead:stack`, `fairlead:environment` and `fairlead:region` are activated as cost allocation tags in the AWS Billing console.",
);
