import {
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  CreateEgressOnlyInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteEgressOnlyInternetGatewayCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DisassociateSubnetCidrBlockCommand,
  DisassociateVpcCidrBlockCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  type Subnet as AwsSubnet,
  type Vpc as AwsVpc,
  type VpcCidrBlockStateCode,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { EgressOnlyGateway } from "../../../../src/aws/ec2/egress-only-gateway.ts";
import { RouteTable } from "../../../../src/aws/ec2/route-table.ts";
import { Subnet } from "../../../../src/aws/ec2/subnet.ts";
import { Vpc } from "../../../../src/aws/ec2/vpc.ts";
import { Busy, UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, MARK, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () =>
  ec2
    .calls()
    .map((call) => [call.args[0].constructor.name.replace("Command", ""), call.args[0].input] as const)
    .filter(([name]) => !name.startsWith("Describe"));

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const WHOLE = "2406:da14:1:ab00::/56";
const PART = "2406:da14:1:ab01::/64";
const range = (State: VpcCidrBlockStateCode, AssociationId: string, cidr = WHOLE, Ipv6Pool?: string) => ({
  AssociationId,
  Ipv6Pool,
  Ipv6CidrBlock: cidr,
  Ipv6CidrBlockState: { State },
});

describe("the IPv6 range of a VPC", () => {
  const spec = { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: false, tags };
  const dual = { ...spec, ipv6: true as const };
  const attrs = { vpcId: "vpc-1" };
  const observed = { id: "vpc-1", spec, attrs, owner: MARK, ready: true };
  const listed = (...ranges: ReturnType<typeof range>[]): AwsVpc => ({
    VpcId: "vpc-1",
    CidrBlock: "10.0.0.0/16",
    State: "available",
    Tags: OWNED,
    Ipv6CidrBlockAssociationSet: ranges,
  });
  const lists = (...answers: AwsVpc[]) => {
    const last = answers.at(-1);
    const mock = ec2.on(DescribeVpcsCommand);
    for (const answer of answers.slice(0, -1)) mock.resolvesOnce({ Vpcs: [answer] });
    mock.resolves({ Vpcs: last ? [last] : [] });
    ec2
      .on(DescribeVpcAttributeCommand)
      .resolves({ EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: false } });
  };

  it("is asked for in the create call, and waited for", async () => {
    ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: "vpc-1" } });
    lists(listed(), listed(range("associating", "a-1")), listed(range("associated", "a-1")));
    expect((await Vpc.create(mocked(), dual, making())).attrs).toEqual({ vpcId: "vpc-1", ipv6Cidr: WHOLE });
    expect(sent()[0]?.[1]).toMatchObject({ AmazonProvidedIpv6CidrBlock: true });
    expect(sent()).toHaveLength(1);
  });

  it("is added once, and announced when it can be used", async () => {
    const update = () => Vpc.update(mocked(), observed, dual, new Set(["ipv6"] as const));
    lists(listed(range("disassociated", "a-0")), listed(range("associating", "a-1")));
    await expect(update()).rejects.toBeInstanceOf(Busy);
    lists(listed(range("associated", "a-1")));
    expect(await update()).toEqual({ ipv6Cidr: WHOLE });
    expect(sent()).toEqual([["AssociateVpcCidrBlock", { VpcId: "vpc-1", AmazonProvidedIpv6CidrBlock: true }]]);
  });

  it("is looked for where the answer to its association was lost", async () => {
    lists(listed());
    ec2.on(AssociateVpcCidrBlockCommand).rejects(awsError("InternalError", "injected", 500));
    await expect(Vpc.update(mocked(), observed, dual, new Set(["ipv6"] as const))).rejects.toBeInstanceOf(
      UncertainAnswer,
    );
    expect(sent()).toHaveLength(1);
  });

  it("goes last, and once the subnets have none of it", async () => {
    lists(listed(range("associated", "a-1")));
    const update = (addOnly?: true) =>
      Vpc.update(mocked(), { ...observed, spec: dual }, spec, new Set(["ipv6"] as const), {
        note: () => {},
        ...(addOnly && { addOnly }),
      });
    await update(true);
    expect(sent()).toEqual([]);
    ec2
      .on(DisassociateVpcCidrBlockCommand)
      .rejectsOnce(awsError("InvalidCidrBlock.InUse", "The vpc vpc-1 currently has a subnet within CIDR block"))
      .resolves({});
    await update();
    const call = ["DisassociateVpcCidrBlock", { AssociationId: "a-1" }];
    expect(sent()).toEqual([call, call]);
  });

  it.each([
    ["associating", false],
    ["associated", true],
  ] as const)("that is %s makes it ready: %s, also for the run after one that died", async (state, ready) => {
    lists(listed(range(state, "a-1")));
    expect(await Vpc.observe(mocked(), lookFor(dual))).toMatchObject({ ready });
  });

  it("of others, or of another pool, is unmanaged", async () => {
    lists(listed(range("associated", "a-1", WHOLE, "Amazon")));
    const foreign = await Vpc.observe(mocked(), lookFor(spec));
    expect(foreign?.unmanaged).toEqual([`range ${WHOLE}`]);
    const own = await Vpc.observe(mocked(), lookFor(dual));
    expect(own).toMatchObject({ spec: { ipv6: true }, attrs: { ipv6Cidr: WHOLE }, unmanaged: undefined });
    lists(listed(range("associated", "a-2", "2001:db8::/56", "ipv6pool-ec2-1")));
    const byoip = await Vpc.observe(mocked(), lookFor(dual));
    expect(byoip?.spec.ipv6).toBeUndefined();
    expect(byoip?.unmanaged).toEqual(["range 2001:db8::/56"]);
  });
});

