import {
  AllocateAddressCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateVpcEndpointCommand,
  DeleteNetworkInterfaceCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { Subnet } from "../../src/aws/ec2/subnet.ts";
import { LoadBalancer } from "../../src/aws/elb/load-balancer.ts";
import { simulated } from "../support/simulated.ts";
import { balancer, network } from "./ground.ts";
import { aws, ends, later, interfaces, machine, notOwned, put, remove } from "./holding.ts";

describe("a delete that is blocked by network interfaces", () => {
  it("names an interface in a subnet or a group", async () => {
    const at = simulated();
    const { vpcId, subnetIds, groupId } = await network(at);
    const [subnetId = ""] = subnetIds;
    const eni = put(at, { vpcId, subnetId, groupIds: [groupId], ...machine });
    const named = `network interface ${eni} "my machine" attached to i-0fedcba9876543210`;
    ends(await remove(at, Subnet, subnetId), `subnet ${subnetId} cannot be deleted`, named, "is in it");
    ends(await remove(at, SecurityGroup, groupId), `security group ${groupId} cannot`, named, "uses it");
    expect(interfaces(at)).toHaveLength(1);
  });

  it("names an interface that was created outside Fairlead, with the command that deletes it", async () => {
    const at = simulated();
    const { subnetIds } = await network(at);
    const [SubnetId = ""] = subnetIds;
    const { NetworkInterface } = await at.aws.ec2(
      new CreateNetworkInterfaceCommand({ SubnetId, Description: "spare" }),
    );
    const id = NetworkInterface?.NetworkInterfaceId ?? "";
    const command = aws(`ec2 delete-network-interface --network-interface-id ${id}`);
    ends(
      await remove(at, Subnet, SubnetId),
      "subnet ",
      `network interface ${id} "spare" not attached to anything`,
      command,
    );
    await at.aws.ec2(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
    expect((await remove(at, Subnet, SubnetId)).error).toBeUndefined();
  });

  it("names a load balancer, a NAT gateway and an endpoint of others by themselves and not by their interfaces", async () => {
    const at = simulated();
    const { loadBalancerArn, vpcId, subnetIds } = await balancer(at);
    notOwned(at, "elb.loadBalancers");
    const [subnetId = "", SubnetId = ""] = subnetIds;
    const command = aws(`elbv2 delete-load-balancer --load-balancer-arn ${loadBalancerArn}`);
    ends(await remove(at, Subnet, subnetId), "subnet ", "load balancer ground", command);
    const { AllocationId } = await at.aws.ec2(new AllocateAddressCommand({ Domain: "vpc" }));
    await later(at);
    await at.aws.ec2(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
    const ServiceName = `com.amazonaws.${at.aws.region}.logs`;
    const asked = { VpcId: vpcId, ServiceName, SubnetIds: [SubnetId] };
    await at.aws.ec2(new CreateVpcEndpointCommand({ ...asked, VpcEndpointType: "Interface" }));
    const held = await remove(at, Subnet, SubnetId);
    ends(held, "subnet ", "NAT gateway nat-", "VPC endpoint vpce-", "delete-nat-gateway", "delete-vpc-endpoints");
  });

  it("waits for the interfaces of a deleted load balancer, and polls them only now and then", async () => {
    const at = simulated();
    const { loadBalancerArn, subnetIds } = await balancer(at);
    await remove(at, LoadBalancer, loadBalancerArn);
    const { error, seconds } = await remove(at, Subnet, subnetIds[0] ?? "");
    expect(error).toBeUndefined();
    const looks = at.calls.filter(({ operation }) => operation === "DescribeNetworkInterfaces");
    expect(looks.length).toBeGreaterThanOrEqual(1);
    expect(looks.length).toBeLessThanOrEqual(1 + seconds / 10);
  });

  it("deletes what a task left behind, and nothing that is attached", async () => {
    const at = simulated();
    const { vpcId, subnetIds } = await network(at);
    const [subnetId = ""] = subnetIds;
    const description = `arn:aws:ecs:${at.aws.region}:${at.aws.account}:attachment/665d4fbe`;
    put(at, { vpcId, subnetId, description, available: true });
    const { error, seconds } = await remove(at, Subnet, subnetId);
    expect(error).toBeUndefined();
    expect(seconds).toBeLessThan(5);
    expect(interfaces(at)).toEqual([]);
  });
});
