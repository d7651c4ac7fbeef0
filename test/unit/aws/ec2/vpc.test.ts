import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Vpc } from "../../../../src/aws/ec2/vpc.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { FOREIGN, lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset());
const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec = { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, tags };

describe("ec2/vpc", () => {
  it("creates with its tags, reports the id, and only then turns DNS hostnames on", async () => {
    ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: "vpc-1" } });
    ec2.on(ModifyVpcAttributeCommand).resolves({});
    const told: string[] = [];
    expect(await Vpc.create(mocked(), spec, making(told))).toEqual({ id: "vpc-1", attrs: { vpcId: "vpc-1" } });
    expect(told).toEqual(["vpc-1"]);
    expect(ec2.calls().map((call) => call.args[0].input)).toEqual([
      { CidrBlock: "10.0.0.0/16", TagSpecifications: [{ ResourceType: "vpc", Tags: OWNED }] },
      { VpcId: "vpc-1", EnableDnsHostnames: { Value: true } },
    ]);
  });

  it("never repeats a create whose response was lost", async () => {
    ec2
      .on(CreateVpcCommand)
      .rejects(Object.assign(new Error("injected"), { name: "InternalError", $metadata: { httpStatusCode: 500 } }));
    await expect(Vpc.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ec2.commandCalls(CreateVpcCommand)).toHaveLength(1);
  });

  it("finds a VPC whose tags were taken off by its known id", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
    ec2
      .on(DescribeVpcsCommand, { VpcIds: ["vpc-1"] })
      .resolves({ Vpcs: [{ VpcId: "vpc-1", CidrBlock: "10.0.0.0/16", State: "available" }] });
    ec2
      .on(DescribeVpcAttributeCommand)
      .resolves({ EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } });
    expect(await Vpc.observe(mocked(), lookFor(spec, "vpc-1"))).toMatchObject({
      id: "vpc-1",
      owner: undefined,
      ready: true,
    });
  });

  it("lists every page of what the stack owns, and nothing of another's", async () => {
    const listed = (VpcId: string, Tags = OWNED) => ({ VpcId, Tags });
    ec2
      .on(DescribeVpcsCommand)
      .resolvesOnce({ Vpcs: [listed("vpc-1"), listed("vpc-8", FOREIGN)], NextToken: "page-2" })
      .resolves({ Vpcs: [listed("vpc-2")] });
    const owner = "demo/test/ap-northeast-1:network/it";
    expect(await Vpc.list?.(mocked(), [])).toEqual([
      { id: "vpc-1", owner },
      { id: "vpc-2", owner },
    ]);
    const Filters = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
    expect(ec2.calls().map((call) => call.args[0].input)).toEqual([{ Filters }, { Filters, NextToken: "page-2" }]);
  });

  it("says what is in a VPC that is not Fairlead's instead of waiting for it", async () => {
    ec2
      .on(DeleteVpcCommand)
      .rejects(Object.assign(new Error("The vpc 'vpc-1' has dependencies"), { name: "DependencyViolation" }));
    ec2
      .on(DescribeNetworkInterfacesCommand, { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }] })
      .resolves({ NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", Attachment: { InstanceId: "i-1" } }] });
    const there = { id: "vpc-1", spec: {}, attrs: { vpcId: "vpc-1" }, owner: undefined, ready: true };
    await expect(Vpc.delete(mocked(), there)).rejects.toThrow(
      "VPC vpc-1 cannot be deleted: network interface eni-1 attached to i-1, not created by Fairlead, is in it.",
    );
    expect(ec2.commandCalls(DeleteVpcCommand).length).toBeLessThan(20);
  });

  it("counts a VPC that is gone already as deleted", async () => {
    ec2
      .on(DeleteVpcCommand)
      .rejects(Object.assign(new Error("The vpc ID 'vpc-1' does not exist"), { name: "InvalidVpcID.NotFound" }));
    const gone = { id: "vpc-1", spec: {}, attrs: { vpcId: "vpc-1" }, owner: undefined, ready: true };
    await expect(Vpc.delete(mocked(), gone)).resolves.toBeUndefined();
  });
});
