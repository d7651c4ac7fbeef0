import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  type Route,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { RouteTable } from "../../../../src/aws/ec2/route-table.ts";
import { lookFor, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
const spec = { vpcId: "vpc-1", routes: {}, subnetIds: [], tags: tagsIn("demo-test") };

/** What the stack's table tells with a route that neither the config nor the state has. */
async function ownWith(route: Route) {
  const table = { RouteTableId: "rtb-1", VpcId: "vpc-1", Routes: [route], Tags: OWNED };
  ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [table] });
  return (await RouteTable.observe(mocked(), lookFor(spec)))?.own;
}

beforeEach(() => {
  ec2.reset();
  ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [{ NatGatewayId: "nat-1", Tags: OWNED }] });
  ec2.on(DescribeEgressOnlyInternetGatewaysCommand).resolves({
    EgressOnlyInternetGateways: [{ EgressOnlyInternetGatewayId: "eigw-1", Tags: OWNED }],
  });
  ec2
    .on(DescribeInternetGatewaysCommand)
    .resolves({ InternetGateways: [{ InternetGatewayId: "igw-1", Attachments: [], Tags: OWNED }] });
});

describe("a route of the stack's table that the state does not have", () => {
  it.each<[string, Route]>([
    ["0.0.0.0/0", { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1" }],
    ["10.4.0.0/16", { DestinationCidrBlock: "10.4.0.0/16", NatGatewayId: "nat-1" }],
    ["::/0", { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1" }],
    ["0.0.0.0/0", { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" }],
    ["::/0", { DestinationIpv6CidrBlock: "::/0", GatewayId: "igw-1" }],
  ])("is the stack's if it goes to one of its gateways: %s, %o", async (to, route) => {
    expect(await ownWith(route)).toEqual({ routes: [to] });
  });

  it.each<Route>([
    { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-9" },
    { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-9" },
    { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-9" },
    { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "vgw-1" },
    { DestinationCidrBlock: "10.5.0.0/16", GatewayId: "igw-1" },
  ])("is kept otherwise: %o", async (route) => {
    expect(await ownWith(route)).toBeUndefined();
  });
});
