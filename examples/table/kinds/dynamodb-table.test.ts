import { contract } from "fairlead/testing";
import { describe, it } from "vitest";
import { Table } from "./dynamodb-table.ts";

describe("a table keeps the contract", () => {
  const checks = contract({
    kind: Table,
    spec: async () => ({ name: "demo-test-bookings", key: "id", recovery: true, tags: {} }),
    edits: { recovery: () => false },
  });
  for (const { name, run } of checks) it(name, run);
});
