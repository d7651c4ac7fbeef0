import {
  DeleteNetworkInterfaceCommand,
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { DescribeTagsCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { interfaces, type Among } from "../../../../src/aws/ec2/interfaces.ts";
import { IN_USE } from "../../../../src/aws/ec2/shared.ts";
import { unlessHeld } from "../../../../src/aws/obstacles.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => {
  ec2.reset().resolves({});
  elb.reset().resolves({});
});
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
const deleteSubnet = (among: Partial<Among> = {}) => {
  const aws = mocked();
  const looks = [
    interfaces(aws, { filters: [{ Name: "subnet-id", Values: ["subnet-1"] }], how: "is in it", ...among }),
  ];
  const notYet = unlessHeld(aws, { refusal: "subnet-1 cannot be deleted", looks }, IN_USE);
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

describe("what blocks a delete", () => {
  it("is not looked up if nothing does", async () => {
    await deleteSubnet();
    expect(sent()).toEqual([remove]);
  });

  it.each([
    ["a load balancer", balancer],
    ["a load balancer of connections", { ...balancer, RequesterId: "7278", InterfaceType: "network_load_balancer" }],
    ["a classic load balancer", { ...balancer, Description: "ELB demo-test", RequesterId: "7278" }],
    ["a task", task],
    ["a task in another partition", { ...task, Description: TASK.replace("aws", "aws-cn") }],
    ["a NAT gateway by its type", { ...task, Description: "", InterfaceType: "natGateway" }],
    ["an endpoint by its type", { ...task, Description: "", InterfaceType: "vpc_endpoint" }],
  ] as [string, NetworkInterface][])("is waited for where it is the interface of %s", async (_, one) => {
    there(one);
    refusing(3);
    await deleteSubnet();
    expect(sent()).toEqual([remove, look, remove, remove, remove]);
  });

  it("is deleted where a load balancer or a task left it behind, not attached to anything", async () => {
    there(
      { ...balancer, Status: "available" },
      { ...task, Status: "available" },
      { ...task, NetworkInterfaceId: "eni-4" },
      { ...task, NetworkInterfaceId: "eni-5", Status: "available", Description: "Interface for NAT Gateway nat-1" },
    );
    refusing(1);
    await deleteSubnet();
    const nat = ["DescribeNatGatewaysCommand", { NatGatewayIds: ["nat-1"] }];
    expect(sent()).toEqual([remove, look, clear("eni-1"), clear("eni-2"), nat, remove]);
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

  it("ends the delete where it is not Fairlead's, found on any page and seen for half a minute", async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolves({ NetworkInterfaces: [balancer], NextToken: "page-2" })
      .on(DescribeNetworkInterfacesCommand, { NextToken: "page-2" })
      .resolves({ NetworkInterfaces: [instance] });
    refusing(100);
    await expect(deleteSubnet()).rejects.toThrow(
      `subnet-1 cannot be deleted: network interface eni-3 "my machine" attached to i-3, not created by Fairlead, is in it. Remove that, then run again. To inspect: aws ec2 describe-instances --instance-ids i-3 --region ap-northeast-1`,
    );
    const looks = ec2.commandCalls(DescribeNetworkInterfacesCommand, { NextToken: "page-2" });
    expect(looks.length).toBeGreaterThanOrEqual(3);
    expect(looks.length).toBeLessThanOrEqual(5);
  });

  it("is identified by its owner, the first five by name", async () => {
    there(
      // Services of AWS made these, but what they belong to is nothing that Fairlead deletes.
      { NetworkInterfaceId: "eni-1", Description: "RDSNetworkInterface", RequesterId: "amazon-rds", ...managed },
      { NetworkInterfaceId: "eni-2", Description: "AWS Lambda VPC ENI-fn", InterfaceType: "lambda", ...managed },
      // Anybody may write what AWS writes.
      { NetworkInterfaceId: "eni-3", Description: "ELB app/theirs/1", Status: "available", RequesterManaged: false },
      { NetworkInterfaceId: "eni-4", Description: "", Attachment: { InstanceId: "i-4" }, RequesterId: "AIDA1" },
      { NetworkInterfaceId: "eni-5" },
      { NetworkInterfaceId: "eni-6" },
    );
    refusing(100);
    const ec2Command = (words: string) => `aws ec2 ${words} --region ap-northeast-1`;
    await expect(deleteSubnet()).rejects.toThrow(
      [
        `subnet-1 cannot be deleted: network interface eni-1 "RDSNetworkInterface" created by amazon-rds, not created by Fairlead, is in it`,
        `; network interface eni-2 "AWS Lambda VPC ENI-fn", not created by Fairlead, is in it`,
        `; network interface eni-3 "ELB app/theirs/1" not attached to anything, not created by Fairlead, is in it`,
        `; network interface eni-4 attached to i-4, not created by Fairlead, is in it`,
        `; network interface eni-5, not created by Fairlead, is in it; and 1 more.`,
        ` Remove those, then run again.`,
        ` To remove: ${ec2Command("delete-network-interface --network-interface-id eni-3")}`,
      ].join(""),
    );
    expect(ec2.commandCalls(DeleteNetworkInterfaceCommand)).toEqual([]);
  });

  it("is looked up among the relevant ones, and described by its purpose", async () => {
    there(instance, { ...instance, NetworkInterfaceId: "eni-6", Association: { PublicIp: "203.0.113.7" } });
    refusing(100);
    const counts = ({ Association }: NetworkInterface) => Association !== undefined;
    const filters = [{ Name: "vpc-id", Values: ["vpc-1"] }];
    await expect(deleteSubnet({ filters, counts, how: "has a public address" })).rejects.toThrow(
      `network interface eni-6 "my machine" attached to i-3, not created by Fairlead, has a public address. Remove that`,
    );
  });

  it("is looked up again during the wait, because others may have been added", async () => {
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolvesOnce({ NetworkInterfaces: [balancer] })
      .resolves({ NetworkInterfaces: [balancer, instance] });
    refusing(100);
    await expect(deleteSubnet()).rejects.toThrow("eni-3");
  });

  it("is what a managed interface belongs to, where that is there and of others; of the stack's own it is waited for", async () => {
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ Tags: [] }] });
    const theirs = { ...balancer, Description: "ELB app/blog/0123456789abcdef" };
    there(theirs);
    refusing(100);
    await expect(deleteSubnet()).rejects.toThrow(
      `load balancer blog, not created by Fairlead, has network interface eni-1, which is in it. Remove that, then run again. To remove: aws elbv2 delete-load-balancer --load-balancer-arn arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/blog/0123456789abcdef --region ap-northeast-1`,
    );
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ Tags: OWNED }] });
    ec2.reset();
    there(theirs);
    refusing(30);
    await deleteSubnet();
    elb.on(DescribeTagsCommand).rejects(awsError("LoadBalancerNotFoundException", "not found"));
    ec2.reset();
    there(theirs);
    refusing(30);
    await deleteSubnet();
  });
});
