import type {
  Budget,
  CreateBudgetCommandInput,
  CreateNotificationCommandInput,
  DeleteBudgetCommandInput,
  DeleteNotificationCommandInput,
  DescribeBudgetCommandInput,
  DescribeBudgetCommandOutput,
  DescribeNotificationsForBudgetCommandInput,
  DescribeNotificationsForBudgetCommandOutput,
  DescribeSubscribersForNotificationCommandInput,
  DescribeSubscribersForNotificationCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  Notification,
  Subscriber,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateBudgetCommandInput,
} from "@aws-sdk/client-budgets";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { plain, refusedAgain, type PlainRecord } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";

const INVALID = "InvalidParameterException";
const invalid = (message: string): never => refuse(INVALID, message);

interface Alert {
  notification: Notification;
  subscribers: Subscriber[];
}

interface SimBudget extends PlainRecord {
  budget: Budget;
  alerts: Alert[];
  createdAt: number;
  updatedAt: number;
}

/** A budget is an account's, whatever the region. */
const budgets = plain<SimBudget, CreateBudgetCommandInput>({
  table: "budgets.budgets",
  isGlobal: true,
  arn: (sim, name) => sim.arn("budgets", `budget/${name}`, ""),
  // botocore budgets, BudgetName.
  names: { rule: /^(?!.*\/action\/)[^:\\]{1,100}$/, refusal: [INVALID, "Budget name is not valid."] },
  check(_sim, { Budget: budget, NotificationsWithSubscribers: alerts = [] }) {
    checkBudget(budget);
    // "A budget can have up to five notifications" (botocore budgets, CreateBudgetRequest).
    if (alerts.length > 5) refuse("CreationLimitExceededException", "A budget can have at most 5 notifications.");
    for (const { Subscribers } of alerts) checkSubscribers(Subscribers);
  },
  made: (sim, { Budget: budget, NotificationsWithSubscribers: alerts = [] }) => ({
    budget: limited(budget),
    createdAt: sim.now,
    updatedAt: sim.now,
    alerts: alerts.map(({ Notification: notification, Subscribers: subscribers }) => ({
      notification: alertOf(notification),
      subscribers: [...(subscribers ?? [])],
    })),
  }),
  again: refusedAgain("DuplicateRecordException", "Error creating budget - the budget already exists."),
  missing: (name) => ["NotFoundException", `Unable to get budget: ${name} - the budget doesn't exist.`],
  tags: { code: INVALID, limitCode: "ServiceQuotaExceededException" },
});

function checkBudget(budget: Budget | undefined): asserts budget is Budget {
  if (!budget) return invalid("Budget must be set.");
  onlyKnown("Budget", budget, "BudgetName", "BudgetType", "TimeUnit", "BudgetLimit", "FilterExpression", "Metrics");
  if (budget.BudgetType !== "COST" || budget.TimeUnit !== "MONTHLY")
    invalid("Only monthly cost budgets are simulated.");
  // "BudgetLimit is required for cost or usage budgets" (botocore budgets, Budget).
  if (!(Number(budget.BudgetLimit?.Amount) > 0) || budget.BudgetLimit?.Unit !== "USD")
    invalid("BudgetLimit must be a positive amount in USD.");
  // The two belong together (botocore budgets, Budget.FilterExpression and Metrics).
  if ((budget.FilterExpression === undefined) !== (budget.Metrics === undefined))
    invalid("FilterExpression and Metrics must be set together.");
  const and = budget.FilterExpression?.And;
  if (and !== undefined && and.length < 2) invalid("An And expression needs at least two operands.");
}

function checkSubscribers(subscribers: readonly Subscriber[] | undefined): void {
  const emails = (subscribers ?? []).filter(({ SubscriptionType }) => SubscriptionType === "EMAIL");
  if (!subscribers || subscribers.length === 0) invalid("A notification needs at least one subscriber.");
  if (emails.length > 10)
    refuse("CreationLimitExceededException", "A notification can have at most 10 email subscribers.");
  if (emails.some(({ Address = "" }) => !/^[^@\s]+@[^@\s]+$/.test(Address))) invalid("Invalid email address.");
  if (new Set(emails.map(({ Address }) => Address)).size < emails.length)
    refuse("DuplicateRecordException", "The subscriber already exists.");
}

/** What AWS makes of a limit: `200.0`. */
function limited(budget: Budget | undefined): Budget {
  checkBudget(budget);
  return { ...budget, BudgetLimit: { Amount: Number(budget.BudgetLimit?.Amount).toFixed(1), Unit: "USD" } };
}

/** What AWS adds: the period from the month's start on, and what was spent (botocore budgets, TimePeriod and CalculatedSpend). */
function filledIn({ budget, createdAt, updatedAt }: SimBudget): Budget {
  const made = new Date(createdAt);
  return {
    ...budget,
    TimePeriod: {
      Start: new Date(Date.UTC(made.getUTCFullYear(), made.getUTCMonth())),
      End: new Date(Date.UTC(2087, 5, 15)),
    },
    CalculatedSpend: { ActualSpend: { Amount: "0.0", Unit: "USD" } },
    LastUpdatedTime: new Date(updatedAt),
  };
}

