import {
  DeleteNetworkInterfaceCommand,
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { inUse, type Held } from "../../../../src/aws/ec2/interfaces.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);

const refused = awsError("DependencyViolation", "The subnet 'subnet-1' has dependencies and cannot be deleted.");
const remove = ["DeleteSubnetCommand", { SubnetId: "subnet-1" }];
const look = ["DescribeNetworkInterfacesCommand", { Filters: [{ Name: "subnet-id", Values: ["subnet-1"] }] }];
const clear = (NetworkInterfaceId: string) => ["DeleteNetworkInterfaceCommand", { NetworkInterfaceId }];

const there = (...NetworkInterfaces: NetworkInterface[]) =>
  ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces });
/** Refused `times`, and then done. */
const refusing = (times: number) => {
  const deleting = ec2.on(DeleteSubnetCommand);
  for (let n = 0; n < times; n++) deleting.rejectsOnce(refused);
  deleting.resolves({});
};
const deleteSubnet = (held: Partial<Held> = {}) => {
  const aws = mocked();
  const notYet = inUse(aws, { filter: "subnet-id", id: "subnet-1", ...held });
  return aws.ec2(new DeleteSubnetCommand({ SubnetId: "subnet-1" }), { notYet });
};

const TASK = "arn:aws:ecs:ap-northeast-1:123456789012:attachment/665d4fbe-1dd1-426e-9f20-b8af371fcf97";
const balancer: NetworkInterface = {
  NetworkInterfaceId: "eni-1",
  Description: "ELB app/demo-test/0123456789abcdef",
  InterfaceType: "interface",
  RequesterId: "amazon-elb",
  RequesterManaged: true,
  Status: "in-use",
  Attachment: { Status: "attached" },
};
const task: NetworkInterface = { ...balancer, NetworkInterfaceId: "eni-2", Description: TASK, RequesterId: "7278" };
const managed = { RequesterManaged: true, Status: "in-use" as const };
const instance: NetworkInterface = {
  NetworkInterfaceId: "eni-3",
  Description: "my machine",
  InterfaceType: "interface",
  RequesterManaged: false,
  Status: "in-use",
  Attachment: { InstanceId: "i-3" },
};

