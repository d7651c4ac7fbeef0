import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import type { AnyAwsKind } from "../../../src/aws/aws.ts";
import { inventoryOf } from "../../../src/aws/inventory.ts";
import type { Asking } from "../../../src/engine/inventory.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import { mocked } from "../../support/mocked.ts";

const tagging = mockClient(ResourceGroupsTaggingAPIClient);
beforeEach(() => {
  tagging.reset();
  tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [] });
});

/** Which of three kinds, each with another rule, are listed by themselves. */
async function listed(asking: Partial<Asking>) {
  const names: string[] = [];
  const kindOf = (lists: "plan" | "stateless" | "receipt"): AnyAwsKind => ({
    type: `toy/${lists}`,
    fields: {},
    inventory: { lists },
    observe: async () => undefined,
    create: async () => ({ id: "", attrs: {} }),
    update: async () => {},
    delete: async () => {},
    list: async () => {
      names.push(lists);
      return [];
    },
  });
  const all = [kindOf("plan"), kindOf("stateless"), kindOf("receipt")];
  await inventoryOf(all)(mocked(), {
    snapshot: new Snapshot(),
    ids: () => [],
    former: false,
    recorded: () => true,
    gone: new Set(),
    moment: "plan",
    ...asking,
  });
  return names;
}

it("lists for a plan what the tagging API lacks, and what cannot be duplicated only if the state may lack some", async () => {
  expect(await listed({ moment: "plan" })).toEqual(["plan"]);
  expect(await listed({ moment: "plan", recorded: () => false })).toEqual(["plan", "stateless"]);
});

it("lists for the plan of a teardown everything that the tagging API does not have", async () => {
  expect(await listed({ moment: "teardown" })).toEqual(["plan", "stateless"]);
  expect(await listed({ moment: "teardown", recorded: () => false })).toEqual(["plan", "stateless", "receipt"]);
});

it("lists for the receipt of a teardown what the stack had, or may have had", async () => {
  expect(await listed({ moment: "receipt" })).toEqual(["plan"]);
  expect(await listed({ moment: "receipt", ids: (type) => (type === "toy/receipt" ? ["a"] : []) })).toEqual([
    "plan",
    "receipt",
  ]);
  const isUnseen = (type: string) => type !== "toy/stateless";
  expect(await listed({ moment: "receipt", recorded: isUnseen })).toEqual(["plan", "stateless"]);
  expect(await listed({ moment: "receipt", recorded: () => false })).toEqual(["plan", "stateless", "receipt"]);
});
