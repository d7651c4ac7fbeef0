import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type SecurityGroup as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { SecurityGroup } from "../../../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../../../src/aws/ec2/security-group-rules.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec = { name: "demo-test-tasks", description: "Tasks", vpcId: "vpc-1", tags };
const observed = {
  id: "sg-1",
  spec,
  attrs: { groupId: "sg-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};

const listed = (GroupId: string, more: Partial<Listed> = {}): Listed => ({
  GroupId,
  GroupName: "demo-test-tasks",
  Description: "Tasks",
  VpcId: "vpc-1",
  Tags: OWNED,
  ...more,
});
const ofStack = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
const list = ["DescribeSecurityGroupsCommand", { Filters: ofStack }];
const byId = ["DescribeSecurityGroupsCommand", { GroupIds: ["sg-1"] }];
const inVpc = [
  { Name: "vpc-id", Values: ["vpc-1"] },
  { Name: "group-name", Values: ["demo-test-tasks"] },
];
const byNameInVpc = ["DescribeSecurityGroupsCommand", { Filters: inVpc }];
const create = [
  "CreateSecurityGroupCommand",
  {
    GroupName: "demo-test-tasks",
    Description: "Tasks",
    VpcId: "vpc-1",
    TagSpecifications: [{ ResourceType: "security-group", Tags: OWNED }],
  },
];
const remove = ["DeleteSecurityGroupCommand", { GroupId: "sg-1" }];
const NO_GROUP = ["InvalidGroup.NotFound", "InvalidSecurityGroupID.NotFound"];

describe("ec2/security-group", () => {
  it("creates with its tags, reports the id, and leaves the rules to their own resource", async () => {
    ec2.on(CreateSecurityGroupCommand).resolves({ GroupId: "sg-1" });
    const told: string[] = [];
    expect(await SecurityGroup.create(mocked(), spec, making(told))).toEqual({
      id: "sg-1",
      attrs: { groupId: "sg-1" },
    });
    expect(told).toEqual(["sg-1"]);
    expect(sent()).toEqual([create]);
  });

  it("fails where the id cannot be written", async () => {
    const created = () => Promise.reject(new Error("disk full"));
    await expect(SecurityGroup.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([create]);
  });

  it("asks again while AWS does not see the VPC yet", async () => {
    ec2
      .on(CreateSecurityGroupCommand)
      .rejectsOnce(awsError("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"))
      .resolves({ GroupId: "sg-1" });
    await SecurityGroup.create(mocked(), spec, making());
    expect(sent()).toEqual([create, create]);
  });

  it("never repeats a create whose response was lost, and throws where the name is taken", async () => {
    ec2.on(CreateSecurityGroupCommand).rejects(awsError("InternalError", "injected", 500));
    const told: string[] = [];
    await expect(SecurityGroup.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    const duplicate = awsError("InvalidGroup.Duplicate", "The security group 'demo-test-tasks' already exists");
    ec2.on(CreateSecurityGroupCommand).rejects(duplicate);
    await expect(SecurityGroup.create(mocked(), spec, making(told))).rejects.toBe(duplicate);
    expect(told).toEqual([]);
  });

  it("observes every page of the stack's groups, in the desired spelling", async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [listed("sg-0", { Tags: [] })], NextToken: "page-2" })
      .resolves({ SecurityGroups: [listed("sg-1")] });
    expect(await SecurityGroup.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([list, ["DescribeSecurityGroupsCommand", { Filters: ofStack, NextToken: "page-2" }]]);
  });

  it("reads groups once for themselves and for their rules", async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [listed("sg-1")] });
    ec2.on(DescribeSecurityGroupsCommand, { GroupIds: ["sg-7"] }).resolves({ SecurityGroups: [listed("sg-7")] });
    const look = lookFor(spec, "sg-1");
    const rules = { ...lookFor({ groupId: "sg-1", ingress: [], egress: [] }), snapshot: look.snapshot };
    await Promise.all([
      SecurityGroup.observe(mocked(), look),
      SecurityGroupRules.observe(mocked(), rules),
      SecurityGroup.observe(mocked(), { ...look, knownId: "sg-7" }),
      SecurityGroupRules.observe(mocked(), { ...rules, knownId: "sg-7" }),
    ]);
    expect(sent()).toEqual([list, ["DescribeSecurityGroupsCommand", { GroupIds: ["sg-7"] }]]);
  });

  it("prefers the recorded id to the owner tags, even if its tags were removed", async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [listed("sg-9"), listed("sg-1")] });
    expect((await SecurityGroup.observe(mocked(), lookFor(spec, "sg-1")))?.id).toBe("sg-1");
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [listed("sg-9")] });
    ec2
      .on(DescribeSecurityGroupsCommand, { GroupIds: ["sg-1"] })
      .resolves({ SecurityGroups: [listed("sg-1", { Tags: [] })] });
    expect(await SecurityGroup.observe(mocked(), lookFor(spec, "sg-1"))).toEqual({
      ...observed,
      spec: { ...spec, tags: {} },
      owner: undefined,
    });
  });

  it.each(NO_GROUP)("is absent if the recorded id returns %s and there is nothing else to search by", async (code) => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [listed("sg-0"), listed("sg-8", { Tags: [] })] });
    ec2.on(DescribeSecurityGroupsCommand, { Filters: inVpc }).resolves({ SecurityGroups: [] });
    ec2.on(DescribeSecurityGroupsCommand, { GroupIds: ["sg-1"] }).rejects(awsError(code, "does not exist"));
    const look = { ...lookFor(spec, "sg-1"), excludeIds: ["sg-0"] };
    expect(await SecurityGroup.observe(mocked(), look)).toBeUndefined();
    expect(sent()).toEqual([list, byId, byNameInVpc]);
  });

  it("is absent where the list is empty", async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    expect(await SecurityGroup.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(sent()).toEqual([list, byNameInVpc]);
  });

  it("is found by its name in the VPC, whoever created it: AWS would refuse a second one", async () => {
    const theirs = listed("sg-9", { Tags: [], Description: "made by hand" });
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    ec2.on(DescribeSecurityGroupsCommand, { Filters: inVpc }).resolves({ SecurityGroups: [theirs] });
    expect(await SecurityGroup.observe(mocked(), lookFor(spec))).toMatchObject({ id: "sg-9", owner: undefined });
  });

  it("asks for no namesake in a VPC that is yet to be made", async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    const { vpcId: _vpcId, ...rest } = spec;
    expect(await SecurityGroup.observe(mocked(), lookFor(rest))).toBeUndefined();
    expect(sent()).toEqual([list]);
  });

  it("lists every page of what the stack owns, and nothing of another's", async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [listed("sg-1"), listed("sg-8", { Tags: FOREIGN })], NextToken: "page-2" })
      .resolves({ SecurityGroups: [listed("sg-2")] });
    const { owner } = observed;
    expect(await SecurityGroup.list?.(mocked(), [])).toEqual([
      { id: "sg-1", owner },
      { id: "sg-2", owner },
    ]);
    expect(sent()).toEqual([list, ["DescribeSecurityGroupsCommand", { Filters: ofStack, NextToken: "page-2" }]]);
  });

  it("updates its tags and nothing else", async () => {
    const named = { ...observed, spec: { ...spec, tags: { ...tags, Name: "old", Team: "a" } } };
    await SecurityGroup.update(mocked(), named, { ...spec, tags: { ...tags, Name: "new" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["CreateTagsCommand", { Resources: ["sg-1"], Tags: [{ Key: "Name", Value: "new" }] }],
      ["DeleteTagsCommand", { Resources: ["sg-1"], Tags: [{ Key: "Team" }] }],
    ]);
  });

  it.each(NO_GROUP)("deletes once nothing uses it, and counts %s as deleted", async (code) => {
    const inUse = awsError("DependencyViolation", "resource sg-1 has a dependent object");
    ec2.on(DeleteSecurityGroupCommand).rejectsOnce(inUse).rejectsOnce(inUse).rejects(awsError(code, "gone"));
    await expect(SecurityGroup.delete(mocked(), observed)).resolves.toBeUndefined();
    const look = ["DescribeNetworkInterfacesCommand", { Filters: [{ Name: "group-id", Values: ["sg-1"] }] }];
    // Where no interface is in it, a rule of another group may name it.
    const rules = ["ip-permission.group-id", "egress.ip-permission.group-id"].map((Name) => [
      "DescribeSecurityGroupsCommand",
      { Filters: [{ Name, Values: ["sg-1"] }] },
    ]);
    expect(sent()).toEqual([remove, look, ...rules, remove, remove]);
    ec2.reset();
    ec2
      .on(DeleteSecurityGroupCommand)
      .rejectsOnce(awsError("InvalidGroup.InUse", "There are active instances using security group"))
      .resolves({});
    await SecurityGroup.delete(mocked(), observed);
    expect(ec2.commandCalls(DeleteSecurityGroupCommand)).toHaveLength(2);
    ec2.reset();
    ec2.on(DeleteSecurityGroupCommand).rejects(awsError("CannotDelete", "the specified group cannot be deleted"));
    await expect(SecurityGroup.delete(mocked(), observed)).rejects.toThrow("cannot be deleted");
  });
});
