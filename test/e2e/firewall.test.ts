import {
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  UpdateDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import {
  CreateWebACLCommand,
  GetLoggingConfigurationCommand,
  GetWebACLCommand,
  ListWebACLsCommand,
  UpdateWebACLCommand,
} from "@aws-sdk/client-wafv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { Stage } from "../support/stage.ts";

const NAME = "fairlead-app-dev-ap-northeast-1-firewall";
const LOG = "aws-waf-logs-fairlead-app-dev-ap-northeast-1";
const scope = { Scope: "CLOUDFRONT" as const };

async function live(aws: Aws, Name = NAME) {
  const { waf } = aws.in("us-east-1");
  const { WebACLs = [] } = await waf(new ListWebACLsCommand(scope));
  const found = WebACLs.find((one) => one.Name === Name);
  if (!found) return undefined;
  const { WebACL, LockToken } = await waf(new GetWebACLCommand({ ...scope, Name, Id: found.Id }));
  return { acl: WebACL, token: LockToken, arn: found.ARN ?? "", id: found.Id ?? "" };
}

async function distribution(aws: Aws) {
  const { DistributionList: list } = await aws.cloudFront(new ListDistributionsCommand({}));
  const { Id } = list?.Items?.[0] ?? {};
  const { ETag, DistributionConfig } = await aws.cloudFront(new GetDistributionConfigCommand({ Id }));
  return { Id, ETag, DistributionConfig };
}

const attach = async (aws: Aws, WebACLId: string) => {
  const { Id, ETag, DistributionConfig: config } = await distribution(aws);
  if (!config) throw new Error("the distribution has no config");
  await aws.cloudFront(
    new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: { ...config, WebACLId } }),
  );
};

describe("a stack with a firewall", () => {
  const stage = new Stage({});
  afterAll(() => stage.remove());
  const world = () => stage.world().aws;
  const attached = async () => (await distribution(world())).DistributionConfig?.WebACLId;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
  }, 120_000);

  it("gets it in place of nothing, on the distribution that it has", async () => {
    stage.edit({ edge: { firewall: {} } });
    expect(await stage.planned()).toEqual({
      "edge/firewall": "create",
      "edge/firewall-log": "create",
      "edge/distribution": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const found = await live(world());
    expect(await attached()).toBe(found?.arn);
    expect(found?.acl?.Rules?.map(({ Name, Priority }) => [Priority, Name])).toEqual([
      [0, "rate-limit"],
      [1, "AWSManagedRulesAmazonIpReputationList"],
      [2, "AWSManagedRulesCommonRuleSet"],
      [3, "AWSManagedRulesKnownBadInputsRuleSet"],
    ]);
    const { LoggingConfiguration: log } = await world()
      .in("us-east-1")
      .waf(new GetLoggingConfigurationCommand({ ResourceArn: found?.arn }));
    expect(log?.LogDestinationConfigs).toEqual([`arn:aws:logs:us-east-1:123456789012:log-group:${LOG}`]);
    expect(log?.RedactedFields).toEqual([
      { SingleHeader: { Name: "authorization" } },
      { SingleHeader: { Name: "cookie" } },
    ]);
  });

  it("counts instead of blocking, for single rules or for all", async () => {
    stage.edit({ edge: { firewall: { count: { AWSManagedRulesCommonRuleSet: ["SizeRestrictions_BODY"] } } } });
    expect(await stage.planned()).toEqual({ "edge/firewall": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const counting = (await live(world()))?.acl?.Rules?.[2]?.Statement?.ManagedRuleGroupStatement;
    expect(counting?.RuleActionOverrides).toEqual([{ Name: "SizeRestrictions_BODY", ActionToUse: { Count: {} } }]);
    stage.edit({ edge: { firewall: { mode: "count", rateLimit: 500 } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const rules = (await live(world()))?.acl?.Rules ?? [];
    expect(rules.map(({ Action, OverrideAction }) => Action ?? OverrideAction)).toEqual(
      rules.map(() => ({ Count: {} })),
    );
    expect(await stage.planned()).toEqual({});
  });

  it("has its rules back after a change by hand, and keeps what is not its own", async () => {
    await stage.meddle(async (aws) => {
      const { acl, token: LockToken, id: Id } = (await live(aws)) ?? {};
      const { Rules, DefaultAction, VisibilityConfig } = acl ?? {};
      const content = { Rules: Rules?.slice(1), DefaultAction, VisibilityConfig, TokenDomains: ["example.com"] };
      await aws.in("us-east-1").waf(new UpdateWebACLCommand({ ...scope, Name: NAME, Id, LockToken, ...content }));
    });
    const { lines } = await stage.type("plan");
    expect(lines.join("\n")).toContain("TokenDomains example.com");
    expect(await stage.planned()).toEqual({ "edge/firewall": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { acl } = (await live(world())) ?? {};
    expect(acl?.Rules).toHaveLength(4);
    expect(acl?.TokenDomains).toEqual(["example.com"]);
  });

  it("is attached again if it was detached by hand", async () => {
    await stage.meddle((aws) => attach(aws, ""));
    expect(await stage.planned()).toEqual({ "edge/distribution": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await attached()).toBe((await live(world()))?.arn);
  });

  it("does without its log", async () => {
    stage.edit({ edge: { firewall: { mode: "count", rateLimit: 500, log: false } } });
    expect(await stage.planned()).toEqual({ "edge/firewall": "update", "edge/firewall-log": "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("is detached, and deleted once WAF has heard of it, where the setting is removed", async () => {
    stage.edit({});
    expect(await stage.planned()).toEqual({ "edge/firewall": "delete", "edge/distribution": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await attached()).toBe("");
    expect(await live(world())).toBeUndefined();
    expect(await stage.planned()).toEqual({});
  });

  it("leaves a web ACL that somebody else attached, until the stack has one of its own", async () => {
    await stage.meddle(async (aws, clock) => {
      const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "theirs" };
      const { Summary } = await aws
        .in("us-east-1")
        .waf(new CreateWebACLCommand({ ...scope, Name: "theirs", DefaultAction: { Allow: {} }, VisibilityConfig }));
      await clock.sleep(60_000);
      await attach(aws, Summary?.ARN ?? "");
    });
    expect(await stage.planned()).toEqual({});
    const { lines } = await stage.type("plan");
    expect(lines.join("\n")).toMatch(/WebACLId arn:aws:wafv2:us-east-1:123456789012:global\/webacl\/theirs\//);
    stage.edit({ edge: { priceClass: "PriceClass_200" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await attached()).toContain("/theirs/");
    stage.edit({ edge: { firewall: {} } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await attached()).toContain(`/${NAME}/`);
    expect(await live(world(), "theirs")).toBeDefined();
  });

  it("leaves nothing behind", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of fairlead-app-dev are left/);
    expect(exit).toBe(0);
    expect(await live(world())).toBeUndefined();
    expect(await live(world(), "theirs")).toBeDefined();
  });
});
