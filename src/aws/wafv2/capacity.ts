/** Capacity units of AWS's rule groups (AWS WAF Developer Guide, "AWS Managed Rules rule groups list"). */
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

/** What the price of a web ACL includes, in capacity units (AWS WAF pricing); it may have 5,000 ("AWS WAF quotas"). */
export const INCLUDED_CAPACITY = 1_500;

/** The capacity of rule groups of AWS, as far as it is known. */
export const capacityOf = (groups: readonly string[]): number =>
  groups.reduce((sum, group) => sum + (GROUPS[group] ?? 0), 0);
