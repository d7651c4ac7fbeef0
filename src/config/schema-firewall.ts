import * as z from "zod";

import { closed, field, flag, named, oneOf, optional, record, text } from "./fields.ts";

/* The settings of the web application firewall. */

/** Those that cost nothing extra (AWS WAF Developer Guide, "AWS Managed Rules rule groups list"). */
const group = named(
  "ManagedRules",
  "Rule groups of AWS WAF that cost nothing extra.",
  oneOf([
    "AWSManagedRulesAdminProtectionRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesAnonymousIpList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesLinuxRuleSet",
    "AWSManagedRulesPHPRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesUnixRuleSet",
    "AWSManagedRulesWindowsRuleSet",
    "AWSManagedRulesWordPressRuleSet",
  ]),
);
const GROUPS = "a list of rule groups of AWS";
const RULES = "a list of rule names";
const LIMIT = "a whole number from 10 to 2000000000, or false";

export const firewall = optional(
  named(
    "FirewallConfig",
    "The web ACL of AWS WAF that filters requests to the CDN.",
    closed({
      managedRules: field(
        z.array(group, { error: GROUPS }),
        [
          "AWSManagedRulesAmazonIpReputationList",
          "AWSManagedRulesCommonRuleSet",
          "AWSManagedRulesKnownBadInputsRuleSet",
        ],
        "Rule groups of AWS, in the order in which they look at a request. `AWSManagedRulesCommonRuleSet` blocks bodies over 8 KB, such as uploads, unless `count` names its rule `SizeRestrictions_BODY`.",
      ),
      count: field(
        record(
          text(/^AWSManagedRules[A-Za-z]{1,100}$/, "a rule group of managedRules"),
          z.array(text(/^[\w-]{1,128}$/, "a rule name of letters, digits, hyphens and underscores"), { error: RULES }),
          `an object such as { AWSManagedRulesCommonRuleSet: ["SizeRestrictions_BODY"] }`,
        ),
        {},
        "Rules of these groups that only count the requests that they match, by group. AWS ignores names that a group does not have.",
      ),
      rateLimit: field(
        // botocore wafv2, RateLimit.
        z.union(
          [z.int({ error: LIMIT }).min(10, { error: LIMIT }).max(2_000_000_000, { error: LIMIT }), z.literal(false)],
          {
            error: LIMIT,
          },
        ),
        2000,
        "Requests that one address may make in five minutes; those above are blocked until it makes fewer. `false`: any number.",
      ),
      mode: field(
        named("FirewallMode", "What happens to a request that a rule matches.", oneOf(["block", "count"])),
        "block",
        "`block` rejects requests that a rule matches with 403. `count` lets all of them through and counts them, to see in the log and the metrics what would be blocked.",
      ),
      log: field(
        flag(),
        true,
        "Log every request that the firewall looks at, in a log group in us-east-1, without the values of the headers `authorization` and `cookie`. Kept for `logs.retentionDays`.",
      ),
    }),
  ),
  "no firewall",
  "AWS WAF in front of the CDN: `{}` has rules of AWS, a rate limit and a log. A web ACL that was attached by other means stays until this is set.",
);