describe("what stands in the way of a delete", () => {
  it("is not looked for where nothing does", async () => {
    await deleteSubnet();
    expect(sent()).toEqual([remove]);
  });

  it.each([
    ["a load balancer", balancer],
    ["a load balancer of connections", { ...balancer, RequesterId: "7278", InterfaceType: "network_load_balancer" }],
    ["a classic load balancer", { ...balancer, Description: "ELB demo-test", RequesterId: "7278" }],
    ["a task", task],
    ["a task in another partition", { ...task, Description: TASK.replace("aws", "aws-cn") }],
    ["a NAT gateway", { ...task, Description: "Interface for NAT Gateway nat-1" }],
    ["a NAT gateway by its type", { ...task, Description: "", InterfaceType: "natGateway" }],
    ["an endpoint", { ...task, Description: "VPC Endpoint Interface vpce-1" }],
    ["an endpoint by its type", { ...task, Description: "", InterfaceType: "vpc_endpoint" }],
  ] as [string, NetworkInterface][])("is waited for where it is the interface of %s", async (_, one) => {
    there(one);
    refusing(3);
    await deleteSubnet();
    expect(sent()).toEqual([remove, look, remove, remove, remove]);
  });

  it("is deleted where a load balancer or a task left it behind, attached to nothing", async () => {
    there(
      { ...balancer, Status: "available" },
      { ...task, Status: "available" },
      { ...task, NetworkInterfaceId: "eni-4" },
      { ...task, NetworkInterfaceId: "eni-5", Status: "available", Description: "Interface for NAT Gateway nat-1" },
    );
    refusing(1);
    await deleteSubnet();
    expect(sent()).toEqual([remove, look, clear("eni-1"), clear("eni-2"), remove]);
  });

  it("may be gone, or attached again, by the time that it is to be deleted", async () => {
    there({ ...balancer, Status: "available" }, { ...task, Status: "available" });
    const attached = awsError("InvalidParameterValue", "Network interface 'eni-2' is currently in use.");
    ec2
      .on(DeleteNetworkInterfaceCommand, { NetworkInterfaceId: "eni-1" })
      .rejects(awsError("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-1' does not exist"));
    ec2.on(DeleteNetworkInterfaceCommand, { NetworkInterfaceId: "eni-2" }).rejects(attached);
    refusing(1);
    await deleteSubnet();
    expect(sent()).toEqual([remove, look, clear("eni-1"), clear("eni-2"), remove]);
  });

  it.each([
    ["UnauthorizedOperation", "You are not authorized to perform: ec2:DeleteNetworkInterface"],
    ["InvalidParameterValue", "Value (eni-1) for parameter networkInterfaceId is invalid."],
  ])("ends the delete where it may not be deleted (%s)", async (code, message) => {
    there({ ...balancer, Status: "available" });
    ec2.on(DeleteNetworkInterfaceCommand).rejects(awsError(code, message));
    refusing(1);
    await expect(deleteSubnet()).rejects.toThrow(message);
    expect(ec2.commandCalls(DeleteSubnetCommand)).toHaveLength(1);
  });

  it("is told at once where it is somebody else's, found on any page, and nothing is deleted then", async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolvesOnce({ NetworkInterfaces: [balancer, { ...task, Status: "available" }], NextToken: "page-2" })
      .resolves({ NetworkInterfaces: [instance] });
    refusing(1);
    await expect(deleteSubnet()).rejects.toThrow(
      `subnet-1 cannot be deleted: eni-3 ("my machine", attached to i-3) is in it and is not Fairlead's. Delete it or move it away, then run again.`,
    );
    const page2 = [look[0], { Filters: [{ Name: "subnet-id", Values: ["subnet-1"] }], NextToken: "page-2" }];
    expect(sent()).toEqual([remove, look, page2]);
  });

  it("is told by whatever tells whose it is", async () => {
    there(
      // Services of AWS made these, but what they belong to is nothing that Fairlead deletes.
      { NetworkInterfaceId: "eni-1", Description: "RDSNetworkInterface", RequesterId: "amazon-rds", ...managed },
      { NetworkInterfaceId: "eni-2", Description: "AWS Lambda VPC ENI-fn", InterfaceType: "lambda", ...managed },
      // Anybody may write what AWS writes.
      { NetworkInterfaceId: "eni-3", Description: "ELB app/theirs/1", Status: "available", RequesterManaged: false },
      { NetworkInterfaceId: "eni-4", Description: "", Attachment: { InstanceId: "i-4" }, RequesterId: "AIDA1" },
      { NetworkInterfaceId: "eni-5" },
    );
    refusing(1);
    await expect(deleteSubnet()).rejects.toThrow(
      [
        `subnet-1 cannot be deleted: eni-1 ("RDSNetworkInterface", made by amazon-rds), eni-2 ("AWS Lambda VPC ENI-fn")`,
        `, eni-3 ("ELB app/theirs/1", attached to nothing), eni-4 (attached to i-4) and eni-5 are in it and are not`,
        ` Fairlead's. Delete them or move them away, then run again.`,
      ].join(""),
    );
    expect(ec2.commandCalls(DeleteNetworkInterfaceCommand)).toEqual([]);
  });

  it("is looked for in what is held, among those that hold it, and told in its own words", async () => {
    there(instance, { ...instance, NetworkInterfaceId: "eni-6", Association: { PublicIp: "203.0.113.7" } });
    refusing(1);
    const among = ({ Association }: NetworkInterface) => Association !== undefined;
    const words = { refusal: "igw-1 cannot be detached", where: "in vpc-1 with a public address" };
    await expect(deleteSubnet({ filter: "vpc-id", id: "vpc-1", among, ...words })).rejects.toThrow(
      `igw-1 cannot be detached: eni-6 ("my machine", attached to i-3) is in vpc-1 with a public address and is not Fairlead's.`,
    );
    expect(sent()).toEqual([remove, [look[0], { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }] }]]);
  });

  it("is looked for again while it is waited for, since somebody else may have come in meanwhile", async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolvesOnce({ NetworkInterfaces: [balancer] })
      .resolves({ NetworkInterfaces: [balancer, instance] });
    refusing(100);
    await expect(deleteSubnet()).rejects.toThrow("eni-3");
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand)).toHaveLength(2);
    expect(ec2.commandCalls(DeleteSubnetCommand).length).toBeGreaterThan(3);
  });
});
