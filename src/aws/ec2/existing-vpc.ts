// A network that the stack uses but does not own is read by id, never by tags: Fairlead does not write tags on it.
import {
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type Filter,
  type RouteTable,
  type Subnet,
  type Vpc,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { everyPage } from "../pages.ts";
import { findById } from "./shared.ts";

/** The network as named in the config. */
export interface NamedNetwork {
  readonly vpc: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
}

/** A network as AWS reports it. */
export interface NetworkReading {
  readonly vpc: Vpc;
  /** The configured subnets that exist. */
  readonly subnets: readonly Subnet[];
  /** All route tables of the VPC that are visible to this account. */
  readonly tables: readonly RouteTable[];
  /** The ids of the internet gateways that are attached to the VPC. */
  readonly internetGateways: readonly string[];
  /** How tasks reach AWS from subnets without a route out; omitted if all have one, or the VPC belongs to another account. */
  readonly inside?: {
    readonly endpoints: readonly VpcEndpoint[];
    readonly dns: { readonly support: boolean; readonly hostnames: boolean };
  };
}

/** An existing subnet that is named in the config. */
export interface NamedSubnet {
  readonly setting: "network.publicSubnets" | "network.privateSubnets";
  readonly id: string;
  readonly zone: string;
  readonly subnet: Subnet;
}

/** A VPC by its id; `undefined` if it does not exist in this account and region and is not shared with it. */
export const existingVpc = (aws: Aws, snapshot: Snapshot, id: string): Promise<Vpc | undefined> =>
  snapshot.once(`existing vpc ${id}`, () => {
    const asking = aws.ec2(new DescribeVpcsCommand({ VpcIds: [id] })).then(({ Vpcs }) => Vpcs);
    // EC2 API reference, "Error codes": an id that EC2 would never assign is malformed, which means the same here.
    return findById(id, ({ VpcId }) => VpcId, asking, "InvalidVpcID.NotFound", "InvalidVpcId.Malformed");
  });

/** The IPv4 CIDR blocks of a VPC, sorted: the primary one and the associated ones. */
export function rangesOf({ CidrBlock, CidrBlockAssociationSet = [] }: Vpc): string[] {
  const added = CidrBlockAssociationSet.filter(({ CidrBlockState }) => CidrBlockState?.State === "associated");
  return [...new Set([CidrBlock, ...added.map((range) => range.CidrBlock)])]
    .filter((range) => range !== undefined)
    .toSorted();
}

/** Whether a VPC has an IPv6 range. */
export const hasIpv6 = ({ Ipv6CidrBlockAssociationSet = [] }: Vpc): boolean =>
  Ipv6CidrBlockAssociationSet.some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === "associated");

const inVpc = (id: string, Name = "vpc-id"): Filter[] => [{ Name, Values: [id] }];

/** Reads what a stack depends on in an existing VPC, except what only subnets without a route out need. */
export async function readNetwork(aws: Aws, vpc: Vpc, named: NamedNetwork): Promise<NetworkReading> {
  const ids = [...named.publicSubnets, ...named.privateSubnets];
  const [subnets, tables, gateways] = await Promise.all([
    // By filter, not by id: a missing id would fail the whole call.
    everyPage(async (NextToken) => {
      const page = await aws.ec2(
        new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: ids }], NextToken }),
      );
      return { items: page.Subnets, next: page.NextToken };
    }),
    everyPage(async (NextToken) => {
      const page = await aws.ec2(new DescribeRouteTablesCommand({ Filters: inVpc(named.vpc), NextToken }));
      return { items: page.RouteTables, next: page.NextToken };
    }),
    everyPage(async (NextToken) => {
      const page = await aws.ec2(
        new DescribeInternetGatewaysCommand({ Filters: inVpc(named.vpc, "attachment.vpc-id"), NextToken }),
      );
      return { items: page.InternetGateways, next: page.NextToken };
    }),
  ]);
  const internetGateways = gateways.flatMap(({ InternetGatewayId }) => InternetGatewayId ?? []);
  return { vpc, subnets, tables, internetGateways };
}

/** Reads how tasks reach AWS from subnets without a route out. */
export async function readEndpoints(aws: Aws, VpcId: string): Promise<NetworkReading["inside"] & {}> {
  const [endpoints, support, hostnames] = await Promise.all([
    everyPage(async (NextToken) => {
      const page = await aws.ec2(new DescribeVpcEndpointsCommand({ Filters: inVpc(VpcId), NextToken }));
      return { items: page.VpcEndpoints, next: page.NextToken };
    }),
    aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" })),
    aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" })),
  ]);
  return {
    endpoints,
    dns: {
      support: support.EnableDnsSupport?.Value ?? true,
      hostnames: hostnames.EnableDnsHostnames?.Value ?? false,
    },
  };
}
