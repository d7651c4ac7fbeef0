import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  type Subnet as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Subnet } from "../../../../src/aws/ec2/subnet.ts";
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
const spec = { vpcId: "vpc-1", cidr: "10.0.1.0/24", zone: "ap-northeast-1a", mapPublicIp: true, tags };
const observed = {
  id: "subnet-1",
  spec,
  attrs: { subnetId: "subnet-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};

const listed = (SubnetId: string, more: Partial<Listed> = {}): Listed => ({
  SubnetId,
  VpcId: "vpc-1",
  CidrBlock: "10.0.1.0/24",
  AvailabilityZone: "ap-northeast-1a",
  MapPublicIpOnLaunch: true,
  State: "available",
  Tags: OWNED,
  ...more,
});
const ofStack = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
const createInput = {
  VpcId: "vpc-1",
  CidrBlock: "10.0.1.0/24",
  AvailabilityZone: "ap-northeast-1a",
  TagSpecifications: [{ ResourceType: "subnet", Tags: OWNED }],
};
const notFound = awsError("InvalidSubnetID.NotFound", "The subnet ID 'subnet-1' does not exist");

describe("ec2/subnet", () => {
  it("creates with its tags, reports the id, and only then turns public addresses on", async () => {
    ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: "subnet-1" } });
    const told: unknown[] = [];
    const created = async (id: string) => void told.push([id, sent().length]);
    expect(await Subnet.create(mocked(), spec, { ...making(), created })).toEqual({
      id: "subnet-1",
      attrs: { subnetId: "subnet-1" },
    });
    expect(told).toEqual([["subnet-1", 1]]);
    expect(sent()).toEqual([
      ["CreateSubnetCommand", createInput],
      ["ModifySubnetAttributeCommand", { SubnetId: "subnet-1", MapPublicIpOnLaunch: { Value: true } }],
    ]);
  });

  it("creates a private subnet in one call", async () => {
    ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: "subnet-1" } });
    await Subnet.create(mocked(), { ...spec, mapPublicIp: false }, making());
    expect(sent()).toEqual([["CreateSubnetCommand", createInput]]);
  });

  it("goes no further where the id cannot be written", async () => {
    ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: "subnet-1" } });
    const created = () => Promise.reject(new Error("disk full"));
    await expect(Subnet.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([["CreateSubnetCommand", createInput]]);
  });

  it("asks again while AWS does not see the VPC, and then the subnet, yet", async () => {
    ec2
      .on(CreateSubnetCommand)
      .rejectsOnce(awsError("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"))
      .resolves({ Subnet: { SubnetId: "subnet-1" } });
    ec2.on(ModifySubnetAttributeCommand).rejectsOnce(notFound).rejectsOnce(notFound).resolves({});
    await Subnet.create(mocked(), spec, making());
    expect(ec2.commandCalls(CreateSubnetCommand)).toHaveLength(2);
    expect(ec2.commandCalls(ModifySubnetAttributeCommand)).toHaveLength(3);
  });

  it("never repeats a create whose response was lost, and throws a refusal as it is", async () => {
    ec2.on(CreateSubnetCommand).rejects(awsError("InternalError", "injected", 500));
    const told: string[] = [];
    await expect(Subnet.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([["CreateSubnetCommand", createInput]]);
    expect(told).toEqual([]);
    const conflict = awsError("InvalidSubnet.Conflict", "The CIDR '10.0.1.0/24' conflicts with another subnet");
    ec2.on(CreateSubnetCommand).rejects(conflict);
    await expect(Subnet.create(mocked(), spec, making(told))).rejects.toBe(conflict);
  });

  it("observes every page of the stack's subnets, in the desired spelling", async () => {
    ec2
      .on(DescribeSubnetsCommand)
      .resolvesOnce({ Subnets: [listed("subnet-0", { Tags: [] })], NextToken: "page-2" })
      .resolves({ Subnets: [listed("subnet-1")] });
    expect(await Subnet.observe(mocked(), lookFor(spec))).toEqual({ ...observed, status: "available" });
    expect(sent()).toEqual([
      ["DescribeSubnetsCommand", { Filters: ofStack }],
      ["DescribeSubnetsCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("is not ready while pending, and has no public addresses where AWS does not say", async () => {
    const { MapPublicIpOnLaunch: _, ...pending } = listed("subnet-1", { State: "pending" });
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [pending] });
    expect(await Subnet.observe(mocked(), lookFor(spec))).toEqual({
      ...observed,
      spec: { ...spec, mapPublicIp: false },
      ready: false,
      status: "pending",
    });
  });

  it("prefers the recorded id to the owner tags, even if its tags were removed", async () => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [listed("subnet-9"), listed("subnet-1")] });
    expect((await Subnet.observe(mocked(), lookFor(spec, "subnet-1")))?.id).toBe("subnet-1");
    ec2.on(DescribeSubnetsCommand, { Filters: ofStack }).resolves({ Subnets: [listed("subnet-9")] });
    ec2
      .on(DescribeSubnetsCommand, { SubnetIds: ["subnet-1"] })
      .resolves({ Subnets: [listed("subnet-1", { Tags: [] })] });
    expect(await Subnet.observe(mocked(), lookFor(spec, "subnet-1"))).toMatchObject({
      id: "subnet-1",
      owner: undefined,
      spec: { tags: {} },
    });
  });

  it("is absent where the list is empty, another's or of an earlier generation, and the known id is gone", async () => {
    const look = { ...lookFor(spec, "subnet-1"), excludeIds: ["subnet-0"] };
    const another = [{ Key: "fairlead:stack", Value: "demo-test" }];
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [listed("subnet-0"), listed("subnet-8", { Tags: another })] });
    ec2.on(DescribeSubnetsCommand, { SubnetIds: ["subnet-1"] }).rejects(notFound);
    expect(await Subnet.observe(mocked(), look)).toBeUndefined();
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] });
    ec2.on(DescribeSubnetsCommand, { SubnetIds: ["subnet-1"] }).rejects(notFound);
    expect(await Subnet.observe(mocked(), lookFor(spec, "subnet-1"))).toBeUndefined();
    expect(await Subnet.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("lists every page of what the stack owns, and nothing of another's", async () => {
    ec2
      .on(DescribeSubnetsCommand)
      .resolvesOnce({ Subnets: [listed("subnet-1"), listed("subnet-8", { Tags: FOREIGN })], NextToken: "page-2" })
      .resolves({ Subnets: [listed("subnet-2"), listed("subnet-9", { Tags: [] })] });
    const { owner } = observed;
    expect(await Subnet.list?.(mocked(), [])).toEqual([
      { id: "subnet-1", owner },
      { id: "subnet-2", owner },
    ]);
    expect(sent()).toEqual([
      ["DescribeSubnetsCommand", { Filters: ofStack }],
      ["DescribeSubnetsCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("updates public addresses and tags, each only where it differs", async () => {
    await Subnet.update(mocked(), observed, { ...spec, mapPublicIp: false }, new Set(["mapPublicIp"]));
    expect(sent()).toEqual([
      ["ModifySubnetAttributeCommand", { SubnetId: "subnet-1", MapPublicIpOnLaunch: { Value: false } }],
    ]);
    ec2.resetHistory();
    const renamed = { ...observed, spec: { ...spec, tags: { ...tags, Name: "old", Team: "a" } } };
    await Subnet.update(mocked(), renamed, { ...spec, tags: { ...tags, Name: "new" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["CreateTagsCommand", { Resources: ["subnet-1"], Tags: [{ Key: "Name", Value: "new" }] }],
      ["DeleteTagsCommand", { Resources: ["subnet-1"], Tags: [{ Key: "Team" }] }],
    ]);
  });

  it("deletes once lingering network interfaces are gone, and counts one that is gone already as deleted", async () => {
    const inUse = awsError("DependencyViolation", "The subnet 'subnet-1' has dependencies and cannot be deleted.");
    ec2.on(DeleteSubnetCommand).rejectsOnce(inUse).rejectsOnce(inUse).rejects(notFound);
    await expect(Subnet.delete(mocked(), observed)).resolves.toBeUndefined();
    const call = ["DeleteSubnetCommand", { SubnetId: "subnet-1" }];
    const look = ["DescribeNetworkInterfacesCommand", { Filters: [{ Name: "subnet-id", Values: ["subnet-1"] }] }];
    expect(sent()).toEqual([call, look, call, call]);
    ec2.reset();
    ec2.on(DeleteSubnetCommand).rejects(awsError("UnauthorizedOperation", "You are not authorized"));
    await expect(Subnet.delete(mocked(), observed)).rejects.toThrow("You are not authorized");
    expect(sent()).toEqual([call]);
  });
});