/** A notification with its defaults. */
const alertOf = (notification: Notification | undefined): Notification => ({
  ...(notification ?? invalid("Notification must be set.")),
  ThresholdType: notification?.ThresholdType ?? "PERCENTAGE",
});

const same = (one: Notification, other: Notification): boolean =>
  one.NotificationType === other.NotificationType &&
  one.ComparisonOperator === other.ComparisonOperator &&
  one.Threshold === other.Threshold &&
  one.ThresholdType === other.ThresholdType;

/** The host is in one region (AWS General Reference, "AWS Billing and Cost Management endpoints"), and the account the caller's own. */
function inAccount(sim: Sim, account: string | undefined): void {
  if (sim.region !== "us-east-1")
    refuse("UnknownEndpoint", `getaddrinfo ENOTFOUND budgets.${sim.region}.amazonaws.com`);
  if (account !== sim.account) refuse("AccessDeniedException", `Account ${account} is not the caller's.`);
}

function budgetOf(
  sim: Sim,
  { AccountId, BudgetName }: { AccountId?: string | undefined; BudgetName?: string | undefined },
) {
  inAccount(sim, AccountId);
  return budgets.find(sim, BudgetName);
}

function alertIn(record: SimBudget, notification: Notification | undefined): Alert {
  const wanted = alertOf(notification);
  return (
    record.alerts.find((one) => same(one.notification, wanted)) ??
    refuse("NotFoundException", "Unable to find the notification: it doesn't exist.")
  );
}

/** AWS Budgets, as far as Fairlead asks it: monthly cost budgets with notifications by e-mail. */
export const budgetOperations = {
  CreateBudget(input: CreateBudgetCommandInput, sim) {
    onlyKnown("CreateBudget", input, "AccountId", "Budget", "NotificationsWithSubscribers", "ResourceTags");
    inAccount(sim, input.AccountId);
    budgets.create(sim, { key: input.Budget?.BudgetName ?? "", tags: input.ResourceTags }, input);
  },

  DescribeBudget(input: DescribeBudgetCommandInput, sim): Answer<DescribeBudgetCommandOutput> {
    const { FilterExpression, ...budget } = filledIn(budgetOf(sim, input));
    return { Budget: { ...budget, ...(input.ShowFilterExpression && FilterExpression ? { FilterExpression } : {}) } };
  },

  UpdateBudget({ AccountId, NewBudget }: UpdateBudgetCommandInput, sim) {
    const record = budgetOf(sim, { AccountId, BudgetName: NewBudget?.BudgetName });
    record.budget = limited(NewBudget);
    record.updatedAt = sim.now;
  },

  DeleteBudget(input: DeleteBudgetCommandInput, sim) {
    budgetOf(sim, input);
    budgets.delete(sim, input.BudgetName);
  },

  CreateNotification(input: CreateNotificationCommandInput, sim) {
    const { alerts } = budgetOf(sim, input);
    const notification = alertOf(input.Notification);
    checkSubscribers(input.Subscribers);
    if (alerts.some((one) => same(one.notification, notification)))
      refuse("DuplicateRecordException", "The notification already exists.");
    if (alerts.length >= 5) refuse("CreationLimitExceededException", "A budget can have at most 5 notifications.");
    alerts.push({ notification, subscribers: [...(input.Subscribers ?? [])] });
  },

  DeleteNotification(input: DeleteNotificationCommandInput, sim) {
    const record = budgetOf(sim, input);
    const gone = alertIn(record, input.Notification);
    record.alerts = record.alerts.filter((one) => one !== gone);
  },

  DescribeNotificationsForBudget(
    input: DescribeNotificationsForBudgetCommandInput,
    sim,
  ): Answer<DescribeNotificationsForBudgetCommandOutput> {
    const { alerts } = budgetOf(sim, input);
    return { Notifications: alerts.map(({ notification }) => ({ ...notification, NotificationState: "OK" })) };
  },

  DescribeSubscribersForNotification(
    input: DescribeSubscribersForNotificationCommandInput,
    sim,
  ): Answer<DescribeSubscribersForNotificationCommandOutput> {
    return { Subscribers: alertIn(budgetOf(sim, input), input.Notification).subscribers };
  },

  ListTagsForResource: (
    { ResourceARN }: ListTagsForResourceCommandInput,
    sim,
  ): Answer<ListTagsForResourceCommandOutput> => ({ ResourceTags: tagList(budgets.tagsOf(sim, ResourceARN)) }),
  TagResource: ({ ResourceARN, ResourceTags }: TagResourceCommandInput, sim) =>
    budgets.tag(sim, ResourceARN, ResourceTags),
  UntagResource: ({ ResourceARN, ResourceTagKeys }: UntagResourceCommandInput, sim) =>
    budgets.untag(sim, ResourceARN, ResourceTagKeys),
} satisfies Operations;
