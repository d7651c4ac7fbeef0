import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { TargetGroup, type TargetGroupSpec } from "../../../../src/aws/elb/target-group.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => elb.reset());
const sent = () => elb.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec: TargetGroupSpec = {
  name: "web",
  vpcId: "vpc-1",
  protocol: "HTTP",
  port: 8080,
  targetType: "ip",
  healthCheck: {
    path: "/ready",
    matcher: "200-299",
    interval: 20,
    timeout: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
  },
  attributes: { "deregistration_delay.timeout_seconds": "5", "stickiness.enabled": "false" },
  tags,
};
const healthCheck = {
  HealthCheckPath: "/ready",
  Matcher: { HttpCode: "200-299" },
  HealthCheckIntervalSeconds: 20,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 3,
};
const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/0123456789abcdef";
const attrs = { arn: ARN, name: "web", fullName: "targetgroup/web/0123456789abcdef" };
const group = {
  TargetGroupArn: ARN,
  TargetGroupName: "web",
  VpcId: "vpc-1",
  Protocol: "HTTP" as const,
  Port: 8080,
  TargetType: "ip" as const,
  ...healthCheck,
};
const observed = { id: ARN, spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const input = { Name: "web", VpcId: "vpc-1", Protocol: "HTTP", Port: 8080, TargetType: "ip", ...healthCheck };
const delay = (Value: string) => ({ Key: "deregistration_delay.timeout_seconds", Value });
const notFound = () => awsError("TargetGroupNotFoundException", "One or more target groups not found");

function thereIs() {
  elb.on(DescribeTargetGroupsCommand).rejects(notFound());
  elb.on(DescribeTargetGroupsCommand, { TargetGroupArns: [ARN] }).resolves({ TargetGroups: [group] });
  elb.on(DescribeTargetGroupAttributesCommand).resolves({ Attributes: [delay("5")] });
  elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: ARN, Tags: OWNED }] });
}

