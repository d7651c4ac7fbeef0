import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../src/aws/aws.ts";
import type { Clock } from "../../src/clock.ts";

/** A network that somebody made who knows nothing of Fairlead: a VPC with a private and a public subnet in each of two zones. */
export interface MadeNetwork {
  readonly vpc: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  /** The table of both public subnets, */
  readonly publicTable: string;
  /** and the VPC's main one, which the private subnets use without an association of their own. */
  readonly mainTable: string;
  readonly internetGateway: string;
  readonly nat: string;
}

/** How it differs from one that a stack can use. */
export interface MadeOtherwise {
  readonly cidr?: string;
  /** The third number of each subnet's range: two public ones, two private ones; with a prefix, `[1, 2, 10, 11]` and 24 unless it is said. */
  readonly ranges?: readonly string[];
  /** The letters of the zones of all subnets. */
  readonly zones?: readonly string[];
}

/** Makes it by SDK calls. */
export async function makeNetwork(aws: Aws, clock: Clock, otherwise: MadeOtherwise = {}): Promise<MadeNetwork> {
  const { cidr = "10.9.0.0/16", zones = ["a", "c", "a", "c"] } = otherwise;
  const { ranges = ["10.9.1.0/24", "10.9.2.0/24", "10.9.10.0/24", "10.9.11.0/24"] } = otherwise;
  const Tags = [{ Key: "Team", Value: "platform" }];
  const { Vpc } = await aws.ec2(
    new CreateVpcCommand({ CidrBlock: cidr, TagSpecifications: [{ ResourceType: "vpc", Tags }] }),
  );
  const vpc = Vpc?.VpcId ?? "";
  // EC2 may not find by its id what it has just created.
  const settled = () => clock.sleep(5_000);
  await settled();
  const subnets: string[] = [];
  for (const [index, CidrBlock] of ranges.entries()) {
    const AvailabilityZone = `${aws.region}${zones[index]}`;
    const { Subnet } = await aws.ec2(new CreateSubnetCommand({ VpcId: vpc, CidrBlock, AvailabilityZone }));
    subnets.push(Subnet?.SubnetId ?? "");
  }
  const { InternetGateway } = await aws.ec2(new CreateInternetGatewayCommand({}));
  const internetGateway = InternetGateway?.InternetGatewayId ?? "";
  await settled();
  await aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId: internetGateway, VpcId: vpc }));
  const { RouteTable } = await aws.ec2(new CreateRouteTableCommand({ VpcId: vpc }));
  const publicTable = RouteTable?.RouteTableId ?? "";
  await settled();
  const anywhere = { DestinationCidrBlock: "0.0.0.0/0" };
  await aws.ec2(new CreateRouteCommand({ RouteTableId: publicTable, GatewayId: internetGateway, ...anywhere }));
  for (const SubnetId of subnets.slice(0, 2))
    await aws.ec2(new AssociateRouteTableCommand({ RouteTableId: publicTable, SubnetId }));
  // A NAT gateway that is created while the internet gateway is still being attached fails.
  await clock.sleep(60_000);
  const { AllocationId } = await aws.ec2(new AllocateAddressCommand({ Domain: "vpc" }));
  await settled();
  const { NatGateway } = await aws.ec2(new CreateNatGatewayCommand({ SubnetId: subnets[0], AllocationId }));
  const nat = NatGateway?.NatGatewayId ?? "";
  await clock.sleep(300_000);
  const { RouteTables = [] } = await aws.ec2(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }),
  );
  const main = RouteTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
  const mainTable = main?.RouteTableId ?? "";
  await aws.ec2(new CreateRouteCommand({ RouteTableId: mainTable, NatGatewayId: nat, ...anywhere }));
  const [publicSubnets, privateSubnets] = [subnets.slice(0, 2), subnets.slice(2)];
  return { vpc, publicSubnets, privateSubnets, publicTable, mainTable, internetGateway, nat };
}

/** What of it a config says. */
export const networkSettings = ({ vpc, publicSubnets, privateSubnets }: MadeNetwork) => ({
  vpc,
  publicSubnets,
  privateSubnets,
});

/** Everything that EC2 tells of a VPC and of what is in it. */
export async function toldOf(aws: Aws, { vpc }: Pick<MadeNetwork, "vpc">) {
  const Filters = [{ Name: "vpc-id", Values: [vpc] }];
  const { Vpcs } = await aws.ec2(new DescribeVpcsCommand({ VpcIds: [vpc] }));
  const support = await aws.ec2(new DescribeVpcAttributeCommand({ VpcId: vpc, Attribute: "enableDnsSupport" }));
  const hostnames = await aws.ec2(new DescribeVpcAttributeCommand({ VpcId: vpc, Attribute: "enableDnsHostnames" }));
  const { Subnets } = await aws.ec2(new DescribeSubnetsCommand({ Filters }));
  const { RouteTables } = await aws.ec2(new DescribeRouteTablesCommand({ Filters }));
  const { NatGateways } = await aws.ec2(new DescribeNatGatewaysCommand({ Filter: Filters }));
  const { SecurityGroups } = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters }));
  const { VpcEndpoints } = await aws.ec2(new DescribeVpcEndpointsCommand({ Filters }));
  const { InternetGateways } = await aws.ec2(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpc] }] }),
  );
  const dns = [support.EnableDnsSupport, hostnames.EnableDnsHostnames];
  return { Vpcs, dns, Subnets, RouteTables, NatGateways, SecurityGroups, VpcEndpoints, InternetGateways };
}
