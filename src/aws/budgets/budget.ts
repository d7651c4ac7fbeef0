// Budgets are an account's, and their API is in us-east-1 alone. Notifications count only at the create; the filter is answered only if it is asked
// for; and a tag matches nothing until somebody activates it for cost allocation.
import {
  CreateBudgetCommand,
  CreateNotificationCommand,
  DeleteBudgetCommand,
  DeleteNotificationCommand,
  DescribeBudgetCommand,
  DescribeNotificationsForBudgetCommand,
  DescribeSubscribersForNotificationCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateBudgetCommand,
  type Budget as AwsBudget,
  type Expression,
  type Notification,
} from "@aws-sdk/client-budgets";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { GLOBAL_REGION } from "../tagging.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

export interface BudgetSpec {
  /** At most 100 letters, without `:` and `\`. */
  name: string;
  /** US dollars a month. */
  monthly: number;
  /** The tags that resources must all have to be counted. */
  filter: Tags;
  /** E-mail addresses by when they are told: `actual 80 %`, `forecast 100 %`. Others are left unchanged. */
  notifications: Readonly<Record<string, readonly string[]>>;
  tags: Tags;
}

export interface BudgetAttrs {
  name: string;
}

const GONE = "NotFoundException";

export const Budget = defineKind<BudgetSpec, BudgetAttrs>({
  type: "budgets/budget",
  fields: {
    name: { immutable: true, unique: true },
    monthly: {},
    filter: {},
    notifications: { keyed: true },
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { consistent: 10 },
  inventory: { lists: "stateless" },

  canonical: (spec) => ({
    ...spec,
    notifications: Object.fromEntries(
      Object.entries(spec.notifications).map(([when, emails]) => [when, emails.toSorted()]),
    ),
  }),

  async observe(aws, { knownId, spec }) {
    const name = knownId ?? spec.name;
    if (name === undefined) return undefined;
    const { account: AccountId } = aws;
    const command = new DescribeBudgetCommand({ AccountId, BudgetName: name, ShowFilterExpression: true });
    const budget = (await absent(sender(aws)(command), GONE))?.Budget;
    if (!budget) return undefined;
    const [notifications, tags] = await Promise.all([notificationsOf(aws, name), tagsOf(aws, name)]);
    return {
      id: name,
      attrs: { name },
      spec: {
        name,
        monthly: budget.BudgetLimit?.Unit === "USD" ? Number(budget.BudgetLimit.Amount) : undefined,
        filter: filterIn(budget.FilterExpression),
        notifications,
        tags,
      },
      ready: true,
      unmanaged: some(unmanagedIn(budget, USUAL)),
    };
  },

  /** Asked for by name: a policy that is for this stack alone cannot list those of the account. */
  async list(aws) {
    const [id, { account: AccountId }] = [budgetName(aws), aws];
    const found = await absent(sender(aws)(new DescribeBudgetCommand({ AccountId, BudgetName: id })), GONE);
    return found?.Budget ? ownedAmong(aws, [{ id, tags: () => tagsOf(aws, id) }]) : [];
  },

  /** A second create of the same name is refused, so it cannot double. */
  async create(aws, spec, making) {
    const Notifications = Object.entries(spec.notifications).map(([when, emails]) => ({
      Notification: notificationOf(when),
      Subscribers: subscribersOf(emails),
    }));
    await sender(aws)(
      new CreateBudgetCommand({
        AccountId: aws.account,
        Budget: budgetOf(spec),
        NotificationsWithSubscribers: Notifications,
        ResourceTags: tagList(spec.tags),
      }),
      { once: true },
    );
    await making.created(spec.name);
    return { id: spec.name, attrs: { name: spec.name } };
  },

  async update(aws, { id: BudgetName, spec: now }, spec, changed) {
    const send = sender(aws);
    const at = { AccountId: aws.account, BudgetName };
    if (changed.has("monthly") || changed.has("filter"))
      await send(new UpdateBudgetCommand({ AccountId: aws.account, NewBudget: budgetOf(spec) }));
    if (changed.has("notifications")) {
      const standing = now.notifications ?? {};
      for (const [when, emails] of Object.entries(spec.notifications)) {
        if (standing[when]?.join() === emails.join()) continue;
        const Notification = notificationOf(when);
        // Its subscribers go with it: all of them change in two calls, whoever they were.
        if (standing[when]) await absent(send(new DeleteNotificationCommand({ ...at, Notification })), GONE);
        await send(new CreateNotificationCommand({ ...at, Notification, Subscribers: subscribersOf(emails) }));
      }
      for (const when of Object.keys(standing).filter((one) => !(one in spec.notifications)))
        await absent(send(new DeleteNotificationCommand({ ...at, Notification: notificationOf(when) })), GONE);
    }
    const ResourceARN = arnOf(aws, BudgetName);
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    if (Object.keys(write).length > 0)
      await send(new TagResourceCommand({ ResourceARN, ResourceTags: tagList(write) }));
    if (remove.length > 0) await send(new UntagResourceCommand({ ResourceARN, ResourceTagKeys: remove }));
  },

  async delete(aws, { id: BudgetName }) {
    await absent(sender(aws)(new DeleteBudgetCommand({ AccountId: aws.account, BudgetName })), GONE);
  },
});

/** The name of a stack's budget. A budget is an account's: that of another region must not have the same name. */
export const budgetName = ({ stack, region }: Pick<Aws, "stack" | "region">): string => `${stack}-budget-${region}`;

const sender = (aws: Aws) => aws.in(GLOBAL_REGION).budgets;

/** AWS Budgets, service authorization reference: `arn:aws:budgets::<account>:budget/<name>`. */
const arnOf = ({ partition, account }: Aws, name: string) => `arn:${partition}:budgets::${account}:budget/${name}`;

/** Each month's costs without reservations' amortization, as the console calls "unblended costs". */
const budgetOf = ({ name, monthly, filter }: BudgetSpec): AwsBudget => ({
  BudgetName: name,
  BudgetType: "COST",
  TimeUnit: "MONTHLY",
  BudgetLimit: { Amount: String(monthly), Unit: "USD" },
  FilterExpression: { And: Object.entries(filter).map(([Key, value]) => ({ Tags: { Key, Values: [value] } })) },
  Metrics: ["UnblendedCost"],
});

/** The tags of such an expression; `undefined` for any other. */
function filterIn({ And = [], ...others }: Expression = {}): Tags | undefined {
  if (Object.values(others).some((part) => part !== undefined)) return undefined;
  const tags = And.map(({ Tags: { Key, Values = [] } = {} }) => [Key ?? "", Values] as const);
  return tags.every(([key, values]) => key !== "" && values.length === 1)
    ? Object.fromEntries(tags.map(([key, values]) => [key, values[0] ?? ""]))
    : undefined;
}

const TYPES = { actual: "ACTUAL", forecast: "FORECASTED" } as const;

/** `actual 80 %`. */
function notificationOf(when: string): Notification {
  const [type = "", threshold = ""] = when.split(" ");
  return {
    NotificationType: type === "forecast" ? TYPES.forecast : TYPES.actual,
    ComparisonOperator: "GREATER_THAN",
    Threshold: Number(threshold),
    ThresholdType: "PERCENTAGE",
  };
}

/** The reverse; `undefined` for a notification that Fairlead does not make, such as one at an amount. */
function whenOf(notification: Notification): string | undefined {
  const { NotificationType, ComparisonOperator, Threshold, ThresholdType = "PERCENTAGE" } = notification;
  if (ComparisonOperator !== "GREATER_THAN" || ThresholdType !== "PERCENTAGE") return undefined;
  return `${NotificationType === TYPES.forecast ? "forecast" : "actual"} ${Threshold} %`;
}

const subscribersOf = (emails: readonly string[]) =>
  emails.map((Address) => ({ SubscriptionType: "EMAIL" as const, Address }));

async function notificationsOf(aws: Aws, BudgetName: string): Promise<Record<string, string[]>> {
  const send = sender(aws);
  const at = { AccountId: aws.account, BudgetName };
  const all = await everyPage(async (NextToken) => {
    const page = await absent(send(new DescribeNotificationsForBudgetCommand({ ...at, NextToken })), GONE);
    return { items: page?.Notifications, next: page?.NextToken };
  });
  const found = await Promise.all(
    all.flatMap((notification) => {
      const when = whenOf(notification);
      return when === undefined ? [] : [emailsOf(aws, BudgetName, when)];
    }),
  );
  return Object.fromEntries(found);
}

async function emailsOf(aws: Aws, BudgetName: string, when: string): Promise<[string, string[]]> {
  const subscribers = await everyPage(async (NextToken) => {
    const what = { AccountId: aws.account, BudgetName, Notification: notificationOf(when), NextToken };
    const page = await absent(sender(aws)(new DescribeSubscribersForNotificationCommand(what)), GONE);
    return { items: page?.Subscribers, next: page?.NextToken };
  });
  return [when, subscribers.flatMap(({ Address }) => Address ?? []).toSorted()];
}

async function tagsOf(aws: Aws, name: string): Promise<Tags> {
  const command = new ListTagsForResourceCommand({ ResourceARN: arnOf(aws, name) });
  return tagsFrom((await absent(sender(aws)(command), GONE))?.ResourceTags);
}

/** What Budgets fills in and counts (AWS Budgets API Reference, Budget). */
const USUAL: Usual = {
  BudgetName: SET,
  BudgetLimit: SET,
  BudgetType: SET,
  TimeUnit: SET,
  TimePeriod: SET,
  CalculatedSpend: SET,
  LastUpdatedTime: SET,
  FilterExpression: SET,
  Metrics: SET,
  CostTypes: SET,
  CostFilters: SET,
  BillingViewArn: SET,
  HealthStatus: SET,
};
