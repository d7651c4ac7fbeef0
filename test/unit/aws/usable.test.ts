import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateLoadBalancerCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Subnet } from "../../../src/aws/ec2/subnet.ts";
import { Vpc } from "../../../src/aws/ec2/vpc.ts";
import { LoadBalancer } from "../../../src/aws/elb/load-balancer.ts";
import { Bucket } from "../../../src/aws/s3/bucket.ts";
import { making, mocked, tagsIn } from "../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
const elb = mockClient(ElasticLoadBalancingV2Client);
const s3 = mockClient(S3Client);
beforeEach(() => {
  ec2.reset().resolves({});
  elb.reset().resolves({});
  s3.reset().resolves({});
});

const tags = tagsIn("demo-test");
const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/demo/1";
const named = () => [...ec2.calls(), ...elb.calls(), ...s3.calls()].map((call) => call.args[0].constructor.name);

/** What a create has sent when it says that the resource is usable, and by what it is. */
function told() {
  const all: unknown[] = [];
  const ids: string[] = [];
  return {
    all,
    making: { ...making(ids), usable: (attrs: object) => void all.push({ attrs, ids: [...ids], sent: named() }) },
  };
}

describe("what is usable while its settings are written", () => {
  it("is a VPC, whose instances have no names yet", async () => {
    ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: "vpc-1" } });
    const { all, making: how } = told();
    await Vpc.create(mocked(), { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, tags }, how);
    expect(all).toEqual([{ attrs: { vpcId: "vpc-1" }, ids: ["vpc-1"], sent: ["CreateVpcCommand"] }]);
    expect(named()).toEqual(["CreateVpcCommand", "ModifyVpcAttributeCommand"]);
  });

  it("is no VPC that has no IPv6 range yet, and no such subnet", async () => {
    const range = { Ipv6CidrBlock: "2001:db8::/56", Ipv6CidrBlockState: { State: "associated" as const } };
    ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: "vpc-1" } });
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: "vpc-1", Ipv6CidrBlockAssociationSet: [range] }] });
    ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: "subnet-1" } });
    ec2
      .on(DescribeSubnetsCommand)
      .resolves({ Subnets: [{ SubnetId: "subnet-1", Ipv6CidrBlockAssociationSet: [range] }] });
    const { all, making: how } = told();
    await Vpc.create(mocked(), { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, ipv6: true, tags }, how);
    const subnet = { vpcId: "vpc-1", cidr: "10.0.1.0/24", zone: "a", mapPublicIp: true, tags };
    await Subnet.create(mocked(), { ...subnet, ipv6Cidr: "2001:db8::/64" }, how);
    expect(all).toEqual([]);
  });

  it("is a subnet that gives no public addresses yet", async () => {
    ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: "subnet-1" } });
    const { all, making: how } = told();
    const spec = { vpcId: "vpc-1", cidr: "10.0.1.0/24", zone: "a", mapPublicIp: true, tags };
    await Subnet.create(mocked(), spec, how);
    expect(all).toEqual([{ attrs: { subnetId: "subnet-1" }, ids: ["subnet-1"], sent: ["CreateSubnetCommand"] }]);
    expect(named()).toEqual(["CreateSubnetCommand", "ModifySubnetAttributeCommand"]);
  });

  it("is a bucket that only lacks its lifecycle rules", async () => {
    const { all, making: how } = told();
    const settings = { ownership: "BucketOwnerEnforced", blockPublicAccess: true, encryption: "AES256" } as const;
    const lifecycle = { expireDays: 30, expireNoncurrentDays: 7, abortMultipartDays: 1 };
    const policy = { Version: "2012-10-17" as const, Statement: [] };
    const spec = { name: "demo", ...settings, versioning: true, eventBridge: true, policy, lifecycle, tags };
    const { attrs } = await Bucket.create(mocked(), spec, how);
    const sent = named();
    expect(sent.at(-1)).toBe("PutBucketLifecycleConfigurationCommand");
    expect(all).toEqual([{ attrs, ids: ["demo"], sent: sent.slice(0, -1) }]);
    expect(sent).toEqual(expect.arrayContaining(["PutBucketPolicyCommand", "PutPublicAccessBlockCommand"]));
  });

  it("is a load balancer without its attributes", async () => {
    elb.on(CreateLoadBalancerCommand).resolves({
      LoadBalancers: [{ LoadBalancerArn: ARN, DNSName: "demo.elb", CanonicalHostedZoneId: "Z1" }],
    });
    const { all, making: how } = told();
    const spec = {
      name: "demo",
      vpcId: "vpc-1",
      scheme: "internal" as const,
      subnetIds: ["subnet-1"],
      groupIds: ["sg-1"],
    };
    const attributes = { "idle_timeout.timeout_seconds": "90" };
    const { attrs } = await LoadBalancer.create(mocked(), { ...spec, attributes, tags }, how);
    expect(all).toEqual([{ attrs, ids: [ARN], sent: ["CreateLoadBalancerCommand"] }]);
    expect(named()).toEqual(["CreateLoadBalancerCommand", "ModifyLoadBalancerAttributesCommand"]);
  });
});
