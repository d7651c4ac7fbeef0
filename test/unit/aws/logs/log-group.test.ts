import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { LogGroup, type LogGroupSpec } from "../../../../src/aws/logs/log-group.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const logs = mockClient(CloudWatchLogsClient);
beforeEach(() => logs.reset());
const sent = () => logs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec: LogGroupSpec = { name: "/demo/app", retentionDays: 30, tags };
const ARN = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/demo/app";
const observed = {
  id: "/demo/app",
  spec,
  attrs: { name: "/demo/app", arn: ARN },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};
const crossed = awsError(
  "OperationAbortedException",
  "Multiple requests to update the same resource were in conflict.",
);

describe("logs/log-group", () => {
  it("creates with its tags, reports the name, and only then sets the retention", async () => {
    const told: string[] = [];
    logs.on(CreateLogGroupCommand).resolves({});
    logs.on(PutRetentionPolicyCommand).callsFake(() => {
      expect(told).toEqual(["/demo/app"]);
      return {};
    });
    expect(await LogGroup.create(mocked(), spec, making(told))).toEqual({
      id: "/demo/app",
      attrs: { name: "/demo/app", arn: ARN },
    });
    expect(sent()).toEqual([
      ["CreateLogGroupCommand", { logGroupName: "/demo/app", tags }],
      ["PutRetentionPolicyCommand", { logGroupName: "/demo/app", retentionInDays: 30 }],
    ]);
  });

  it("sets nothing on a group that keeps everything forever", async () => {
    logs.on(CreateLogGroupCommand).resolves({});
    await LogGroup.create(mocked(), { ...spec, retentionDays: undefined }, making());
    expect(sent()).toEqual([["CreateLogGroupCommand", { logGroupName: "/demo/app", tags }]]);
  });

  it("never repeats a create whose response was lost, and reports no id for it", async () => {
    logs.on(CreateLogGroupCommand).rejects(awsError("ServiceUnavailableException", "injected", 503));
    const told: string[] = [];
    await expect(LogGroup.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(logs.commandCalls(CreateLogGroupCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("asks again where calls on one group cross each other, for a minute and no longer", async () => {
    logs.on(CreateLogGroupCommand).rejectsOnce(crossed).resolves({});
    logs.on(PutRetentionPolicyCommand).rejectsOnce(crossed).resolves({});
    await LogGroup.create(mocked(), spec, making());
    expect(sent().map(([name]) => name)).toEqual([
      "CreateLogGroupCommand",
      "CreateLogGroupCommand",
      "PutRetentionPolicyCommand",
      "PutRetentionPolicyCommand",
    ]);
    logs.on(DeleteLogGroupCommand).rejects(crossed);
    await expect(LogGroup.delete(mocked(), observed)).rejects.toBe(crossed);
    // The waits grow to 3.75 s.
    const asked = logs.commandCalls(DeleteLogGroupCommand).length;
    expect(asked).toBeGreaterThan(60 / 3.75);
    expect(asked).toBeLessThan(120 / 3.75);
  });

  it("observes the group of exactly its name among those that begin like it", async () => {
    logs.on(DescribeLogGroupsCommand).resolves({
      logGroups: [
        { logGroupName: "/demo/app", retentionInDays: 30, arn: `${ARN}:*` },
        { logGroupName: "/demo/app-2", retentionInDays: 1, arn: `${ARN}-2:*` },
      ],
    });
    logs.on(ListTagsForResourceCommand).resolves({ tags: { ...tags, "aws:cloudformation:stack-name": "x" } });
    expect(await LogGroup.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeLogGroupsCommand", { logGroupNamePrefix: "/demo/app" }],
      ["ListTagsForResourceCommand", { resourceArn: ARN }],
    ]);
  });

  it("asks for all groups whose names are known in one call", async () => {
    const names = ["/demo/app", "/demo/build"];
    logs.on(DescribeLogGroupsCommand).resolves({ logGroups: names.map((logGroupName) => ({ logGroupName })) });
    logs.on(ListTagsForResourceCommand).resolves({ tags });
    const snapshot = new Snapshot();
    const seen = await Promise.all(
      names.map((name) => LogGroup.observe(mocked(), { ...lookFor({ ...spec, name: "renamed" }, name), snapshot })),
    );
    expect(seen.map((one) => one?.id)).toEqual(names);
    expect(sent().filter(([command]) => command === "DescribeLogGroupsCommand")).toEqual([
      ["DescribeLogGroupsCommand", { logGroupIdentifiers: names }],
    ]);
  });

  it("shares one page of the groups that are named after the stack, and asks for one alone that is not on it", async () => {
    const names = ["/ecs/demo-test", "/ecs/demo-test-new", "/ecs/demo-test-web"];
    const logGroups = names.slice(0, 2).map((logGroupName) => ({ logGroupName }));
    logs.on(DescribeLogGroupsCommand, { logGroupNamePrefix: names[0] }).resolves({ logGroups, nextToken: "more" });
    const last = [{ logGroupName: names[2] }];
    logs.on(DescribeLogGroupsCommand, { logGroupNamePrefix: names[2] }).resolves({ logGroups: last });
    logs.on(ListTagsForResourceCommand).resolves({ tags });
    const snapshot = new Snapshot();
    const seen = await Promise.all(
      names.map((name) => LogGroup.observe(mocked(), { ...lookFor({ ...spec, name }), snapshot })),
    );
    expect(seen.map((one) => one?.id)).toEqual(names);
    expect(sent().filter(([command]) => command === "DescribeLogGroupsCommand")).toEqual([
      ["DescribeLogGroupsCommand", { logGroupNamePrefix: names[0] }],
      ["DescribeLogGroupsCommand", { logGroupNamePrefix: names[2] }],
    ]);
  });

  it.each([
    ["leaves out", { logGroups: [] }],
    ["takes for a wrong one", awsError("InvalidParameterException", "no such group")],
    ["does not find", awsError("ResourceNotFoundException", "no such group")],
  ])("takes no known group for gone that such a call %s, before it was asked for alone", async (_how, answer) => {
    const together = logs.on(DescribeLogGroupsCommand, { logGroupIdentifiers: ["/demo/app"] });
    if (answer instanceof Error) together.rejects(answer);
    else together.resolves(answer);
    logs
      .on(DescribeLogGroupsCommand, { logGroupNamePrefix: "/demo/app" })
      .resolvesOnce({ logGroups: [{ logGroupName: "/demo/app", retentionInDays: 30 }] })
      .resolves({ logGroups: [] });
    logs.on(ListTagsForResourceCommand).resolves({ tags });
    expect(await LogGroup.observe(mocked(), lookFor(spec, "/demo/app"))).toEqual(observed);
    expect(await LogGroup.observe(mocked(), lookFor(spec, "/demo/app"))).toBeUndefined();
  });

  it("is absent where the list is empty, holds longer names alone, or the group went meanwhile", async () => {
    logs
      .on(DescribeLogGroupsCommand)
      .resolvesOnce({ logGroups: [] })
      .resolvesOnce({ logGroups: [{ logGroupName: "/demo/app-2" }] })
      .resolvesOnce({ logGroups: [{ logGroupName: "/demo/app" }] });
    logs.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "gone"));
    expect(await LogGroup.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(await LogGroup.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(logs.commandCalls(ListTagsForResourceCommand)).toHaveLength(0);
    expect(await LogGroup.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(logs.commandCalls(ListTagsForResourceCommand)).toHaveLength(1);
  });

  it("sees a group that a writer created again: without an owner and without retention", async () => {
    logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: "/demo/app" }] });
    logs.on(ListTagsForResourceCommand).resolves({});
    const seen = await LogGroup.observe(mocked(), lookFor(spec, "/demo/app"));
    expect(seen).toMatchObject({ id: "/demo/app", owner: undefined, ready: true });
    expect(seen?.spec).toEqual({ name: "/demo/app", retentionDays: undefined, tags: {} });
  });

  it("updates the days it keeps, or takes the limit off", async () => {
    logs.on(PutRetentionPolicyCommand).resolves({});
    logs.on(DeleteRetentionPolicyCommand).resolves({});
    await LogGroup.update(mocked(), observed, { ...spec, retentionDays: 7 }, new Set(["retentionDays"]));
    await LogGroup.update(mocked(), observed, { ...spec, retentionDays: undefined }, new Set(["retentionDays"]));
    expect(sent()).toEqual([
      ["PutRetentionPolicyCommand", { logGroupName: "/demo/app", retentionInDays: 7 }],
      ["DeleteRetentionPolicyCommand", { logGroupName: "/demo/app" }],
    ]);
  });

  it("updates tags by ARN: what differs is written, what is no longer wanted removed", async () => {
    logs.on(TagResourceCommand).resolves({});
    logs.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await LogGroup.update(mocked(), bearing, { ...spec, tags: { ...tags, team: "b" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagResourceCommand", { resourceArn: ARN, tags: { team: "b" } }],
      ["UntagResourceCommand", { resourceArn: ARN, tagKeys: ["old"] }],
    ]);
  });

  it("counts a group that is gone already as deleted, and throws every other refusal", async () => {
    logs
      .on(DeleteLogGroupCommand)
      .rejectsOnce(awsError("ResourceNotFoundException", "The specified log group does not exist."))
      .rejectsOnce(awsError("AccessDeniedException", "not authorized"));
    await expect(LogGroup.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(LogGroup.delete(mocked(), observed)).rejects.toThrow("not authorized");
    expect(sent()).toEqual([
      ["DeleteLogGroupCommand", { logGroupName: "/demo/app" }],
      ["DeleteLogGroupCommand", { logGroupName: "/demo/app" }],
    ]);
  });

  it("lists the groups of the stack's service and builds: every page, by tags", async () => {
    const group = (logGroupName: string) => ({ logGroupName });
    const arn = (name: string) => ARN.replace("/demo/app", name);
    const bearing = (name: string, fairlead: Record<string, string>) =>
      logs.on(ListTagsForResourceCommand, { resourceArn: arn(name) }).resolves({ tags: fairlead });
    // One search finds them wherever the stack's name stands in theirs, and what others have whose names contain it.
    logs
      .on(DescribeLogGroupsCommand, { logGroupNamePattern: "demo-test" })
      .resolves({ logGroups: ["/ecs/demo-test", "/ecs/demo-test-2"].map(group), nextToken: "more" });
    logs.on(DescribeLogGroupsCommand, { logGroupNamePattern: "demo-test", nextToken: "more" }).resolves({
      logGroups: ["/ecs/demo-test-old", "/ecs/demo-testing", "/other/demo-test", "/aws/codebuild/demo-test"].map(group),
    });
    bearing("/ecs/demo-test", tags);
    bearing("/ecs/demo-test-2", { ...tags, "fairlead:stack": "demo-test-2" });
    bearing("/ecs/demo-test-old", {});
    logs
      .on(ListTagsForResourceCommand, { resourceArn: arn("/aws/codebuild/demo-test") })
      .rejects(awsError("ResourceNotFoundException", "The specified resource does not exist."));
    expect(await LogGroup.list?.(mocked(), ["/aws/codebuild/demo-test"])).toEqual([
      { id: "/ecs/demo-test", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(logs.commandCalls(ListTagsForResourceCommand)).toHaveLength(4);
    // Its two pages here, and in the region of what is global.
    expect(logs.commandCalls(DescribeLogGroupsCommand)).toHaveLength(4);
  });

  it("lists a group that was created again without tags, with no owner, if the teardown deleted one with that name", async () => {
    const name = "/aws/codebuild/demo-test";
    logs
      .on(DescribeLogGroupsCommand, { logGroupNamePattern: "demo-test" })
      .resolves({ logGroups: [{ logGroupName: name }, { logGroupName: `${name}-2` }] });
    logs.on(ListTagsForResourceCommand).resolves({ tags: { team: "a" } });
    expect(await LogGroup.list?.(mocked(), [name])).toEqual([{ id: name, owner: undefined }]);
    expect(await LogGroup.list?.(mocked(), [])).toEqual([]);
    logs.on(ListTagsForResourceCommand).resolves({ tags: { "fairlead:stack": "other" } });
    expect(await LogGroup.list?.(mocked(), [name])).toEqual([]);
  });

  it("is observed by its name alone, whatever was declared", async () => {
    logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: "/demo/app" }] });
    logs.on(ListTagsForResourceCommand).resolves({});
    expect(await LogGroup.observe(mocked(), lookFor({}, "/demo/app"))).toMatchObject({
      id: "/demo/app",
      owner: undefined,
    });
  });
});
