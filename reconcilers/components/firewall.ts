import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { GLOBAL_REGION } from "../../src/aws/tagging.ts";
import type { WebAclRule } from "../../src/aws/wafv2/rules.ts";
import { WebAcl } from "../../src/aws/wafv2/web-acl.ts";
import type { StackNames } from "../../src/config/naming.ts";
import type { FirewallSettings, LogsSettings } from "../../src/config/stack.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";

export interface FirewallProps extends Pick<LogsSettings, "retentionDays"> {
  readonly names: Pick<StackNames, "firewall" | "firewallLogGroup">;
  readonly settings: FirewallSettings;
}

/** The web ACL of a distribution and its log, both in us-east-1. Answers the ACL's ARN. */
export function firewall(scope: Scope, { names, settings, retentionDays }: FirewallProps): Output<string> {
  const log = settings.log
    ? scope.add("edge/firewall-log", LogGroup, { name: names.firewallLogGroup, region: GLOBAL_REGION, retentionDays })
    : undefined;
  const acl = scope.add("edge/firewall", WebAcl, {
    name: names.firewall,
    rules: rulesOf(settings),
    ...(log && { logGroupArn: log.arn }),
  });
  return acl.arn;
}

/** The rate limit first: it costs least, and those that it blocks are not looked at by the groups. */
function rulesOf({ managedRules, count, rateLimit, mode }: FirewallSettings): WebAclRule[] {
  const visible = (MetricName: string) => ({
    VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName },
  });
  const limit = (Limit: number) => ({
    Name: "rate-limit",
    Statement: { RateBasedStatement: { Limit, EvaluationWindowSec: 300, AggregateKeyType: "IP" as const } },
    Action: mode === "block" ? { Block: {} } : { Count: {} },
    ...visible("rate-limit"),
  });
  const groups = managedRules.map((Name) => ({
    Name,
    Statement: {
      ManagedRuleGroupStatement: {
        VendorName: "AWS",
        Name,
        RuleActionOverrides: (count[Name] ?? []).map((rule) => ({ Name: rule, ActionToUse: { Count: {} } })),
      },
    },
    // A rule group has an override in place of an action: none lets the group's rules decide (botocore wafv2, Rule).
    OverrideAction: mode === "block" ? { None: {} } : { Count: {} },
    ...visible(Name),
  }));
  const rules = [...(rateLimit === false ? [] : [limit(rateLimit)]), ...groups];
  return rules.map((rule, Priority) => ({ ...rule, Priority }));
}
