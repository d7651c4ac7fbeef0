import {
  CreateWebACLCommand,
  DeleteLoggingConfigurationCommand,
  DeleteWebACLCommand,
  GetLoggingConfigurationCommand,
  GetWebACLCommand,
  ListTagsForResourceCommand,
  ListWebACLsCommand,
  PutLoggingConfigurationCommand,
  UpdateWebACLCommand,
  WAFV2Client,
  type WebACL,
} from "@aws-sdk/client-wafv2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { WebAcl, type WebAclSpec } from "../../../../src/aws/wafv2/web-acl.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const waf = mockClient(WAFV2Client);
beforeEach(() => waf.reset());

const ID = "0a0a0a0a-1111-2222-3333-444444444444";
const ARN = `arn:aws:wafv2:us-east-1:123456789012:global/webacl/demo-test-firewall/${ID}`;
const GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-demo-test";
const ids = { Name: "demo-test-firewall", Id: ID, Scope: "CLOUDFRONT" } as const;
const VisibilityConfig = {
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
  MetricName: "demo-test-firewall",
};
const rule = { Name: "a", Priority: 0, Statement: {}, OverrideAction: { None: {} }, VisibilityConfig };
const spec: WebAclSpec = { name: ids.Name, rules: [rule], logGroupArn: GROUP, tags: tagsIn("demo-test") };
const acl: WebACL = { Name: ids.Name, Id: ID, ARN, DefaultAction: { Allow: {} }, Rules: [rule], VisibilityConfig };
const redacted = [{ SingleHeader: { Name: "authorization" } }, { SingleHeader: { Name: "cookie" } }];

/** What WAF has. */
function has(live: Partial<WebACL> = {}, { log = {}, tags = OWNED }: { log?: object; tags?: typeof OWNED } = {}) {
  waf.on(GetWebACLCommand).resolves({ WebACL: { ...acl, ...live }, LockToken: "t1" });
  waf.on(ListTagsForResourceCommand).resolves({ TagInfoForResource: { TagList: tags } });
  waf.on(GetLoggingConfigurationCommand).resolves({
    LoggingConfiguration: {
      ResourceArn: ARN,
      LogDestinationConfigs: [GROUP],
      RedactedFields: redacted,
      ...log,
    },
  });
}
const observed = () => WebAcl.observe(mocked(), lookFor(spec, ARN));
const inputs = (Command: Parameters<typeof waf.commandCalls>[0]) =>
  waf.commandCalls(Command).map(({ args: [{ input }] }) => input as object);

