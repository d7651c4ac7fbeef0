import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { WebAcl, type WebAclSpec } from "../../src/aws/wafv2/web-acl.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

const visible = (MetricName: string) => ({
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
  MetricName,
});
const group = (Name: string, Priority: number): WebAclSpec["rules"][number] => ({
  Name,
  Priority,
  Statement: {
    ManagedRuleGroupStatement: {
      VendorName: "AWS",
      Name,
      RuleActionOverrides: [{ Name: "SizeRestrictions_BODY", ActionToUse: { Count: {} } }],
    },
  },
  OverrideAction: { None: {} },
  VisibilityConfig: visible(Name),
});
const limit = (Limit: number): WebAclSpec["rules"][number] => ({
  Name: "rate-limit",
  Priority: 0,
  Statement: { RateBasedStatement: { Limit, EvaluationWindowSec: 300, AggregateKeyType: "IP" } },
  Action: { Block: {} },
  VisibilityConfig: visible("rate-limit"),
});

contract({
  kind: WebAcl,
  spec: async (at): Promise<WebAclSpec> => ({
    name: "demo-test-firewall",
    rules: [limit(2000), group("AWSManagedRulesCommonRuleSet", 1)],
    logGroupArn: (
      await made(at, LogGroup, { name: "aws-waf-logs-demo-test", region: "us-east-1", retentionDays: 30, tags: {} })
    ).arn,
    tags: {},
  }),
  edits: {
    rules: () => [limit(100)],
    logGroupArn: async (_spec, at) =>
      (await made(at, LogGroup, { name: "aws-waf-logs-other", region: "us-east-1", retentionDays: 30, tags: {} })).arn,
  },
});
