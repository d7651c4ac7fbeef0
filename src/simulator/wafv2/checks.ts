import type { Rule } from "@aws-sdk/client-wafv2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";

/**
 * Capacity units of AWS's rule groups, and a web ACL's limit: AWS WAF Developer Guide, "AWS Managed Rules rule groups list" and "AWS WAF
 * quotas". A rate limit per address takes 2 ("Rate-based rule statement").
 */
const GROUPS: Readonly<Record<string, number>> = {
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesPHPRuleSet: 100,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
  AWSManagedRulesWindowsRuleSet: 200,
  AWSManagedRulesWordPressRuleSet: 100,
};
const RATE_LIMIT = 2;
const MOST_CAPACITY = 5_000;
/** botocore wafv2, RateBasedStatement, EvaluationWindowSec: "Valid settings are 60 (1 minute), 120, 300, and 600". */
const WINDOWS = [60, 120, 300, 600];

export const invalid = (reason: string, field: string, parameter: string): never =>
  refuse("WAFInvalidParameterException", `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`);

/** Refuses rules that WAF would not take; answers their capacity. */
export function checkRules(rules: readonly Rule[]): number {
  const distinct = (values: readonly unknown[]) => new Set(values).size === values.length;
  if (!distinct(rules.map(({ Name }) => Name)) || !distinct(rules.map(({ Priority }) => Priority)))
    refuse(
      "WAFInvalidParameterException",
      "Error reason: You have duplicate rule names or rule priorities. Each rule must have a unique name and priority., field: RULE",
    );
  const capacity = rules.reduce((sum, rule) => sum + capacityOf(rule), 0);
  if (capacity > MOST_CAPACITY)
    refuse(
      "WAFLimitsExceededException",
      `AWS WAF couldn’t perform the operation because you exceeded your resource limit: WEB_ACL capacity ${capacity}`,
    );
  return capacity;
}

function capacityOf(rule: Rule): number {
  const { Name = "", Statement = {}, Action, OverrideAction } = rule;
  onlyKnown(`the rule ${Name}`, rule, "Name", "Priority", "Statement", "Action", "OverrideAction", "VisibilityConfig");
  onlyKnown(`the statement of ${Name}`, Statement, "ManagedRuleGroupStatement", "RateBasedStatement");
  const { ManagedRuleGroupStatement: group, RateBasedStatement: limit } = Statement;
  if ((group === undefined) === (limit === undefined))
    invalid("You must specify exactly one statement", "STATEMENT", Name);
  if (group) {
    // botocore wafv2, Rule: OverrideAction is for rules that reference a rule group, Action for all others, one of them each.
    if (Action || !OverrideAction)
      invalid("A reference in your rule statement is not valid: rule groups need an override action", "RULE", Name);
    onlyKnown(`the rule group ${Name}`, group, "VendorName", "Name", "RuleActionOverrides");
    if (group.VendorName !== "AWS" || GROUPS[group.Name ?? ""] === undefined)
      invalid("A reference in your rule statement is not valid", "MANAGED_RULE_SET_STATEMENT", group.Name ?? "");
    return GROUPS[group.Name ?? ""] ?? 0;
  }
  if (OverrideAction || !Action) invalid("Your statement has no action", "RULE", Name);
  onlyKnown(`the rate limit ${Name}`, limit ?? {}, "Limit", "EvaluationWindowSec", "AggregateKeyType");
  if (limit?.AggregateKeyType !== "IP") invalid("The aggregate key is not simulated", "RATE_BASED_STATEMENT", Name);
  if (!WINDOWS.includes(limit?.EvaluationWindowSec ?? 300))
    invalid("Your evaluation window is not valid", "EVALUATION_WINDOW_SEC", String(limit?.EvaluationWindowSec));
  return RATE_LIMIT;
}

/** A rule as WAF returns it: with the window that it fills in. */
export const returned = (rule: Rule): Rule => {
  const limit = rule.Statement?.RateBasedStatement;
  return limit
    ? {
        ...rule,
        Statement: { RateBasedStatement: { ...limit, EvaluationWindowSec: limit.EvaluationWindowSec ?? 300 } },
      }
    : rule;
};
