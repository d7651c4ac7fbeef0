import { Budget } from "../../src/aws/budgets/budget.ts";
import { contract } from "./suite.ts";

contract({
  kind: Budget,
  spec: async () => ({
    name: "demo-test-budget-ap-northeast-1",
    monthly: 200,
    filter: { "fairlead:stack": "demo", "fairlead:environment": "test" },
    notifications: { "actual 80 %": ["a@example.com"], "forecast 100 %": ["a@example.com", "b@example.com"] },
    tags: {},
  }),
  edits: {
    monthly: () => 150.5,
    filter: () => ({ "fairlead:stack": "demo", "fairlead:environment": "other" }),
    notifications: () => ({ "actual 80 %": ["c@example.com"], "forecast 100 %": ["a@example.com", "b@example.com"] }),
  },
});
