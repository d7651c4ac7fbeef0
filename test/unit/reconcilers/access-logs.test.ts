import { expect, it } from "vitest";
import { topology } from "../../../reconcilers/topology.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";

const partsOf = (config: StackConfig): string[] => {
  const stack = resolveStack({ name: "shop", region: "eu-west-1", ...config });
  const facts = {
    account: "123456789012",
    partition: "aws",
    originFacingPrefixList: "pl-1",
    released: {},
    secrets: {},
  };
  const ids = topology(stack, facts).graph.nodes.map(({ id }) => id);
  return ids
    .filter((id) => id.includes("access-log"))
    .map((id) => id.replace("edge/access-log-", ""))
    .toSorted();
};
const DELIVERY = ["delivery", "destination", "source"];

it("keeps access logs where they are asked for, and creates nothing else", () => {
  expect(partsOf({})).toEqual([]);
  expect(partsOf({ accessLogs: {} })).toEqual(["bucket", ...DELIVERY]);
  expect(partsOf({ accessLogs: { to: "cloudwatch" } })).toEqual([...DELIVERY.slice(0, 2), "group", "source"]);
  expect(partsOf({ accessLogs: { to: "cloudwatch", balancer: true } })).toEqual([
    "bucket",
    ...DELIVERY.slice(0, 2),
    "group",
    "source",
  ]);
});

it("only needs a bucket without CDN, and nothing if an environment without CDN inherits the setting", () => {
  expect(partsOf({ edge: false, accessLogs: { balancer: true } })).toEqual(["bucket"]);
  expect(partsOf({ edge: false, accessLogs: { balancer: true, to: "cloudwatch" } })).toEqual(["bucket"]);
});

it("has names that fit, however long the stack's", () => {
  const name = "a-quite-long-name-xx";
  const stack = resolveStack({ name, region: "ap-northeast-1", accessLogs: {} });
  const facts = {
    account: "123456789012",
    partition: "aws",
    originFacingPrefixList: "pl-1",
    released: {},
    secrets: {},
  };
  const { graph } = topology(stack, facts);
  const lengthOf = (id: string) => {
    const { name: own } = (graph.get(id)?.spec ?? {}) as { readonly name?: string };
    return own?.length;
  };
  expect(lengthOf("edge/access-log-bucket")).toBeLessThanOrEqual(63);
  expect(lengthOf("edge/access-log-destination")).toBeLessThanOrEqual(60);
});
