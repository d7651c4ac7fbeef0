import { describe, expect, it } from "vitest";
import { reasonAgainst } from "../../../src/cli/plan-file/approved.ts";
import type { PlannedRegion } from "../../../src/cli/plan-file/format.ts";

const PLANNED: PlannedRegion = {
  account: "123456789012",
  region: "eu-west-1",
  config: "c",
  state: { serial: 7, resources: "r" },
  actions: [{ id: "network/vpc", action: "update", digest: "a" }],
  standby: "s",
  secrets: "p",
};
const reason = (now: Partial<PlannedRegion>, before = true) =>
  reasonAgainst({ regions: [PLANNED] }, { ...PLANNED, ...now }, before);
const action = (id: string, name = "update", digest = "a") => ({ id, action: name, digest });

describe("the reason against a plan from a file", () => {
  it("is none if everything is as it was", () => {
    expect(reason({})).toBeUndefined();
  });

  it.each([
    [{ region: "eu-west-2" }, "it is for eu-west-1, and this run is for eu-west-2"],
    [{ account: "2" }, "it is for account 123456789012, and the credentials of this run are of account 2"],
    [{ endpoint: "http://moto" }, "it is for AWS's own endpoints, and this run is for http://moto"],
    [{ config: "d" }, "the config was changed since"],
    [{ state: { serial: 8, resources: "r" } }, "another run has changed the state since (serial 7 then, 8 now)"],
    [{ state: { serial: 7, resources: "q" } }, "the state has other resources than the one that it is from"],
    [{ secrets: undefined }, "a secret value was changed since"],
    [{ secrets: "q" }, "a secret value was changed since"],
  ])("says what differs: %j", (now, why) => {
    expect(reason(now)).toBe(why);
  });

  it.each([
    [[], "1 resource would be treated otherwise: network/vpc (update then, no change now)"],
    [
      [action("network/vpc", "update", "b")],
      "1 resource would be treated otherwise: network/vpc (update with other values)",
    ],
    [
      [action("network/vpc", "replace")],
      "1 resource would be treated otherwise: network/vpc (update then, replace now)",
    ],
    [
      [action("network/vpc"), action("a/b", "delete")],
      "1 resource would be treated otherwise: a/b (no change then, delete now)",
    ],
    // A resource and an earlier generation of it.
    [
      [action("network/vpc"), action("network/vpc", "delete")],
      "1 resource would be treated otherwise: network/vpc (update then, update and delete now)",
    ],
  ])("names the resources that differ: %j", (actions, why) => {
    expect(reason({ actions })).toBe(`AWS was changed since, so that ${why}`);
  });

  it("names five of many, and does not mind their order", () => {
    const many = (change: string) => Array.from({ length: 9 }, (_, index) => action(`a/${index}`, change));
    const [then, now] = [many("update"), many("replace")].map((actions) => ({ ...PLANNED, actions }));
    expect(reasonAgainst({ regions: [then ?? PLANNED] }, now ?? PLANNED, true)).toMatch(
      /9 resources .*: a\/0 .*, a\/4 \(update then, replace now\) and 4 more$/,
    );
    const reversed = { ...PLANNED, actions: many("update").toReversed() };
    expect(reasonAgainst({ regions: [then ?? PLANNED] }, reversed, true)).toBeUndefined();
  });

  it("has what the distribution gets of the second region until that was created by the same run", () => {
    expect(reason({ standby: "t" })).toMatch(/^the load balancer in the second region/);
    expect(reason({ standby: undefined })).toMatch(/^the load balancer in the second region/);
    expect(reason({ standby: "t" }, false)).toBeUndefined();
    expect(reason({ standby: "t", secrets: "q" }, false)).toBe("a secret value was changed since");
  });
});
