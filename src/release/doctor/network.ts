import {
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type Filter,
  type InternetGateway,
  type NatGateway,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Tag,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { rangesOf } from "../../aws/ec2/existing-vpc.ts";
import { ofStack } from "../../aws/ec2/shared.ts";
import { everyPage, type Page } from "../../aws/pages.ts";
import { markOf } from "../../aws/owner.ts";
import { ownerOf, tagsFrom } from "../../aws/tags.ts";

/** Everything in the stack's VPC that the checks need, including unmanaged resources. */
export interface Network {
  readonly vpcId: string | undefined;
  /** Its IPv4 CIDR blocks. */
  readonly ranges: readonly string[];
  readonly subnets: readonly Subnet[];
  readonly tables: readonly RouteTable[];
  /** Those that are attached. */
  readonly gateways: readonly InternetGateway[];
  readonly nats: readonly NatGateway[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly groups: readonly SecurityGroup[];
}

/** The same while it is being read: each part separately, so that a missing permission affects only one of them. */
export type Reading = { readonly [Part in keyof Network]: Promise<Network[Part]> };

/** Awaits some parts. */
export async function parts<Part extends keyof Network>(
  reading: Reading,
  ...names: readonly Part[]
): Promise<Pick<Network, Part>> {
  const found = await Promise.all(names.map(async (name) => [name, await reading[name]] as const));
  return Object.fromEntries(found) as unknown as Pick<Network, Part>;
}

/** The VPC that has the stack's tags. */
export async function vpcOf(aws: Aws): Promise<string | undefined> {
  const vpcs = await everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeVpcsCommand({ Filters: ofStack(aws), NextToken }));
    return { items: page.Vpcs, next: page.NextToken };
  });
  return owned(aws, vpcs, "network/vpc")?.VpcId;
}

/** Starts to read a VPC; all lists are empty if it does not exist. `cidr`: its CIDR block, if the config has it. */
export function startReading(aws: Aws, vpcId: Promise<string | undefined>, cidr: string | undefined): Reading {
  const of = <Item>(read: (filter: Filter, NextToken: string | undefined) => Promise<Page<Item>>, by = "vpc-id") =>
    vpcId.then((id) => (id === undefined ? [] : everyPage((next) => read({ Name: by, Values: [id] }, next))));
  return {
    vpcId,
    ranges:
      cidr === undefined
        ? of(async (filter, NextToken) => {
            const page = await aws.ec2(new DescribeVpcsCommand({ Filters: [filter], NextToken }));
            return { items: page.Vpcs, next: page.NextToken };
          }).then((vpcs) => vpcs.flatMap(rangesOf))
        : Promise.resolve([cidr]),
    subnets: of(async (filter, NextToken) => {
      const page = await aws.ec2(new DescribeSubnetsCommand({ Filters: [filter], NextToken }));
      return { items: page.Subnets, next: page.NextToken };
    }),
    tables: of(async (filter, NextToken) => {
      const page = await aws.ec2(new DescribeRouteTablesCommand({ Filters: [filter], NextToken }));
      return { items: page.RouteTables, next: page.NextToken };
    }),
    gateways: of(async (filter, NextToken) => {
      const page = await aws.ec2(new DescribeInternetGatewaysCommand({ Filters: [filter], NextToken }));
      return { items: page.InternetGateways, next: page.NextToken };
    }, "attachment.vpc-id"),
    nats: of(async (filter, NextToken) => {
      const page = await aws.ec2(new DescribeNatGatewaysCommand({ Filter: [filter], NextToken }));
      return { items: page.NatGateways, next: page.NextToken };
    }),
    endpoints: of(async (filter, NextToken) => {
      const page = await aws.ec2(new DescribeVpcEndpointsCommand({ Filters: [filter], NextToken }));
      return { items: page.VpcEndpoints, next: page.NextToken };
    }),
    groups: of(async (filter, NextToken) => {
      const page = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters: [filter], NextToken }));
      return { items: page.SecurityGroups, next: page.NextToken };
    }),
  };
}

/** The resource with the owner tags of `id`. */
export const owned = <T extends { Tags?: Tag[] | undefined }>(aws: Aws, all: readonly T[], id: string): T | undefined =>
  all.find(({ Tags }) => ownerOf(tagsFrom(Tags)) === markOf(aws.owner, id));
