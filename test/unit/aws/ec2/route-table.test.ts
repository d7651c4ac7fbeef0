import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ReplaceRouteCommand,
  type RouteTable as Listed,
  type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { RouteTable } from "../../../../src/aws/ec2/route-table.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);
const sentAs = (name: string) => sent().flatMap(([command, input]) => (command === name ? [input] : []));

const tags = tagsIn("demo-test");
const ANY = "0.0.0.0/0";
const spec = { vpcId: "vpc-1", routes: { [ANY]: "igw-1" }, subnetIds: ["subnet-a", "subnet-b"], tags };
const observed = {
  id: "rtb-1",
  spec,
  attrs: { routeTableId: "rtb-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  handles: { "subnet-a": "rtbassoc-subnet-a", "subnet-b": "rtbassoc-subnet-b" },
  ready: true,
};

const on = (SubnetId: string, RouteTableId = "rtb-1"): RouteTableAssociation => ({
  SubnetId,
  RouteTableId,
  RouteTableAssociationId: `rtbassoc-${SubnetId}`,
  AssociationState: { State: "associated" },
});
const listed = (RouteTableId: string, more: Partial<Listed> = {}): Listed => ({
  RouteTableId,
  VpcId: "vpc-1",
  Routes: [
    { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", Origin: "CreateRouteTable" },
    { DestinationCidrBlock: ANY, GatewayId: "igw-1", Origin: "CreateRoute" },
  ],
  Associations: [on("subnet-b"), on("subnet-a")],
  Tags: OWNED,
  ...more,
});
const ofStack = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
const create = [
  "CreateRouteTableCommand",
  {
    VpcId: "vpc-1",
    TagSpecifications: [{ ResourceType: "route-table", Tags: OWNED }],
    ClientToken: "token-1-vpc-1",
  },
];
const toGateway = { RouteTableId: "rtb-1", DestinationCidrBlock: ANY, GatewayId: "igw-1" };
const toNat = { RouteTableId: "rtb-1", DestinationCidrBlock: ANY, NatGatewayId: "nat-1" };
const associate = (SubnetId: string) => ["AssociateRouteTableCommand", { RouteTableId: "rtb-1", SubnetId }];
const byId = ["DescribeRouteTablesCommand", { RouteTableIds: ["rtb-1"] }];
const notFound = awsError("InvalidRouteTableID.NotFound", "The routeTable ID 'rtb-1' does not exist");
const taken = awsError("Resource.AlreadyAssociated", "the specified association conflicts with an existing one");

describe("ec2/route-table", () => {
  it("creates with its tags, reports the id, and only then adds routes and subnets", async () => {
    ec2.on(CreateRouteTableCommand).resolves({ RouteTable: { RouteTableId: "rtb-1" } });
    const told: unknown[] = [];
    const created = async (id: string) => void told.push([id, sent().length]);
    expect(await RouteTable.create(mocked(), spec, { ...making(), created })).toEqual({
      id: "rtb-1",
      attrs: { routeTableId: "rtb-1" },
    });
    expect(told).toEqual([["rtb-1", 1]]);
    expect(sent()).toEqual([create, ["CreateRouteCommand", toGateway], associate("subnet-a"), associate("subnet-b")]);
  });

  it("asks again while another part of EC2 does not know the VPC, the gateway, the table or the subnet yet", async () => {
    const answers = (...codes: string[]) => codes.map((code) => awsError(code, "does not exist"));
    const targets = answers(
      "InvalidNatGatewayID.NotFound",
      "NatGatewayNotFound",
      "InvalidGatewayID.NotFound",
      "InvalidInternetGatewayID.NotFound",
      "InvalidRouteTableID.NotFound",
    );
    const table = ec2.on(CreateRouteTableCommand);
    const route = ec2.on(CreateRouteCommand);
    const association = ec2.on(AssociateRouteTableCommand);
    for (const answer of answers("InvalidVpcID.NotFound")) table.rejectsOnce(answer);
    for (const answer of targets) route.rejectsOnce(answer);
    for (const answer of answers("InvalidRouteTableID.NotFound", "InvalidSubnetID.NotFound"))
      association.rejectsOnce(answer);
    table.resolves({ RouteTable: { RouteTableId: "rtb-1" } });
    route.resolves({});
    association.resolves({});
    await RouteTable.create(mocked(), { ...spec, routes: { [ANY]: "nat-1" }, subnetIds: ["subnet-a"] }, making());
    expect(sent().slice(0, 2)).toEqual([create, create]);
    expect(sentAs("CreateRouteCommand")).toEqual(targets.concat(targets.slice(0, 1)).map(() => toNat));
    const joining = { RouteTableId: "rtb-1", SubnetId: "subnet-a" };
    expect(sentAs("AssociateRouteTableCommand")).toEqual([joining, joining, joining]);
  });

  it("never repeats a create whose response was lost, and goes no further where the id cannot be written", async () => {
    ec2.on(CreateRouteTableCommand).rejects(awsError("InternalError", "injected", 500));
    await expect(RouteTable.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    ec2.resetHistory();
    ec2.on(CreateRouteTableCommand).resolves({ RouteTable: { RouteTableId: "rtb-1" } });
    const created = () => Promise.reject(new Error("disk full"));
    await expect(RouteTable.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([create]);
  });

  it("moves a subnet that sits on another table, and leaves one that a lost call put here", async () => {
    ec2.on(CreateRouteTableCommand).resolves({ RouteTable: { RouteTableId: "rtb-1" } });
    ec2.on(AssociateRouteTableCommand).rejects(taken);
    const filters = (SubnetId: string) => ({ Filters: [{ Name: "association.subnet-id", Values: [SubnetId] }] });
    ec2.on(DescribeRouteTablesCommand, filters("subnet-a")).resolves({
      RouteTables: [listed("rtb-9", { Associations: [on("subnet-z", "rtb-9"), on("subnet-a", "rtb-9")] })],
    });
    ec2.on(DescribeRouteTablesCommand, filters("subnet-b")).resolves({ RouteTables: [listed("rtb-1")] });
    await RouteTable.create(mocked(), { ...spec, routes: {} }, making());
    expect(sent()).toEqual([
      create,
      associate("subnet-a"),
      associate("subnet-b"),
      ["DescribeRouteTablesCommand", filters("subnet-a")],
      ["DescribeRouteTablesCommand", filters("subnet-b")],
      ["ReplaceRouteTableAssociationCommand", { AssociationId: "rtbassoc-subnet-a", RouteTableId: "rtb-1" }],
    ]);
  });

  it("throws where AWS says that a subnet is taken and no table has it", async () => {
    ec2.on(AssociateRouteTableCommand).rejects(taken);
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [] });
    const none = { ...observed, spec: { ...spec, subnetIds: [] } };
    await expect(RouteTable.update(mocked(), none, spec, new Set(["subnetIds"]))).rejects.toBe(taken);
  });

  it("observes every page of the stack's tables, in the desired spelling", async () => {
    ec2
      .on(DescribeRouteTablesCommand)
      .resolvesOnce({ RouteTables: [], NextToken: "page-2" })
      .resolves({ RouteTables: [listed("rtb-1")] });
    expect(await RouteTable.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeRouteTablesCommand", { Filters: ofStack }],
      ["DescribeRouteTablesCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("ignores AWS's own routes and associations, and sees those added outside Fairlead", async () => {
    const table = listed("rtb-1", {
      Routes: [
        { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" },
        { DestinationPrefixListId: "pl-1", GatewayId: "vpce-1" },
        { DestinationCidrBlock: "10.9.0.0/16", GatewayId: "vgw-1", Origin: "EnableVgwRoutePropagation" },
        { DestinationCidrBlock: ANY, NatGatewayId: "nat-1", State: "blackhole" },
        { DestinationCidrBlock: "10.1.0.0/16", VpcPeeringConnectionId: "pcx-1" },
        { DestinationCidrBlock: "10.2.0.0/16", TransitGatewayId: "tgw-1" },
        { DestinationCidrBlock: "10.3.0.0/16", NetworkInterfaceId: "eni-1" },
        { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1" },
      ],
      Associations: [
        { Main: true, RouteTableAssociationId: "rtbassoc-main" },
        { ...on("subnet-c"), AssociationState: { State: "disassociating" } },
        { ...on("subnet-d"), AssociationState: { State: "disassociated" } },
        on("subnet-a"),
      ],
    });
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [table] });
    const seen = await RouteTable.observe(mocked(), lookFor(spec));
    expect(seen?.spec).toEqual({
      vpcId: "vpc-1",
      routes: {
        [ANY]: "nat-1",
        "10.1.0.0/16": "pcx-1",
        "10.2.0.0/16": "tgw-1",
        "10.3.0.0/16": "eni-1",
        "::/0": "eigw-1",
      },
      subnetIds: ["subnet-a"],
      tags,
    });
  });

  it("prefers the recorded id, and is absent if that is gone and the list has no match", async () => {
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [listed("rtb-9")] });
    ec2
      .on(DescribeRouteTablesCommand, { RouteTableIds: ["rtb-1"] })
      .resolves({ RouteTables: [listed("rtb-1", { Tags: [] })] });
    const untagged = { ...observed, spec: { ...spec, tags: {} }, owner: undefined };
    expect(await RouteTable.observe(mocked(), lookFor(spec, "rtb-1"))).toEqual(untagged);
    ec2.on(DescribeRouteTablesCommand, { RouteTableIds: ["rtb-1"] }).rejects(notFound);
    const look = { ...lookFor(spec, "rtb-1"), excludeIds: ["rtb-9"] };
    expect(await RouteTable.observe(mocked(), look)).toBeUndefined();
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [listed("rtb-8", { Tags: [] })] });
    expect(await RouteTable.observe(mocked(), lookFor(spec))).toBeUndefined();
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [] });
    expect(await RouteTable.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("updates routes by replacing, adding and deleting each that differs", async () => {
    const now = { [ANY]: "igw-1", "10.1.0.0/16": "pcx-1", "10.4.0.0/16": "igw-1" };
    const routes = { [ANY]: "nat-1", "10.4.0.0/16": "igw-1", "10.5.0.0/16": "igw-1" };
    ec2.on(ReplaceRouteCommand).rejectsOnce(awsError("NatGatewayNotFound", "nat-1 was not found")).resolves({});
    ec2.on(DeleteRouteCommand).rejects(awsError("InvalidRoute.NotFound", "no route with that destination"));
    const before = { ...observed, spec: { ...spec, routes: now } };
    await RouteTable.update(mocked(), before, { ...spec, routes }, new Set(["routes"]));
    expect(sent()).toEqual([
      ["ReplaceRouteCommand", toNat],
      ["ReplaceRouteCommand", toNat],
      ["CreateRouteCommand", { RouteTableId: "rtb-1", DestinationCidrBlock: "10.5.0.0/16", GatewayId: "igw-1" }],
      ["DeleteRouteCommand", { RouteTableId: "rtb-1", DestinationCidrBlock: "10.1.0.0/16" }],
    ]);
  });

  it("replaces a route that is there already, and throws what else AWS has against it", async () => {
    const bare = { ...observed, spec: { ...spec, routes: {} } };
    ec2.on(CreateRouteCommand).rejects(awsError("RouteAlreadyExists", "The route identified by 0.0.0.0/0 exists."));
    await RouteTable.update(mocked(), bare, spec, new Set(["routes"]));
    expect(sent()).toEqual([
      ["CreateRouteCommand", toGateway],
      ["ReplaceRouteCommand", toGateway],
    ]);
    ec2.resetHistory();
    ec2.on(CreateRouteCommand).rejects(awsError("RouteLimitExceeded", "The maximum number of routes"));
    await expect(RouteTable.update(mocked(), bare, spec, new Set(["routes"]))).rejects.toThrow("The maximum number");
    expect(sent()).toEqual([["CreateRouteCommand", toGateway]]);
  });

  it("updates subnets by associating the new ones first, and takes off only what still sits here", async () => {
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [listed("rtb-1", { Associations: [on("subnet-b")] })] });
    ec2.on(DisassociateRouteTableCommand).rejects(awsError("InvalidAssociationID.NotFound", "gone"));
    const wanted = { ...spec, subnetIds: ["subnet-c"], tags: { ...tags, Name: "new" } };
    await RouteTable.update(mocked(), observed, wanted, new Set(["subnetIds", "tags"]));
    expect(sent()).toEqual([
      associate("subnet-c"),
      byId,
      ["DisassociateRouteTableCommand", { AssociationId: "rtbassoc-subnet-b" }],
      ["CreateTagsCommand", { Resources: ["rtb-1"], Tags: [{ Key: "Name", Value: "new" }] }],
    ]);
  });

  it("lists every page of what the stack owns, and nothing of another's", async () => {
    ec2
      .on(DescribeRouteTablesCommand)
      .resolvesOnce({ RouteTables: [listed("rtb-1"), listed("rtb-8", { Tags: FOREIGN })], NextToken: "page-2" })
      .resolves({ RouteTables: [listed("rtb-2")] });
    const { owner } = observed;
    expect(await RouteTable.list?.(mocked(), [])).toEqual([
      { id: "rtb-1", owner },
      { id: "rtb-2", owner },
    ]);
    expect(sent()).toEqual([
      ["DescribeRouteTablesCommand", { Filters: ofStack }],
      ["DescribeRouteTablesCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("takes its subnets off before it is deleted, and waits for what still depends on it", async () => {
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [listed("rtb-1")] });
    ec2
      .on(DeleteRouteTableCommand)
      .rejectsOnce(awsError("DependencyViolation", "The routeTable 'rtb-1' has dependencies"))
      .resolves({});
    await RouteTable.delete(mocked(), observed);
    const remove = ["DeleteRouteTableCommand", { RouteTableId: "rtb-1" }];
    expect(sent()).toEqual([
      ["DisassociateRouteTableCommand", { AssociationId: "rtbassoc-subnet-a" }],
      ["DisassociateRouteTableCommand", { AssociationId: "rtbassoc-subnet-b" }],
      remove,
      byId,
      remove,
    ]);
    ec2.resetHistory();
    ec2.on(DisassociateRouteTableCommand).rejects(awsError("InvalidAssociationID.NotFound", "moved or gone"));
    ec2.on(DeleteRouteTableCommand).rejects(notFound);
    await expect(RouteTable.delete(mocked(), observed)).resolves.toBeUndefined();
  });

  it("keeps its subnets in one order, and leaves the declared list as it was", () => {
    const declared = { ...spec, subnetIds: ["subnet-b", "subnet-a"] };
    expect(RouteTable.canonical?.(declared)).toEqual(spec);
    expect(declared.subnetIds).toEqual(["subnet-b", "subnet-a"]);
  });
});
