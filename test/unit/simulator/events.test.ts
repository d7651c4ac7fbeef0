import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { checkPattern, matchesPattern } from "../../../src/simulator/events/pattern.ts";
import { role } from "../../contract/ground.ts";
import { TIMING } from "../../../src/simulator/timing.ts";
import { simulated } from "../../support/simulated.ts";

const EventPattern = JSON.stringify({ source: ["aws.s3"] });
const PIPELINE = "arn:aws:codepipeline:ap-northeast-1:123456789012:release";

describe("the simulated EventBridge", () => {
  it("overwrites a rule: what is not said becomes empty, but its targets and its first tags stay", async () => {
    const { aws } = simulated();
    const put = (more: object) => aws.eventBridge(new PutRuleCommand({ Name: "rule", EventPattern, ...more }));
    const { RuleArn: ResourceARN } = await put({ Description: "one", Tags: [{ Key: "a", Value: "1" }] });
    await aws.eventBridge(
      new PutTargetsCommand({ Rule: "rule", Targets: [{ Id: "1", Arn: "arn:aws:sns:x:1:topic" }] }),
    );
    await put({ Tags: [{ Key: "b", Value: "2" }] });
    const rule = await aws.eventBridge(new DescribeRuleCommand({ Name: "rule" }));
    expect(rule.Description).toBeUndefined();
    expect(rule.State).toBe("ENABLED");
    const { Targets } = await aws.eventBridge(new ListTargetsByRuleCommand({ Rule: "rule" }));
    expect(Targets).toEqual([{ Id: "1", Arn: "arn:aws:sns:x:1:topic" }]);
    const { Tags } = await aws.eventBridge(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([{ Key: "a", Value: "1" }]);
  });

  it("does not delete a rule that has targets, and takes one that is gone for deleted", async () => {
    const { aws, clock } = simulated();
    await aws.eventBridge(new PutRuleCommand({ Name: "rule", EventPattern }));
    await aws.eventBridge(
      new PutTargetsCommand({ Rule: "rule", Targets: [{ Id: "1", Arn: "arn:aws:sns:x:1:topic" }] }),
    );
    const remove = () => aws.eventBridge(new DeleteRuleCommand({ Name: "rule" }));
    await expect(remove()).rejects.toMatchObject({
      name: "ValidationException",
      message: "Rule can't be deleted since it has targets.",
    });
    await aws.eventBridge(new RemoveTargetsCommand({ Rule: "rule", Ids: ["1", "2"] }));
    // Until the target no longer counts.
    await clock.sleep(2_000 * TIMING.release);
    await remove();
    await remove();
    const gone = { name: "ResourceNotFoundException", message: "Rule rule does not exist on EventBus default." };
    await expect(aws.eventBridge(new DescribeRuleCommand({ Name: "rule" }))).rejects.toMatchObject(gone);
    await expect(aws.eventBridge(new RemoveTargetsCommand({ Rule: "rule", Ids: ["1"] }))).rejects.toMatchObject(gone);
  });

  it("refuses a pipeline as a target without a role, or with one that cannot be assumed yet", async () => {
    const at = simulated();
    const { arn: RoleArn } = await role(at, "events", "events.amazonaws.com");
    await at.aws.eventBridge(new PutRuleCommand({ Name: "rule", EventPattern }));
    const put = (more: object) =>
      at.aws.eventBridge(new PutTargetsCommand({ Rule: "rule", Targets: [{ Id: "1", Arn: PIPELINE, ...more }] }));
    await expect(put({})).rejects.toThrow(`RoleArn is required for target ${PIPELINE}.`);
    await expect(put({ RoleArn })).rejects.toMatchObject({
      name: "ValidationException",
      message: `Provided role '${RoleArn}' cannot be assumed by principal 'events.amazonaws.com'.`,
    });
    await at.clock.sleep(60_000);
    await put({ RoleArn });
    await expect(put({ Arn: "pipeline" })).rejects.toThrow("Provided Arn is not in correct format.");
  });

  it("takes five targets a rule", async () => {
    const { aws } = simulated();
    await aws.eventBridge(new PutRuleCommand({ Name: "rule", EventPattern }));
    const Targets = Array.from({ length: 6 }, (_, n) => ({ Id: String(n), Arn: "arn:aws:sns:x:1:topic" }));
    await expect(aws.eventBridge(new PutTargetsCommand({ Rule: "rule", Targets }))).rejects.toMatchObject({
      name: "LimitExceededException",
    });
  });

  it("switches rules off and on, and lists them by prefix", async () => {
    const { aws } = simulated();
    for (const Name of ["b-2", "a-1", "b-1"]) await aws.eventBridge(new PutRuleCommand({ Name, EventPattern }));
    await aws.eventBridge(new DisableRuleCommand({ Name: "b-1" }));
    const list = async () =>
      ((await aws.eventBridge(new ListRulesCommand({ NamePrefix: "b-" }))).Rules ?? []).map(
        ({ Name, State }) => `${Name} ${State}`,
      );
    expect(await list()).toEqual(["b-1 DISABLED", "b-2 ENABLED"]);
    await aws.eventBridge(new EnableRuleCommand({ Name: "b-1" }));
    expect(await list()).toEqual(["b-1 ENABLED", "b-2 ENABLED"]);
  });

  it.each([
    [{ Name: "rule" }, "ValidationException"],
    [{ Name: "no spaces", EventPattern }, "ValidationException"],
    [{ Name: "rule", EventPattern: "{" }, "InvalidEventPatternException"],
    [{ Name: "rule", EventPattern: "{}" }, "InvalidEventPatternException"],
    [{ Name: "rule", EventPattern: '{"source":"aws.s3"}' }, "InvalidEventPatternException"],
    [{ Name: "rule", EventPattern: '{"source":[]}' }, "InvalidEventPatternException"],
    [{ Name: "rule", EventPattern: '{"source":[{"begins":"aws"}]}' }, "InvalidEventPatternException"],
    [{ Name: "rule", EventPattern: '{"detail":{"size":[{"numeric":[">",1]}]}}' }, "SimulatorUnknownOption"],
    [{ Name: "rule", EventPattern, EventBusName: "other" }, "ResourceNotFoundException"],
    [{ Name: "rule", EventPattern, ScheduleExpression: "rate(1 hour)" }, "SimulatorUnknownOption"],
  ])("refuses %o", async (input, name) => {
    const { aws } = simulated();
    await expect(aws.eventBridge(new PutRuleCommand(input))).rejects.toMatchObject({ name });
  });
});

describe("an event pattern", () => {
  const event = {
    source: "aws.s3",
    resources: ["arn:one", "arn:two"],
    detail: { bucket: { name: "source" }, object: { key: "in/source.ZIP", size: 5 } },
  };

  it.each<[object, boolean]>([
    [{ source: ["aws.s3"] }, true],
    [{ source: ["aws.ec2", "aws.s3"] }, true],
    [{ source: ["aws.ec2"] }, false],
    [{ resources: ["arn:two"] }, true],
    [{ detail: { bucket: { name: ["source"] }, object: { size: [5] } } }, true],
    [{ source: ["aws.s3"], detail: { bucket: { name: ["other"] } } }, false],
    [{ detail: { missing: { field: ["x"] } } }, false],
    [{ detail: { object: { key: [{ prefix: "in/" }] } } }, true],
    [{ detail: { object: { key: [{ suffix: ".zip" }] } } }, false],
    [{ detail: { object: { key: [{ "equals-ignore-case": "IN/SOURCE.zip" }] } } }, true],
    [{ detail: { object: { key: [{ wildcard: "in/*.ZIP" }] } } }, true],
    [{ detail: { object: { key: [{ wildcard: "out/*" }] } } }, false],
    [{ source: [{ "anything-but": "aws.s3" }] }, false],
    [{ source: [{ "anything-but": ["aws.ec2", "aws.ecs"] }] }, true],
    [{ source: [{ "anything-but": { prefix: "aws." } }] }, false],
    [{ detail: { reason: [{ exists: false }] } }, true],
    [{ detail: { bucket: { name: [{ exists: true }] } } }, true],
  ])("%j: %s", (pattern, matches) => {
    expect(() => checkPattern(JSON.stringify(pattern))).not.toThrow();
    expect(matchesPattern(pattern, event)).toBe(matches);
  });
});
