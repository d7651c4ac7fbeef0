import { describe, expect, it } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { lines } from "./lines.ts";

const COMMON = "AWSManagedRulesCommonRuleSet";
const firewall = (own: object) => lines({ edge: { firewall: own } });

describe("edge.firewall", () => {
  it("is off unless it is set, and has AWS's rules and a rate limit then", () => {
    expect(resolveStack({}).edge?.firewall).toBeUndefined();
    expect(resolveStack({ edge: { firewall: {} } }).edge?.firewall).toEqual({
      managedRules: ["AWSManagedRulesAmazonIpReputationList", COMMON, "AWSManagedRulesKnownBadInputsRuleSet"],
      count: {},
      rateLimit: 2000,
      mode: "block",
      log: true,
    });
  });

  it("does not take a group twice, or one that WAF does not have", () => {
    expect(firewall({ managedRules: [COMMON, COMMON] })).toEqual([
      `edge.firewall.managedRules[1]: "${COMMON}" is listed twice; allowed: each group once`,
    ]);
    expect(firewall({ managedRules: ["AWSManagedRulesCommonRuleset"] })).toHaveLength(1);
  });

  it("takes rules that only count of groups that it has", () => {
    expect(firewall({ count: { [COMMON]: ["SizeRestrictions_BODY"] } })).toEqual([]);
    expect(firewall({ managedRules: [COMMON], count: { AWSManagedRulesSQLiRuleSet: ["SQLi_BODY"] } })).toEqual([
      `edge.firewall.count: "AWSManagedRulesSQLiRuleSet" is not in managedRules; allowed: "${COMMON}"`,
    ]);
  });

  it("has a rule", () => {
    expect(firewall({ managedRules: [] })).toEqual([]);
    expect(firewall({ managedRules: [], rateLimit: false })).toEqual([
      "edge.firewall.managedRules: [] leaves the firewall without a rule, since rateLimit is false; allowed: a rule group or a rate limit, or no firewall",
    ]);
  });

  it.each([9, 1.5, true, "2000"])("does not take %j as a rate limit", (rateLimit) => {
    expect(firewall({ rateLimit })).toHaveLength(1);
  });
});
