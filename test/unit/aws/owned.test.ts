import { describe, expect, it } from "vitest";
import { namedAfter, ownedAmong } from "../../../src/aws/owned.ts";
import { ownerTags, type Tags } from "../../../src/aws/tags.ts";
import { DEMO } from "../../support/identities.ts";
import { mocked } from "../../support/mocked.ts";

const aws = mocked();
const candidate = (id: string, tags: Tags | undefined) => ({ id, tags: async () => tags });

describe("what a stack owns", () => {
  it("is called like the stack, or like it with a hyphen and more", () => {
    const names = [
      "shop-dev",
      "shop-dev-cluster",
      "shop-dev-2",
      "shop-dev2",
      "shop-development",
      "shop",
      "my-shop-dev",
    ];
    expect(names.filter((name) => namedAfter("shop-dev", name))).toEqual([
      "shop-dev",
      "shop-dev-cluster",
      "shop-dev-2",
    ]);
    expect(namedAfter("shop-dev", undefined)).toBe(false);
  });

  it("has the stack's tags, whatever its name", async () => {
    const found = [
      candidate("one", ownerTags(DEMO, "network/vpc")),
      candidate("demo-test-2", ownerTags({ ...DEMO, environment: "test-2" }, "network/vpc")),
      candidate("demo-test-3", ownerTags({ ...DEMO, name: "dem", environment: "o-test" }, "network/vpc")),
      candidate("demo-test-4", {}),
      candidate("demo-test-5", undefined),
      candidate("two", { ...ownerTags(DEMO, "network/old"), team: "blue" }),
    ];
    expect(await ownedAmong(aws, found)).toEqual([
      { id: "one", owner: "demo/test/ap-northeast-1:network/vpc" },
      { id: "two", owner: "demo/test/ap-northeast-1:network/old" },
    ]);
  });

  it("has no owner if it has no owner tags and a known name", async () => {
    const { "fairlead:id": _id, ...half } = ownerTags(DEMO, "network/vpc");
    const found = [
      candidate("bare", { team: "blue" }),
      candidate("half", half),
      candidate("theirs", ownerTags({ ...DEMO, name: "other" }, "network/vpc")),
      candidate("half of theirs", { "fairlead:stack": "other" }),
      candidate("gone", undefined),
      candidate("ours", ownerTags(DEMO, "network/vpc")),
    ];
    expect(await ownedAmong(aws, found)).toEqual([{ id: "ours", owner: "demo/test/ap-northeast-1:network/vpc" }]);
    const ids = found.map(({ id }) => id);
    expect(await ownedAmong(aws, found, ids)).toEqual([
      { id: "bare", owner: undefined },
      { id: "half", owner: undefined },
      { id: "ours", owner: "demo/test/ap-northeast-1:network/vpc" },
    ]);
  });

  it("is unknown where the tags of one cannot be read", async () => {
    const refused = { id: "refused", tags: () => Promise.reject(new Error("not authorized")) };
    await expect(ownedAmong(aws, [candidate("bare", {}), refused])).rejects.toThrow("not authorized");
  });
});
