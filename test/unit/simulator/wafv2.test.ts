import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateWebACLCommand,
  DeleteWebACLCommand,
  GetWebACLCommand,
  PutLoggingConfigurationCommand,
  UpdateWebACLCommand,
  type Rule,
} from "@aws-sdk/client-wafv2";
import { beforeEach, describe, expect, it } from "vitest";
import { simulated, type Simulated } from "../../support/simulated.ts";

const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "m" };
const base = { Scope: "CLOUDFRONT", DefaultAction: { Allow: {} }, VisibilityConfig } as const;
const group = (Name: string, Priority: number, rest: Partial<Rule> = { OverrideAction: { None: {} } }): Rule => ({
  Name: `${Name}-${Priority}`,
  Priority,
  Statement: { ManagedRuleGroupStatement: { VendorName: "AWS", Name } },
  VisibilityConfig,
  ...rest,
});
const COMMON = "AWSManagedRulesCommonRuleSet";

describe("the simulated AWS WAF", () => {
  let at: Simulated;
  beforeEach(() => {
    at = simulated();
  });
  const create = (Name: string, Rules: Rule[] = [], region = "us-east-1") =>
    at.aws.in(region).waf(new CreateWebACLCommand({ ...base, Name, Rules }));
  const logTo = (ResourceArn: string | undefined, group_: string) =>
    at.aws.in("us-east-1").waf(
      new PutLoggingConfigurationCommand({
        LoggingConfiguration: {
          ResourceArn,
          LogDestinationConfigs: [`arn:aws:logs:us-east-1:${at.aws.account}:log-group:${group_}`],
        },
      }),
    );

  it("has the ACLs of CloudFront in us-east-1 alone, each name once", async () => {
    await expect(create("a", [], "eu-west-1")).rejects.toThrow(/The scope is not valid/);
    await create("a");
    await expect(create("a")).rejects.toMatchObject({ name: "WAFDuplicateItemException" });
  });

  it.each([
    [
      "two rules with one priority",
      [group(COMMON, 1), { ...group(COMMON, 1), Name: "b" }],
      "WAFInvalidParameterException",
    ],
    ["a group with an action", [group(COMMON, 1, { Action: { Block: {} } })], "WAFInvalidParameterException"],
    ["a group that it does not know", [group("AWSManagedRulesNoSuchSet", 1)], "WAFInvalidParameterException"],
    ["more capacity than 5,000", Array.from({ length: 8 }, (_, n) => group(COMMON, n)), "WAFLimitsExceededException"],
  ])("refuses %s", async (_what, rules, name) => {
    await expect(create("a", rules)).rejects.toMatchObject({ name });
  });

  it("takes a change only on top of the newest version", async () => {
    const { waf } = at.aws.in("us-east-1");
    const { Summary } = await create("a");
    const ids = { Scope: "CLOUDFRONT", Name: "a", Id: Summary?.Id } as const;
    const { LockToken } = await waf(new GetWebACLCommand(ids));
    await waf(new UpdateWebACLCommand({ ...base, ...ids, LockToken }));
    await expect(waf(new UpdateWebACLCommand({ ...base, ...ids, LockToken }))).rejects.toMatchObject({
      name: "WAFOptimisticLockException",
    });
    await expect(waf(new DeleteWebACLCommand({ ...ids, LockToken }))).rejects.toMatchObject({
      name: "WAFOptimisticLockException",
    });
  });

  it("logs to a group of the right name that exists, once the ACL is known everywhere", async () => {
    const { Summary } = await create("a");
    for (const logGroupName of ["aws-waf-logs-a", "other"])
      await at.aws.in("us-east-1").logs(new CreateLogGroupCommand({ logGroupName }));
    await expect(logTo(Summary?.ARN, "aws-waf-logs-a")).rejects.toMatchObject({
      name: "WAFUnavailableEntityException",
    });
    await at.clock.sleep(60_000);
    await expect(logTo(Summary?.ARN, "other")).rejects.toThrow(/The ARN isn't valid/);
    await expect(logTo(Summary?.ARN, "aws-waf-logs-b")).rejects.toThrow(/The ARN isn't valid/);
    expect((await logTo(Summary?.ARN, "aws-waf-logs-a")).LoggingConfiguration?.ResourceArn).toBe(Summary?.ARN);
  });
});