describe("elb/target-group", () => {
  it("creates with health check and tags, reports the ARN, and only then writes what is not AWS's default", async () => {
    const told: string[] = [];
    let before: string[] = [];
    elb.on(CreateTargetGroupCommand).resolves({ TargetGroups: [group] });
    elb.on(ModifyTargetGroupAttributesCommand).callsFake(() => void (before = [...told]));
    expect(await TargetGroup.create(mocked(), spec, making(told))).toEqual({ id: ARN, attrs });
    expect(before).toEqual([ARN]);
    expect(sent()).toEqual([
      ["CreateTargetGroupCommand", { ...input, Tags: OWNED }],
      ["ModifyTargetGroupAttributesCommand", { TargetGroupArn: ARN, Attributes: [delay("5")] }],
    ]);
  });

  it("asks again while ELB does not see a VPC that was just made", async () => {
    elb
      .on(CreateTargetGroupCommand)
      .rejectsOnce(awsError("ValidationError", "The VPC ID 'vpc-1' is not found"))
      .resolves({ TargetGroups: [group] });
    expect(await TargetGroup.create(mocked(), { ...spec, attributes: {} }, making())).toEqual({ id: ARN, attrs });
    const create = ["CreateTargetGroupCommand", { ...input, Tags: OWNED }];
    expect(sent()).toEqual([create, create]);
  });

  it("sets its attributes again while ELB does not see the group that was just made", async () => {
    elb.on(CreateTargetGroupCommand).resolves({ TargetGroups: [group] });
    elb
      .on(ModifyTargetGroupAttributesCommand)
      .rejectsOnce(awsError("TargetGroupNotFoundException", "One or more target groups not found"))
      .resolves({});
    expect(await TargetGroup.create(mocked(), spec, making())).toEqual({ id: ARN, attrs });
    expect(elb.commandCalls(ModifyTargetGroupAttributesCommand)).toHaveLength(2);
  });

  it("takes any other validation error for the refusal that it is", async () => {
    elb.on(CreateTargetGroupCommand).rejects(awsError("ValidationError", "Port '0' must be between 1 and 65535"));
    await expect(TargetGroup.create(mocked(), spec, making())).rejects.toThrow("Port '0' must be between 1 and 65535");
    expect(elb.calls()).toHaveLength(1);
  });

  it("never repeats a create whose response was lost, and reports no id", async () => {
    const told: string[] = [];
    elb.on(CreateTargetGroupCommand).rejects(awsError("InternalError", "injected", 500));
    await expect(TargetGroup.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(elb.commandCalls(CreateTargetGroupCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("observes by its recorded ARN, with AWS's default for every attribute that AWS does not return", async () => {
    thereIs();
    const found = await TargetGroup.observe(mocked(), lookFor({ name: "other" }, ARN));
    expect(found).toMatchObject(observed);
    expect(found?.spec.attributes).toMatchObject({
      "deregistration_delay.timeout_seconds": "5",
      "slow_start.duration_seconds": "0",
      "stickiness.type": "lb_cookie",
    });
    expect(elb.commandCalls(DescribeTargetGroupsCommand).map(({ args }) => args[0].input)).toEqual([
      { TargetGroupArns: [ARN] },
    ]);
  });

  it("finds by name where no ARN is known or the known one is gone, and says whose it is", async () => {
    thereIs();
    elb.on(DescribeTargetGroupsCommand, { TargetGroupArns: [`${ARN}0`] }).rejects(notFound());
    elb.on(DescribeTargetGroupsCommand, { Names: ["web"] }).resolves({ TargetGroups: [group] });
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: ARN, Tags: [] }] });
    const answer = { id: ARN, owner: undefined, ready: true, spec: { tags: {} } };
    expect(await TargetGroup.observe(mocked(), lookFor({ name: "web" }))).toMatchObject(answer);
    expect(await TargetGroup.observe(mocked(), lookFor({ name: "web" }, `${ARN}0`))).toMatchObject(answer);
  });

  it("answers absence as undefined: not found, an empty list, gone between two reads, a name not known yet", async () => {
    thereIs();
    expect(await TargetGroup.observe(mocked(), lookFor({ name: "web" }))).toBeUndefined();
    elb.on(DescribeTargetGroupAttributesCommand).rejects(notFound());
    expect(await TargetGroup.observe(mocked(), lookFor(spec, ARN))).toBeUndefined();
    elb.on(DescribeTargetGroupsCommand, { Names: ["web"] }).resolves({ TargetGroups: [] });
    expect(await TargetGroup.observe(mocked(), lookFor({ name: "web" }))).toBeUndefined();
    elb.resetHistory();
    expect(await TargetGroup.observe(mocked(), lookFor<TargetGroupSpec>({}))).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  it("asks for all recorded groups in one call, and for each alone where one is gone or denied", async () => {
    const arns = [`${ARN}2`, ARN, `${ARN}1`];
    thereIs();
    const snapshot = new Snapshot();
    const look = (arn: string) => ({ ...lookFor<TargetGroupSpec>({}, arn), snapshot });
    const denied = awsError("AccessDenied", "not authorized", 403);
    elb.on(DescribeTargetGroupsCommand, { TargetGroupArns: [`${ARN}2`] }).rejects(denied);
    const seen = await Promise.allSettled(arns.map((arn) => TargetGroup.observe(mocked(), look(arn))));
    expect(seen).toMatchObject([
      { status: "rejected", reason: denied },
      { status: "fulfilled", value: { id: ARN } },
      { status: "fulfilled", value: undefined },
    ]);
    expect(elb.commandCalls(DescribeTargetGroupsCommand).map(({ args }) => args[0].input.TargetGroupArns)).toEqual([
      [ARN, `${ARN}1`, `${ARN}2`],
      [ARN],
      [`${ARN}1`],
      [`${ARN}2`],
    ]);
  });

  it("lists every page of what the stack owns, with twenty groups' tags a call, and leaves out what went meanwhile", async () => {
    const listed = (n: number) => ({ TargetGroupName: `demo-test-${n}`, TargetGroupArn: `arn:${n + 100}` });
    elb
      .on(DescribeTargetGroupsCommand)
      .resolvesOnce({ TargetGroups: [{ TargetGroupName: "demo", TargetGroupArn: "arn:0" }], NextMarker: "page-2" })
      .resolves({ TargetGroups: Array.from({ length: 21 }, (_, n) => listed(n + 1)) });
    elb.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => {
      if (ResourceArns.includes("arn:121")) throw notFound();
      return {
        TagDescriptions: ResourceArns.map((ResourceArn) => ({
          ResourceArn,
          Tags: ["arn:101", "arn:102"].includes(ResourceArn) ? OWNED : FOREIGN,
        })),
      };
    });
    const { owner } = observed;
    expect(await TargetGroup.list?.(mocked(), [])).toEqual([
      { id: "arn:101", owner },
      { id: "arn:102", owner },
    ]);
    expect(sent().slice(0, 2)).toEqual([
      ["DescribeTargetGroupsCommand", {}],
      ["DescribeTargetGroupsCommand", { Marker: "page-2" }],
    ]);
    expect(elb.commandCalls(DescribeTagsCommand).map(({ args }) => args[0].input.ResourceArns?.length)).toEqual([
      20, 1,
    ]);
  });

  it("throws what is no absence", async () => {
    elb.on(DescribeTargetGroupsCommand).rejects(awsError("AccessDenied", "not authorized", 403));
    await expect(TargetGroup.observe(mocked(), lookFor({ name: "web" }))).rejects.toThrow("not authorized");
  });

  it("updates each field by its own call, and puts an attribute that is desired no more back to AWS's default", async () => {
    elb.onAnyCommand().resolves({});
    const changed = { ...spec.healthCheck, path: "/" };
    await TargetGroup.update(mocked(), observed, { ...spec, healthCheck: changed }, new Set(["healthCheck"]));
    const attributes = { "stickiness.enabled": "true" };
    await TargetGroup.update(mocked(), observed, { ...spec, attributes }, new Set(["attributes"]));
    const other = { ...tags, "fairlead:id": "network/other" };
    const labelled = { ...observed, spec: { ...spec, tags: { ...tags, "fairlead:old": "x" } } };
    await TargetGroup.update(mocked(), labelled, { ...spec, tags: other }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["ModifyTargetGroupCommand", { TargetGroupArn: ARN, ...healthCheck, HealthCheckPath: "/" }],
      [
        "ModifyTargetGroupAttributesCommand",
        { TargetGroupArn: ARN, Attributes: [delay("300"), { Key: "stickiness.enabled", Value: "true" }] },
      ],
      ["AddTagsCommand", { ResourceArns: [ARN], Tags: [{ Key: "fairlead:id", Value: "network/other" }] }],
      ["RemoveTagsCommand", { ResourceArns: [ARN], TagKeys: ["fairlead:old"] }],
    ]);
  });

  it("deletes once its listeners have let go of it, and counts one that is gone already as deleted", async () => {
    const inUse = awsError(
      "ResourceInUseException",
      `Target group '${ARN}' is currently in use by a listener or a rule`,
    );
    elb.on(DeleteTargetGroupCommand).rejectsOnce(inUse).resolvesOnce({}).rejects(notFound());
    const call = ["DeleteTargetGroupCommand", { TargetGroupArn: ARN }];
    await expect(TargetGroup.delete(mocked(), observed)).resolves.toBeUndefined();
    const look = ["DescribeTargetGroupsCommand", { TargetGroupArns: [ARN] }];
    expect(sent()).toEqual([call, look, call]);
    await expect(TargetGroup.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([call, look, call, call]);
  });
});
