import {
  CreateNotificationCommand,
  DeleteBudgetCommand,
  DescribeBudgetCommand,
  DescribeNotificationsForBudgetCommand,
  UpdateBudgetCommand,
} from "@aws-sdk/client-budgets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

const NAME = "fairlead-app-dev-budget-ap-northeast-1";
const AT = { AccountId: "123456789012", BudgetName: NAME };
const budget = { monthly: 220, emails: ["ops@example.com"] };

describe("a budget", () => {
  const stage = new Stage({ budget });
  let made: readonly string[];
  beforeAll(async () => {
    made = (await stage.say("reconcile")).lines;
  });
  afterAll(() => stage.remove());

  const told = () =>
    stage.meddle(async (aws) => {
      const { budgets } = aws.in("us-east-1");
      const { Budget: found } = await budgets(new DescribeBudgetCommand({ ...AT, ShowFilterExpression: true }));
      const { Notifications = [] } = await budgets(new DescribeNotificationsForBudgetCommand(AT));
      return { ...found, Notifications };
    });
  const budgetAction = async () => {
    const { json } = await stage.run("plan");
    return json.actions.find(({ id }) => id === "cost/budget");
  };

  it("counts what has the stack's tags, and tells at 80 % spent and 100 % forecast", async () => {
    const found = await told();
    expect(found.BudgetLimit).toEqual({ Amount: "220.0", Unit: "USD" });
    expect(found.FilterExpression).toEqual({
      And: [
        { Tags: { Key: "fairlead:stack", Values: ["fairlead-app"] } },
        { Tags: { Key: "fairlead:environment", Values: ["dev"] } },
        { Tags: { Key: "fairlead:region", Values: ["ap-northeast-1"] } },
      ],
    });
    expect(found.Notifications.map(({ NotificationType, Threshold }) => [NotificationType, Threshold])).toEqual([
      ["ACTUAL", 80],
      ["FORECASTED", 100],
    ]);
    expect(await stage.planned()).toEqual({});
  });

  it("says when it is created that its tags have to be activated first, and when the estimate is above it", async () => {
    const note = "Note: The budget counts nothing until these tags are active for cost allocation: fairlead:stack, ";
    expect(made.some((line) => line.startsWith(note))).toBe(true);
    expect((await stage.say("plan")).lines.some((line) => line.startsWith(note))).toBe(false);
    stage.edit({ budget: { ...budget, monthly: 180 } });
    expect((await stage.say("plan")).lines.join("\n")).toContain("The most of it is above the budget of 180.00.");
    stage.edit({ budget: { ...budget, monthly: 100 } });
    expect((await stage.say("plan")).lines.join("\n")).toContain("It is above the budget of 100.00.");
    stage.edit({ budget });
  });

  it("is edited in place, and a notification that others added stays", async () => {
    await stage.meddle((aws) =>
      aws.in("us-east-1").budgets(
        new CreateNotificationCommand({
          ...AT,
          Notification: { NotificationType: "ACTUAL", ComparisonOperator: "GREATER_THAN", Threshold: 50 },
          Subscribers: [{ SubscriptionType: "EMAIL", Address: "cfo@example.com" }],
        }),
      ),
    );
    expect(await stage.planned()).toEqual({});
    stage.edit({ budget: { monthly: 250, emails: ["ops@example.com", "dev@example.com"] } });
    expect(await stage.planned()).toEqual({ "cost/budget": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { BudgetLimit, Notifications } = await told();
    expect(BudgetLimit?.Amount).toBe("250.0");
    expect(new Set(Notifications.map(({ Threshold }) => Threshold))).toEqual(new Set([50, 80, 100]));
  });

  it("is reverted if its filter or its limit was changed, and made again if it was deleted", async () => {
    await stage.meddle((aws) =>
      aws.in("us-east-1").budgets(
        new UpdateBudgetCommand({
          AccountId: AT.AccountId,
          NewBudget: {
            BudgetName: NAME,
            BudgetType: "COST",
            TimeUnit: "MONTHLY",
            BudgetLimit: { Amount: "9999", Unit: "USD" },
          },
        }),
      ),
    );
    const changed = await budgetAction();
    expect(changed).toMatchObject({ action: "update", drift: true });
    expect([...new Set(changed?.differences?.map(({ path }) => path.split(".")[0]))]).toEqual(["monthly", "filter"]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle((aws) => aws.in("us-east-1").budgets(new DeleteBudgetCommand(AT)));
    expect(await budgetAction()).toMatchObject({ action: "create", drift: true });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("goes with its setting, and with the stack", async () => {
    stage.edit({});
    expect(await stage.planned()).toEqual({ "cost/budget": "delete" });
    stage.edit({ budget });
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
