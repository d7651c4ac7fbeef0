import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Rule, type RuleSpec } from "../../../../src/aws/eventbridge/rule.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OTHERS, OWNED } from "../../../support/mocked.ts";

const events = mockClient(EventBridgeClient);
beforeEach(() => events.reset());

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const roleArn = "arn:aws:iam::123456789012:role/events";
const arn = "arn:aws:codepipeline:ap-northeast-1:123456789012:release";
const spec: RuleSpec = {
  name: "source",
  description: "Starts the pipeline",
  pattern: { source: ["aws.s3"] },
  enabled: true,
  targets: [{ id: "pipeline", arn, roleArn }],
  tags,
};
const ARN = "arn:aws:events:ap-northeast-1:123456789012:rule/source";
const rule = {
  Name: "source",
  Description: "Starts the pipeline",
  EventPattern: '{"source":["aws.s3"]}',
  State: "ENABLED" as const,
};
const target = { Id: "pipeline", Arn: arn, RoleArn: roleArn };
const observed = { id: "source", spec, attrs: { name: "source", arn: ARN }, owner: undefined, ready: true };
const inputs = () => events.calls().map((call) => call.args[0].input);
const done = { FailedEntryCount: 0, FailedEntries: [] };

describe("eventbridge/rule", () => {
  it("creates the rule with its tags, reports its name, and then adds the targets", async () => {
    events.on(PutRuleCommand).resolves({ RuleArn: ARN });
    events.on(PutTargetsCommand).resolves(done);
    const told: string[] = [];
    expect(await Rule.create(mocked(), spec, making(told))).toEqual({
      id: "source",
      attrs: { name: "source", arn: ARN },
    });
    expect(told).toEqual(["source"]);
    expect(inputs()).toEqual([
      { ...rule, Tags: OWNED },
      { Rule: "source", Targets: [target] },
    ]);
  });

  it("takes a failed entry for the error that it is, although AWS answered 200", async () => {
    events.on(PutRuleCommand).resolves({ RuleArn: ARN });
    events.on(PutTargetsCommand).resolves({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: "pipeline", ErrorCode: "LimitExceeded", ErrorMessage: "too many" }],
    });
    await expect(Rule.create(mocked(), spec, making())).rejects.toThrow(
      "EventBridge did not accept a target of rule source: pipeline: LimitExceeded: too many",
    );
  });

  it("asks again while the role is too young", async () => {
    events.on(PutRuleCommand).resolves({ RuleArn: ARN });
    events
      .on(PutTargetsCommand)
      .rejectsOnce(
        awsError(
          "ValidationException",
          `Provided role '${roleArn}' cannot be assumed by principal 'events.amazonaws.com'.`,
        ),
      )
      .resolves(done);
    await Rule.create(mocked(), spec, making());
    expect(events.commandCalls(PutTargetsCommand)).toHaveLength(2);
  });

  it("puts the same rule again where the answer was lost: it is the same rule", async () => {
    events
      .on(PutRuleCommand)
      .rejectsOnce(awsError("InternalException", "injected", 500))
      .resolves({ RuleArn: ARN });
    events.on(PutTargetsCommand).resolves(done);
    await Rule.create(mocked(), spec, making());
    expect(events.commandCalls(PutRuleCommand)).toHaveLength(2);
  });

  it("observes with every page of its targets, sorted", async () => {
    events.on(DescribeRuleCommand, { Name: "source" }).resolves({ ...rule, Arn: ARN });
    events
      .on(ListTargetsByRuleCommand)
      .resolves({ Targets: [target], NextToken: "more" })
      .on(ListTargetsByRuleCommand, { Rule: "source", NextToken: "more" })
      .resolves({ Targets: [{ Id: "another", Arn: arn }] });
    events.on(ListTagsForResourceCommand, { ResourceARN: ARN }).resolves({ Tags: OWNED });
    const seen = await Rule.observe(mocked(), lookFor(spec));
    expect(seen).toMatchObject({ id: "source", owner: "demo/test/ap-northeast-1:network/it", ready: true });
    expect(seen?.spec).toEqual({ ...spec, targets: [{ id: "another", arn }, ...spec.targets] });
  });

  it("sees a rule that is disabled, and has no description", async () => {
    events.on(DescribeRuleCommand).resolves({ Name: "source", Arn: ARN, State: "DISABLED" });
    events.on(ListTargetsByRuleCommand).resolves({});
    events.on(ListTagsForResourceCommand).resolves({});
    const seen = await Rule.observe(mocked(), lookFor(spec));
    expect(seen?.spec).toEqual({
      name: "source",
      description: "",
      pattern: undefined,
      enabled: false,
      targets: [],
      tags: {},
    });
  });

  it("is absent where there is no rule, or none any more once its targets are asked for", async () => {
    events.on(DescribeRuleCommand).rejects(awsError("ResourceNotFoundException", "no rule"));
    expect(await Rule.observe(mocked(), lookFor(spec, "source"))).toBeUndefined();
    events.on(DescribeRuleCommand).resolves({ ...rule, Arn: ARN });
    events.on(ListTargetsByRuleCommand).rejects(awsError("ResourceNotFoundException", "no rule"));
    events.on(ListTagsForResourceCommand).resolves({});
    expect(await Rule.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("puts the rule whole, without tags, for a change of the rule itself", async () => {
    events.on(PutRuleCommand).resolves({ RuleArn: ARN });
    await Rule.update(mocked(), observed, { ...spec, enabled: false }, new Set(["enabled"]));
    expect(inputs()).toEqual([{ ...rule, State: "DISABLED" }]);
  });

  it("writes only targets that differ and removes only those that go", async () => {
    events.on(PutTargetsCommand).resolves(done);
    events.on(RemoveTargetsCommand).resolves(done);
    const now = { ...spec, targets: [{ id: "kept", arn }, { id: "old", arn }, ...spec.targets] };
    const wanted = {
      ...spec,
      targets: [
        { id: "kept", arn },
        { id: "pipeline", arn: `${arn}-2`, roleArn },
      ],
    };
    await Rule.update(mocked(), { ...observed, spec: now }, wanted, new Set(["targets"]));
    expect(inputs()).toEqual([
      { Rule: "source", Targets: [{ ...target, Arn: `${arn}-2` }] },
      { Rule: "source", Ids: ["old"] },
    ]);
  });

  it("changes tags in separate calls", async () => {
    events.on(TagResourceCommand).resolves({});
    events.on(UntagResourceCommand).resolves({});
    const now = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await Rule.update(mocked(), now, { ...spec, tags: { ...tags, team: "blue" } }, new Set(["tags"]));
    expect(inputs()).toEqual([
      { ResourceARN: ARN, Tags: [{ Key: "team", Value: "blue" }] },
      { ResourceARN: ARN, TagKeys: ["old"] },
    ]);
  });

  it("removes the targets first, and counts a rule that is gone already as deleted", async () => {
    events.on(RemoveTargetsCommand).resolves(done);
    events.on(DeleteRuleCommand).resolves({});
    await Rule.delete(mocked(), observed);
    expect(inputs()).toEqual([{ Rule: "source", Ids: ["pipeline"] }, { Name: "source" }]);
    events.reset();
    events.on(RemoveTargetsCommand).rejects(awsError("ResourceNotFoundException", "no rule"));
    events.on(DeleteRuleCommand).rejects(awsError("ResourceNotFoundException", "no rule"));
    await expect(Rule.delete(mocked(), observed)).resolves.toBeUndefined();
  });

  it("lists what the stack owns: every page, by tags, what went meanwhile left out", async () => {
    const named = (Name: string) => ({ Name, Arn: ARN.replace("source", Name) });
    const bearing = (name: string, Tags: typeof OWNED) =>
      events.on(ListTagsForResourceCommand, { ResourceARN: named(name).Arn }).resolves({ Tags });
    events
      .on(ListRulesCommand)
      .resolvesOnce({ Rules: [named("demo-test-s3-change"), named("demo-test-2-s3-change")], NextToken: "more" })
      .resolvesOnce({ Rules: [named("demo-test-gone")] });
    events.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "does not exist"));
    bearing("demo-test-s3-change", OWNED);
    bearing("demo-test-2-s3-change", OTHERS);
    expect(await Rule.list?.(mocked(), ["demo-test-gone"])).toEqual([
      { id: "demo-test-s3-change", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(inputs().slice(0, 2)).toEqual([
      { NamePrefix: "demo-test-", NextToken: undefined },
      { NamePrefix: "demo-test-", NextToken: "more" },
    ]);
  });
});
