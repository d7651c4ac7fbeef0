import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { ListenerRule, type ListenerRuleSpec } from "../../../../src/aws/elb/listener-rule.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => elb.reset());
const sent = () => elb.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const prefix = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012";
const LISTENER = `${prefix}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2`;
const ARN = `${prefix}:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/1`;
const SECOND = `${prefix}:listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/2`;
const GROUP = `${prefix}:targetgroup/web/0123456789abcdef`;
const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec: ListenerRuleSpec = {
  listenerArn: LISTENER,
  priority: 100,
  pathPatterns: ["/api/*", "/static/*"],
  hosts: [],
  secretHeader: "X-Origin-Verify",
  sharedSecret: undefined,
  action: { type: "forward", targetGroupArn: GROUP },
  tags,
};
const paths = (...Values: string[]) => ({ Field: "path-pattern", PathPatternConfig: { Values } });
const header = (...Values: string[]) => ({
  Field: "http-header",
  HttpHeaderConfig: { HttpHeaderName: "X-Origin-Verify", Values },
});
const conditions = [paths("/api/*", "/static/*"), header("secret-1")];
const forward = [{ Type: "forward" as const, TargetGroupArn: GROUP }];
const rule = (RuleArn: string, Priority = "100", Conditions: RuleCondition[] = conditions) => ({
  RuleArn,
  Priority,
  Conditions,
  Actions: forward,
});
const attrs = { arn: ARN, secret: "secret-1" };
const observed = { id: ARN, spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const plain = { ...observed, spec: { ...spec, secretHeader: undefined }, attrs: { arn: ARN, secret: "" } };
const input = { ListenerArn: LISTENER, Priority: 100, Conditions: conditions, Actions: forward, Tags: OWNED };
const modified = (changes: object) => ["ModifyRuleCommand", { RuleArn: ARN, ...changes }];

/** The listener's rules, of which those in `ours` bear the owner mark. */
function thereAre(rules: object[], ours: string[]) {
  elb.on(DescribeRulesCommand).rejects(awsError("ListenerNotFoundException", "not found"));
  elb.on(DescribeRulesCommand, { ListenerArn: LISTENER }).resolves({ Rules: rules });
  elb.on(DescribeTagsCommand).resolves({ TagDescriptions: ours.map((ResourceArn) => ({ ResourceArn, Tags: OWNED })) });
}

describe("elb/listener-rule", () => {
  it("creates with the new secret as a condition, tags in the same call, and reports the ARN", async () => {
    const told: string[] = [];
    elb.on(CreateRuleCommand).resolves({ Rules: [rule(ARN)] });
    expect(await ListenerRule.create(mocked(), spec, making(told))).toEqual({ id: ARN, attrs });
    expect(told).toEqual([ARN]);
    expect(sent()).toEqual([["CreateRuleCommand", input]]);
  });

  it("asks for a secret that another rule made, and for hosts", async () => {
    elb.on(CreateRuleCommand).resolves({ Rules: [rule(ARN)] });
    const shared = { ...spec, hosts: ["shop.example.com"], sharedSecret: "of-another" };
    const made = await ListenerRule.create(mocked(), shared, making());
    expect(made.attrs.secret).toBe("of-another");
    const host = { Field: "host-header", HostHeaderConfig: { Values: ["shop.example.com"] } };
    const Conditions = [host, paths("/api/*", "/static/*"), header("of-another")];
    expect(sent()).toEqual([["CreateRuleCommand", { ...input, Conditions }]]);
  });

  it("has no secret where the rule asks for no header", async () => {
    elb.on(CreateRuleCommand).resolves({ Rules: [rule(ARN)] });
    expect(await ListenerRule.create(mocked(), plain.spec, making())).toEqual({ id: ARN, attrs: plain.attrs });
    const Conditions = [paths("/api/*", "/static/*")];
    expect(sent()).toEqual([["CreateRuleCommand", { ...input, Conditions }]]);
  });

  it("asks again for a listener or a target group too young, and hides the secret that a refusal quotes", async () => {
    elb
      .on(CreateRuleCommand)
      .rejectsOnce(awsError("ListenerNotFoundException", "not found"))
      .rejectsOnce(awsError("TargetGroupNotFoundException", "not found"))
      .rejects(awsError("ValidationError", "Condition value 'secret-1' is too short"));
    const failure = ListenerRule.create(mocked(), spec, making());
    await expect(failure).rejects.toThrow("Condition value '(secret)' is too short");
    expect(elb.calls()).toHaveLength(3);
  });

  it("retries if its own rule or one that is not listed yet has the priority, and names any other rule", async () => {
    elb.on(CreateRuleCommand).rejects(awsError("PriorityInUseException", "Priority '100' is currently in use"));
    const failing = () => ListenerRule.create(mocked(), spec, making()).catch((error: unknown) => error);
    thereAre([rule(ARN)], [ARN]);
    expect(await failing()).toBeInstanceOf(UncertainAnswer);
    thereAre([], []);
    expect(await failing()).toBeInstanceOf(UncertainAnswer);
    thereAre([rule(SECOND)], []);
    expect(String(await failing())).toContain(`is used by a rule outside the stack: ${SECOND}`);
  });

  it("never repeats a create whose response was lost, and reports neither id nor secret", async () => {
    const told: string[] = [];
    elb.on(CreateRuleCommand).rejects(awsError("InternalError", "no answer to secret-1", 500));
    const failure = await ListenerRule.create(mocked(), spec, making(told)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UncertainAnswer);
    expect(String(failure)).toBe("UncertainAnswer: elb.CreateRule: no answer to (secret)");
    expect(elb.commandCalls(CreateRuleCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("observes by its recorded ARN, which also identifies its listener, and reads the secret back", async () => {
    thereAre([rule(SECOND), rule(ARN, "100", [header("secret-1"), paths("/static/*", "/api/*")])], [ARN, SECOND]);
    expect(await ListenerRule.observe(mocked(), lookFor({}, ARN))).toEqual(observed);
    expect(sent()).toContainEqual(["DescribeRulesCommand", { ListenerArn: LISTENER }]);
  });

  it("finds by its owner tags on the last page, else by priority, and skips earlier generations", async () => {
    thereAre([], [ARN]);
    const at = { ListenerArn: LISTENER };
    elb.on(DescribeRulesCommand, at).resolves({ Rules: [rule(SECOND)], NextMarker: "more" });
    elb.on(DescribeRulesCommand, { ...at, Marker: "more" }).resolves({ Rules: [rule(ARN, "7")] });
    const found = await ListenerRule.observe(mocked(), lookFor(spec));
    const blocked = expect.stringMatching(
      new RegExp(`^priority 100 of the listener is used by .*${SECOND.slice(-6)}`),
    ) as string;
    const unmanaged = ["rule 100 beside it"];
    expect(found).toEqual({ ...observed, spec: { ...spec, priority: 7 }, blocked, unmanaged });
    expect(sent()).toEqual([
      ["DescribeRulesCommand", at],
      ["DescribeRulesCommand", { ...at, Marker: "more" }],
      ["DescribeTagsCommand", { ResourceArns: [ARN, SECOND] }],
    ]);
    const other = await ListenerRule.observe(mocked(), { ...lookFor(spec), excludeIds: [ARN] });
    expect(other).toMatchObject({ id: SECOND, owner: undefined });
  });

  it("asks for each one's tags alone where a rule that is gone spoils the answer for all", async () => {
    thereAre([rule(SECOND), rule(ARN)], []);
    elb.on(DescribeTagsCommand).rejects(awsError("RuleNotFoundException", "One or more rules not found"));
    const TagDescriptions = [{ ResourceArn: ARN, Tags: OWNED }];
    elb.on(DescribeTagsCommand, { ResourceArns: [ARN] }, true).resolves({ TagDescriptions });
    expect(await ListenerRule.observe(mocked(), lookFor(spec))).toEqual({
      ...observed,
      unmanaged: ["rule 100 beside it"],
    });
    const asked = elb.commandCalls(DescribeTagsCommand).map(({ args: [command] }) => command.input.ResourceArns);
    expect(asked).toEqual([[ARN, SECOND], [ARN], [SECOND]]);
  });

  it("returns undefined for absence: no such listener, only its default rule, another priority, nothing to search by", async () => {
    thereAre([{ ...rule(SECOND), IsDefault: true }, rule(SECOND, "7")], []);
    expect(await ListenerRule.observe(mocked(), lookFor(spec, ARN))).toBeUndefined();
    const elsewhere = { ...spec, listenerArn: `${LISTENER}0` };
    expect(await ListenerRule.observe(mocked(), lookFor(elsewhere))).toBeUndefined();
    elb.resetHistory();
    expect(await ListenerRule.observe(mocked(), lookFor<ListenerRuleSpec>({ priority: 100 }))).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  it.each<{ what: string; told: RuleCondition[]; seen: object; secret: string }>([
    {
      what: "a condition of a sort that Fairlead never writes",
      told: [...conditions, { Field: "source-ip", SourceIpConfig: { Values: ["192.0.2.0/24"] } }],
      seen: { pathPatterns: undefined },
      secret: "secret-1",
    },
    {
      what: "a second value of the header",
      told: [conditions[0] ?? {}, header("secret-1", "guess")],
      seen: { secretHeader: undefined },
      secret: "secret-1",
    },
    {
      what: "no header at all",
      told: [paths("/static/*", "/api/*")],
      seen: { secretHeader: undefined },
      secret: "",
    },
  ])("reads $what as a field that is not set", async ({ told, seen, secret }) => {
    thereAre([rule(ARN, "100", told)], [ARN]);
    const found = await ListenerRule.observe(mocked(), lookFor(spec, ARN));
    expect(found).toEqual({ ...observed, spec: { ...spec, ...seen }, attrs: { arn: ARN, secret } });
  });

  describe("that is to require the header from now on", () => {
    const addOnly = { note: () => {}, addOnly: true as const };

    it("announces the secret, asks for it only in the second step, and then for the one that it announced", async () => {
      const announced = await ListenerRule.update(mocked(), plain, spec, new Set(["secretHeader"]), addOnly);
      expect(sent()).toEqual([]);
      expect(announced).toEqual({ secret: expect.stringMatching(/^[0-9a-f]{40}$/) });
      const { secret = "" } = announced ?? {};
      const second = { ...plain, attrs: { ...plain.attrs, secret } };
      await ListenerRule.update(mocked(), second, spec, new Set(["secretHeader"]));
      expect(sent()).toEqual([modified({ Conditions: [paths("/api/*", "/static/*"), header(secret)] })]);
    });

    it("changes its other conditions at once", async () => {
      const patterns = { ...spec, pathPatterns: ["/v1/*"] };
      await ListenerRule.update(mocked(), plain, patterns, new Set(["pathPatterns", "secretHeader"]), addOnly);
      expect(sent()).toEqual([modified({ Conditions: [paths("/v1/*")] })]);
    });

    it("drops a second value of the header at once: without it, the rule would let everyone in", async () => {
      const loosened = { ...observed, spec: { ...spec, secretHeader: undefined } };
      await ListenerRule.update(mocked(), loosened, spec, new Set(["secretHeader"]), addOnly);
      expect(sent()).toEqual([modified({ Conditions: conditions })]);
    });
  });

  it("stops asking for the header at once", async () => {
    const open = { ...spec, secretHeader: undefined };
    const addOnly = { note: () => {}, addOnly: true as const };
    const renewed = await ListenerRule.update(mocked(), observed, open, new Set(["secretHeader"]), addOnly);
    expect(sent()).toEqual([modified({ Conditions: [paths("/api/*", "/static/*")] })]);
    expect(renewed).toEqual({ secret: "" });
  });

  it("updates priority, patterns, header and action by their calls, and the secret stays", async () => {
    elb.onAnyCommand().resolves({});
    const update = (edit: Partial<ListenerRuleSpec>, ...changed: (keyof ListenerRuleSpec)[]) =>
      ListenerRule.update(mocked(), observed, { ...spec, ...edit }, new Set(changed));
    const action = { type: "fixed-response", statusCode: "403", contentType: "text/plain", body: "No" } as const;
    expect(await update({ priority: 50 }, "priority")).toEqual({});
    expect(await update({ pathPatterns: ["/*"] }, "pathPatterns")).toEqual({});
    expect(await update({ secretHeader: undefined }, "secretHeader")).toEqual({ secret: "" });
    expect(await update({ action }, "action")).toEqual({});
    expect(await update({ tags: { ...tags, "fairlead:id": "other" } }, "tags")).toEqual({});
    const fixed = { StatusCode: "403", ContentType: "text/plain", MessageBody: "No" };
    expect(sent()).toEqual([
      ["SetRulePrioritiesCommand", { RulePriorities: [{ RuleArn: ARN, Priority: 50 }] }],
      modified({ Conditions: [paths("/*"), header("secret-1")] }),
      modified({ Conditions: [paths("/api/*", "/static/*")] }),
      modified({ Actions: [{ Type: "fixed-response", FixedResponseConfig: fixed }] }),
      ["AddTagsCommand", { ResourceArns: [ARN], Tags: [{ Key: "fairlead:id", Value: "other" }] }],
    ]);
  });

  it("names the rule that has the priority it moves to, or says that AWS does not list it yet", async () => {
    elb.on(SetRulePrioritiesCommand).rejects(awsError("PriorityInUseException", "Priority '50' is in use"));
    const failing = () => ListenerRule.update(mocked(), observed, { ...spec, priority: 50 }, new Set(["priority"]));
    thereAre([rule(ARN), rule(SECOND, "50")], [ARN]);
    await expect(failing()).rejects.toThrow(
      `priority 50 of the listener is used by a rule outside the stack: ${SECOND}`,
    );
    thereAre([rule(ARN)], [ARN]);
    await expect(failing()).rejects.toThrow(/AWS does not list yet.*aws elbv2 describe-rules --listener-arn/);
  });

  it("never stands before the others' rules with the wider of two conditions", async () => {
    elb.onAnyCommand().resolves({});
    const { priority } = spec;
    for (const next of [priority - 1, priority + 1]) {
      const edited = { ...spec, priority: next, pathPatterns: ["/*"] };
      await ListenerRule.update(mocked(), observed, edited, new Set(["priority", "pathPatterns"] as const));
    }
    const [narrower, wider] = [
      ["ModifyRuleCommand", "SetRulePrioritiesCommand"],
      ["SetRulePrioritiesCommand", "ModifyRuleCommand"],
    ];
    expect(sent().map(([name]) => name)).toEqual([...narrower, ...wider]);
  });

  it("makes a new secret for a rule that lost its header, and answers it", async () => {
    elb.on(ModifyRuleCommand).rejectsOnce(awsError("TargetGroupNotFoundException", "not found")).resolves({});
    const answer = await ListenerRule.update(mocked(), plain, spec, new Set(["secretHeader", "action"]));
    expect(answer).toEqual({ secret: expect.stringMatching(/^[0-9a-f]{40}$/) });
    const secret = answer?.secret ?? "";
    const call = modified({ Conditions: [paths("/api/*", "/static/*"), header(secret)], Actions: forward });
    expect(sent()).toEqual([call, call]);
  });

  it("deletes by one call, and counts one that is gone already, alone or with its listener, as deleted", async () => {
    elb
      .on(DeleteRuleCommand)
      .resolvesOnce({})
      .rejectsOnce(awsError("RuleNotFoundException", "not found"))
      .rejects(awsError("ListenerNotFoundException", "not found"));
    for (let times = 0; times < 3; times++)
      await expect(ListenerRule.delete(mocked(), observed)).resolves.toBeUndefined();
    const call = ["DeleteRuleCommand", { RuleArn: ARN }];
    expect(sent()).toEqual([call, call, call]);
  });
});
