import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Vpc } from "../../../../src/aws/ec2/vpc.ts";
import { UncertainAnswer } from "../../../../src/engine/kind.ts";
import { lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset());
const tags = { "fairlead:stack": "demo-test", "fairlead:id": "network/it" };
const spec = { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, tags };

describe("ec2/vpc", () => {
  it("creates with its tags, tells the id, and only then turns DNS hostnames on", async () => {
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

  it("never repeats a create whose answer was lost", async () => {
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

  it("counts a VPC that is gone already as deleted", async () => {
    ec2
      .on(DeleteVpcCommand)
      .rejects(Object.assign(new Error("The vpc ID 'vpc-1' does not exist"), { name: "InvalidVpcID.NotFound" }));
    const gone = { id: "vpc-1", spec: {}, attrs: { vpcId: "vpc-1" }, owner: undefined, ready: true };
    await expect(Vpc.delete(mocked(), gone)).resolves.toBeUndefined();
  });
});
