import { contract } from "fairlead/testing";
import { describe, it } from "vitest";
import { Topic } from "./sns-topic.ts";

describe("a topic keeps the contract", () => {
  const checks = contract({
    kind: Topic,
    spec: async () => ({ name: "demo-test-alarms", displayName: "Alarms", tags: {} }),
    edits: { displayName: () => "Alerts" },
  });
  for (const { name, run } of checks) it(name, run);
});