describe("the IPv6 range of a subnet", () => {
  const spec = { vpcId: "vpc-1", cidr: "10.0.1.0/24", zone: "ap-northeast-1a", mapPublicIp: false, tags };
  const dual = { ...spec, ipv6Cidr: PART };
  const attrs = { subnetId: "subnet-1" };
  const listed = (more: Partial<AwsSubnet>): AwsSubnet => ({
    SubnetId: "subnet-1",
    VpcId: "vpc-1",
    CidrBlock: "10.0.1.0/24",
    AvailabilityZone: "ap-northeast-1a",
    State: "available",
    Tags: OWNED,
    ...more,
  });
  const has = (State: VpcCidrBlockStateCode, cidr = PART) => ({
    Ipv6CidrBlockAssociationSet: [range(State, "s-1", cidr)],
  });
  const lists = (more: Partial<AwsSubnet>) => ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [listed(more)] });
  const assign = (Value: boolean) => [
    "ModifySubnetAttribute",
    { SubnetId: "subnet-1", AssignIpv6AddressOnCreation: { Value } },
  ];
  const update = (from: typeof spec, to: typeof spec, addOnly?: true) =>
    Subnet.update(
      mocked(),
      { id: "subnet-1", spec: from, attrs, owner: MARK, ready: true },
      to,
      new Set(["ipv6Cidr"] as const),
      {
        note: () => {},
        ...(addOnly && { addOnly }),
      },
    );

  it("is given in the create call, and new interfaces get addresses once it is associated", async () => {
    ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: "subnet-1" } });
    ec2
      .on(DescribeSubnetsCommand)
      .resolvesOnce({ Subnets: [listed(has("associating"))] })
      .resolves({ Subnets: [listed(has("associated"))] });
    await Subnet.create(mocked(), dual, making());
    expect(sent()[0]?.[1]).toMatchObject({ Ipv6CidrBlock: PART });
    expect(sent().slice(1)).toEqual([assign(true)]);
  });

  it.each([
    ["associating", false],
    ["associated", true],
  ] as const)("that is %s makes it ready: %s, also for the run after one that died", async (state, ready) => {
    lists({ ...has(state), AssignIpv6AddressOnCreation: true });
    expect(await Subnet.observe(mocked(), lookFor(dual))).toMatchObject({ ready });
  });

  it("is added where there is none, and taken for its own where a lost call did so", async () => {
    lists({});
    await expect(update(spec, dual)).rejects.toBeInstanceOf(Busy);
    lists(has("associated"));
    await update(spec, dual);
    expect(sent()).toEqual([["AssociateSubnetCidrBlock", { SubnetId: "subnet-1", Ipv6CidrBlock: PART }], assign(true)]);
    expect(ec2.commandCalls(AssociateSubnetCidrBlockCommand)).toHaveLength(1);
  });

  it("goes last: assignment first, which AWS demands, and once no interface has an address", async () => {
    lists({ ...has("associated"), AssignIpv6AddressOnCreation: true });
    await update(dual, spec, true);
    expect(sent()).toEqual([]);
    ec2
      .on(DisassociateSubnetCidrBlockCommand)
      .rejectsOnce(awsError("InvalidCidrBlock.InUse", "may not be disassociated"))
      .resolves({});
    await update(dual, spec);
    const call = ["DisassociateSubnetCidrBlock", { AssociationId: "s-1" }];
    expect(sent()).toEqual([assign(false), call, call]);
    expect(ec2.commandCalls(ModifySubnetAttributeCommand)).toHaveLength(1);
  });

  it("is not there yet where a run died before it assigned addresses, so that the next run does", async () => {
    lists(has("associated"));
    const seen = await Subnet.observe(mocked(), lookFor(spec));
    expect(seen?.spec).not.toHaveProperty("ipv6Cidr");
    await update(spec, dual);
    expect(sent().at(-1)).toEqual(assign(true));
  });

  it("that others gave is unmanaged, and an assignment that is off is drift of the stack's own", async () => {
    lists(has("associated"));
    expect((await Subnet.observe(mocked(), lookFor(spec)))?.unmanaged).toEqual(["Ipv6CidrBlockAssociationSet"]);
    const own = await Subnet.observe(mocked(), lookFor(dual));
    expect(own).toMatchObject({ spec: { ipv6Cidr: PART }, unmanaged: undefined });
    expect(own?.drifted).toEqual([{ field: "ipv6Cidr", path: "assignIpv6AddressOnCreation", old: false, new: true }]);
  });
});