describe("wafv2/web-acl", () => {
  it("is created for CloudFront, with tags, and logs without credentials", async () => {
    waf.on(CreateWebACLCommand).resolves({ Summary: { ARN } });
    expect(await WebAcl.create(mocked(), spec, making())).toEqual({ id: ARN, attrs: { arn: ARN } });
    expect(inputs(CreateWebACLCommand)).toEqual([
      {
        Name: ids.Name,
        Scope: "CLOUDFRONT",
        DefaultAction: { Allow: {} },
        Rules: [rule],
        VisibilityConfig,
        Tags: OWNED,
      },
    ]);
    expect(inputs(PutLoggingConfigurationCommand)).toEqual([
      { LoggingConfiguration: { ResourceArn: ARN, LogDestinationConfigs: [GROUP], RedactedFields: redacted } },
    ]);
  });

  it("is not created a second time after a lost response", async () => {
    waf.on(CreateWebACLCommand).rejects(awsError("WAFInternalErrorException", "lost", 500));
    await expect(WebAcl.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(inputs(CreateWebACLCommand)).toHaveLength(1);
  });

  it("is found by its name, which an account has once, whoever owns it", async () => {
    waf.on(ListWebACLsCommand).resolves({
      WebACLs: [
        { Name: "other", ARN: "x" },
        { Name: ids.Name, ARN },
      ],
    });
    has({}, { tags: FOREIGN });
    const found = await WebAcl.observe(mocked(), lookFor(spec));
    expect([found?.id, found?.owner]).toEqual([ARN, expect.stringContaining("other")]);
  });

  it("is absent where WAF does not know it, and another one of the name is not there either", async () => {
    waf.rejects(awsError("WAFNonexistentItemException", "none"));
    waf.on(ListWebACLsCommand).resolves({ WebACLs: [] });
    expect(await observed()).toBeUndefined();
  });

  it("takes an ARN of a log group with and without the mark of its streams for the same", async () => {
    has({}, { log: { LogDestinationConfigs: [`${GROUP}:*`] } });
    expect((await observed())?.spec.logGroupArn).toBe(GROUP);
  });

  it("shows what others set, and what an update reverts", async () => {
    has(
      { TokenDomains: ["example.com"], DefaultAction: { Block: {} } },
      { log: { RedactedFields: [], LoggingFilter: { DefaultBehavior: "DROP", Filters: [] } } },
    );
    const found = await observed();
    expect(found?.unmanaged).toEqual(["TokenDomains example.com"]);
    expect(found?.drifted?.map(({ field, path }) => [field, path])).toEqual([
      ["rules", "DefaultAction"],
      ["logGroupArn", "RedactedFields"],
      ["logGroupArn", "LoggingFilter"],
    ]);
  });

  it("shows a log that somebody else switched on, and leaves it", async () => {
    has({}, { log: { LogDestinationConfigs: ["arn:aws:s3:::aws-waf-logs-theirs"] } });
    const { logGroupArn: _log, ...without } = spec;
    const found = await WebAcl.observe(mocked(), lookFor(without, ARN));
    expect(found?.unmanaged).toEqual(["log arn:aws:s3:::aws-waf-logs-theirs"]);
    expect(found?.drifted).toBeUndefined();
  });

  it("is updated with the token of the newest version, again if it changed in between, and keeps what others set", async () => {
    has({ TokenDomains: ["example.com"] });
    waf
      .on(UpdateWebACLCommand)
      .rejectsOnce(awsError("WAFOptimisticLockException", "changed"))
      .resolves({ NextLockToken: "t3" });
    const now = await observed();
    let reads = 0;
    waf.on(GetWebACLCommand).callsFake(() => {
      reads += 1;
      return { WebACL: { ...acl, Description: "", TokenDomains: [`${reads}.example.com`] }, LockToken: `t${reads}` };
    });
    if (now) await WebAcl.update(mocked(), now, { ...spec, rules: [] }, new Set(["rules"]));
    expect(inputs(UpdateWebACLCommand)).toMatchObject([
      { ...ids, Rules: [], LockToken: "t1", TokenDomains: ["1.example.com"] },
      { ...ids, Rules: [], LockToken: "t2", TokenDomains: ["2.example.com"] },
    ]);
    // AWS answers an empty description for none, and takes no empty one.
    expect(JSON.stringify(inputs(UpdateWebACLCommand))).not.toContain("Description");
    expect(inputs(PutLoggingConfigurationCommand)).toEqual([]);
  });

  it("is deleted after its log, once WAF has heard that no distribution uses it", async () => {
    has();
    waf.on(DeleteLoggingConfigurationCommand).rejects(awsError("WAFNonexistentItemException", "no log"));
    const now = await observed();
    waf.on(DeleteWebACLCommand).rejectsOnce(awsError("WAFAssociatedItemException", "in use")).resolves({});
    if (now) await WebAcl.delete(mocked(), now);
    expect(inputs(DeleteWebACLCommand)).toEqual([
      { ...ids, LockToken: "t1" },
      { ...ids, LockToken: "t1" },
    ]);
  });

  it("is not deleted again where it is gone", async () => {
    has();
    const now = await observed();
    waf.rejects(awsError("WAFNonexistentItemException", "gone"));
    waf.on(GetWebACLCommand).rejects(awsError("WAFNonexistentItemException", "gone"));
    if (now) await WebAcl.delete(mocked(), now);
    expect(inputs(DeleteWebACLCommand)).toEqual([]);
  });
});