describe("ec2/egress-only-gateway", () => {
  const spec = { vpcId: "vpc-1", tags };

  it("creates with its tags and a client token, and reports the id", async () => {
    ec2
      .on(CreateEgressOnlyInternetGatewayCommand)
      .resolves({ EgressOnlyInternetGateway: { EgressOnlyInternetGatewayId: "eigw-1" } });
    const told: string[] = [];
    expect(await EgressOnlyGateway.create(mocked(), spec, making(told))).toEqual({
      id: "eigw-1",
      attrs: { egressOnlyGatewayId: "eigw-1" },
    });
    expect(told).toEqual(["eigw-1"]);
    expect(sent()).toEqual([
      [
        "CreateEgressOnlyInternetGateway",
        {
          VpcId: "vpc-1",
          ClientToken: "token-1-vpc-1",
          TagSpecifications: [{ ResourceType: "egress-only-internet-gateway", Tags: OWNED }],
        },
      ],
    ]);
  });

  it("is gone where AWS says so", async () => {
    ec2.on(DeleteEgressOnlyInternetGatewayCommand).rejects(awsError("InvalidGatewayID.NotFound", "does not exist"));
    const attrs = { egressOnlyGatewayId: "eigw-1" };
    await EgressOnlyGateway.delete(mocked(), { id: "eigw-1", spec, attrs, owner: MARK, ready: true });
    expect(sent()).toHaveLength(1);
  });

  it("is what a route for IPv6 leads to", async () => {
    const table = { vpcId: "vpc-1", routes: {}, subnetIds: [], tags };
    const attrs = { routeTableId: "rtb-1" };
    await RouteTable.update(
      mocked(),
      { id: "rtb-1", spec: table, attrs, owner: MARK, ready: true },
      { ...table, routes: { "::/0": "eigw-1" } },
      new Set(["routes"] as const),
    );
    expect(ec2.commandCalls(CreateRouteCommand)[0]?.args[0].input).toEqual({
      RouteTableId: "rtb-1",
      DestinationIpv6CidrBlock: "::/0",
      EgressOnlyInternetGatewayId: "eigw-1",
    });
  });
});
