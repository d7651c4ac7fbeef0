import type { RouteTable, Subnet, VpcEndpoint } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { networkFindings, type NetworkUse } from "../../../src/aws/ec2/existing-network.ts";
import { rangesOf, type NetworkReading } from "../../../src/aws/ec2/existing-vpc.ts";
import { ownerTags, tagList } from "../../../src/aws/tags.ts";
import { DEMO } from "../../support/identities.ts";

const aws = { account: "123456789012", region: "us-east-1", owner: DEMO };
const named = {
  vpc: "vpc-1",
  publicSubnets: ["subnet-a", "subnet-b"],
  privateSubnets: ["subnet-c", "subnet-d"],
};
const use: NetworkUse = {
  newBalancer: true,
  tasks: { most: 12, running: 0 },
  endpoints: ["ecr.api", "ecr.dkr", "logs"],
};

const subnet = (letter: string, zone: string, more: Partial<Subnet> = {}): Subnet => ({
  SubnetId: `subnet-${letter}`,
  VpcId: "vpc-1",
  AvailabilityZone: `us-east-1${zone}`,
  AvailabilityZoneId: "use1-az1",
  CidrBlock: "10.0.0.0/24",
  AvailableIpAddressCount: 251,
  ...more,
});
const SUBNETS = [subnet("a", "a"), subnet("b", "b"), subnet("c", "a"), subnet("d", "b")];
const anywhere = { DestinationCidrBlock: "0.0.0.0/0", State: "active" as const };
const PUBLIC: RouteTable = {
  RouteTableId: "rtb-public",
  Routes: [{ ...anywhere, GatewayId: "igw-1" }],
  Associations: [{ SubnetId: "subnet-a" }, { SubnetId: "subnet-b" }],
};
const MAIN: RouteTable = {
  RouteTableId: "rtb-main",
  Routes: [{ ...anywhere, NatGatewayId: "nat-1" }],
  Associations: [{ Main: true }],
};
const CLOSED: RouteTable = { ...MAIN, Routes: [] };
const reading: NetworkReading = {
  vpc: { VpcId: "vpc-1", OwnerId: aws.account, CidrBlock: "10.0.0.0/16" },
  subnets: SUBNETS,
  tables: [PUBLIC, MAIN],
  internetGateways: ["igw-1"],
};

const found = (more: Partial<NetworkReading>, wanted: Partial<NetworkUse> = {}, names = named) =>
  networkFindings(aws, names, { ...use, ...wanted }, { ...reading, ...more });
const problems = (...args: Parameters<typeof found>) => found(...args).problems;
const replaced = (letter: string, more: Partial<Subnet>) =>
  SUBNETS.map((one) => (one.SubnetId === `subnet-${letter}` ? { ...one, ...more } : one));

describe("an existing network", () => {
  it("may have tasks in a single zone if it is that of a shared stack, whose config says so", () => {
    const one = { ...named, privateSubnets: ["subnet-c"] };
    expect(problems({}, { ownerIsKnown: true }, one)).toEqual([]);
    expect(problems({}, {}, one)).toEqual([
      "network.privateSubnets: all subnets are in us-east-1a, and the service would not survive losing that zone. Add a subnet in another zone.",
    ]);
  });

  it("is accepted if it is complete", () => {
    expect(found({})).toEqual({ problems: [], notes: [] });
  });

  it("takes subnets in two availability zones of the region, one for each zone of the load balancer", () => {
    expect(problems({ subnets: replaced("b", { AvailabilityZone: "us-east-1a" }) })).toEqual([
      "network.publicSubnets: subnet-a and subnet-b are both in us-east-1a, but a load balancer accepts only one subnet per zone. Keep one of them.",
      "network.publicSubnets: all subnets are in us-east-1a, and a load balancer needs two zones. Add a subnet in another zone.",
      "network.privateSubnets: subnet-d is in us-east-1b, where the load balancer has no subnet, so its tasks would get no requests. Add a public subnet in us-east-1b, or use a private subnet in us-east-1a.",
    ]);
    expect(problems({ subnets: replaced("d", { AvailabilityZone: "us-east-1a" }) })).toEqual([
      "network.privateSubnets: all subnets are in us-east-1a, and the service would not survive losing that zone. Add a subnet in another zone.",
    ]);
    expect(problems({ subnets: replaced("a", { AvailabilityZone: "us-east-1-bos-1a" }) })).toContain(
      "network.publicSubnets: subnet-a is in us-east-1-bos-1a, which is not an availability zone of us-east-1. Use a subnet in an availability zone.",
    );
    expect(problems({ subnets: replaced("d", { AvailabilityZoneId: "use1-az3" }) })).toEqual([
      "network.privateSubnets: subnet-d is in us-east-1b (use1-az3), where AWS does not run Fargate tasks. Use a subnet in another zone.",
    ]);
  });

  it("takes one private subnet of each zone where tasks mount volumes", () => {
    const subnets = replaced("d", { AvailabilityZone: "us-east-1a" });
    const problem =
      "network.privateSubnets: subnet-c and subnet-d are both in us-east-1a, but an EFS file system has only one mount target per zone. Keep one of them.";
    expect(problems({ subnets })).not.toContain(problem);
    expect(problems({ subnets }, { ...use, volumes: true })).toContain(problem);
  });

  it("leads requests in through an internet gateway that is attached", () => {
    const add = "Add a route for 0.0.0.0/0 to the internet gateway of the VPC to rtb-public, or use a public subnet.";
    const detached = "routes 0.0.0.0/0 to igw-1, which is not attached to the VPC.";
    const both = [
      `network.publicSubnets: subnet-a ${detached} ${add}`,
      `network.publicSubnets: subnet-b ${detached} ${add}`,
    ];
    expect(problems({ internetGateways: [] })).toEqual(both);
    const blackhole = { ...PUBLIC, Routes: [{ ...anywhere, GatewayId: "igw-1", State: "blackhole" as const }] };
    expect(problems({ tables: [blackhole, MAIN] })).toEqual(both);
  });

  it.each([
    ["NAT gateway", { NatGatewayId: "nat-1" }],
    ["transit gateway", { TransitGatewayId: "tgw-1" }],
    ["NAT instance", { InstanceId: "i-1", NetworkInterfaceId: "eni-1" }],
    ["peering connection", { VpcPeeringConnectionId: "pcx-1" }],
    ["virtual private gateway", { GatewayId: "vgw-1" }],
  ])("leads tasks out through a %s", (_, target) => {
    expect(problems({ tables: [PUBLIC, { ...MAIN, Routes: [{ ...anywhere, ...target }] }] })).toEqual([]);
  });

  it("may route tasks out by two half ranges, or by a prefix list", () => {
    const halves = ["0.0.0.0/1", "128.0.0.0/1"].map((half) => ({
      DestinationCidrBlock: half,
      TransitGatewayId: "tgw-1",
    }));
    const inside = { endpoints: [], dns: { support: true, hostnames: true } };
    expect(problems({ tables: [PUBLIC, { ...MAIN, Routes: halves }] })).toEqual([]);
    expect(problems({ tables: [PUBLIC, { ...MAIN, Routes: halves.slice(0, 1) }], inside })).toHaveLength(1);
    const list = [{ DestinationPrefixListId: "pl-1", TransitGatewayId: "tgw-1" }];
    expect(problems({ tables: [PUBLIC, { ...MAIN, Routes: list }] })).toEqual([]);
    const s3 = [{ DestinationPrefixListId: "pl-1", GatewayId: "vpce-1" }];
    expect(problems({ tables: [PUBLIC, { ...MAIN, Routes: s3 }], inside })).toHaveLength(1);
  });

  it("does not lead tasks out to what is gone", () => {
    const gone = { ...MAIN, Routes: [{ ...anywhere, NatGatewayId: "nat-1", State: "blackhole" as const }] };
    expect(problems({ tables: [PUBLIC, gone] })[0]).toBe(
      "network.privateSubnets: subnet-c: rtb-main routes 0.0.0.0/0 to nat-1, which no longer exists. Correct the route, or use another subnet.",
    );
  });

  describe("without a route out", () => {
    const endpoint = (service: string, more: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
      ServiceName: `com.amazonaws.us-east-1.${service}`,
      VpcEndpointType: "Interface",
      PrivateDnsEnabled: true,
      State: "available" as never,
      ...more,
    });
    const s3 = endpoint("s3", { VpcEndpointType: "Gateway", RouteTableIds: ["rtb-main"] });
    const all = [...["ecr.api", "ecr.dkr", "logs"].map((service) => endpoint(service)), s3];
    const dns = { support: true, hostnames: true };
    const closedWith = (endpoints: VpcEndpoint[], attributes = dns) => ({
      tables: [PUBLIC, CLOSED],
      inside: { endpoints, dns: attributes },
    });
    const lacking = (...names: string[]) => [
      `network.privateSubnets: subnet-c, subnet-d have no route out of the VPC, and the VPC lacks the endpoints that tasks then need to start: ${names.map((name) => `com.amazonaws.us-east-1.${name}`).join(", ")}. Add them (interface endpoints with private DNS, s3 as a gateway endpoint in the subnets' route tables), add a route through a NAT gateway, or use other subnets.`,
    ];

    it("has the endpoints that tasks on Fargate need", () => {
      expect(problems(closedWith(all))).toEqual([]);
      expect(problems(closedWith([]))).toEqual(lacking("ecr.api", "ecr.dkr", "logs", "s3"));
      expect(problems(closedWith(all), { endpoints: [...use.endpoints, "ssmmessages"] })).toEqual(
        lacking("ssmmessages"),
      );
    });

    it("counts no endpoint that does not answer to the service's name, is gone, or is in another table", () => {
      const [api, ...others] = all;
      expect(problems(closedWith([{ ...api, PrivateDnsEnabled: false }, ...others]))).toEqual(lacking("ecr.api"));
      expect(problems(closedWith([{ ...api, State: "deleting" as never }, ...others]))).toEqual(lacking("ecr.api"));
      const elsewhere = { ...s3, RouteTableIds: ["rtb-other"] };
      expect(problems(closedWith([...all.slice(0, 3), elsewhere]))).toEqual(lacking("s3"));
    });

    it("needs both DNS attributes of the VPC for them", () => {
      expect(problems(closedWith(all, { ...dns, hostnames: false }))).toEqual([
        "network.privateSubnets: subnet-c, subnet-d have no route out of the VPC, and DNS hostnames (enableDnsHostnames) of vpc-1 is off, so the default hostnames of the services do not resolve to VPC endpoints. Turn it on, or use subnets with a route out.",
      ]);
    });
  });

  it("has room for the load balancer that is going to be put there", () => {
    const narrow = { subnets: replaced("a", { AvailableIpAddressCount: 7 }) };
    expect(problems(narrow)).toEqual([
      "network.publicSubnets: subnet-a has 7 free IP addresses, but a load balancer needs 8 in each subnet. Free some, or use another subnet.",
    ]);
    expect(problems(narrow, { newBalancer: false })).toEqual([]);
    expect(problems({ subnets: replaced("a", { CidrBlock: "10.0.0.0/28" }) })).toEqual([
      "network.publicSubnets: subnet-a has the CIDR block 10.0.0.0/28, but a load balancer needs /27 or larger. Use a larger subnet.",
    ]);
  });

  it("has room for the tasks that may run at once, those that run now not counted", () => {
    const tight = SUBNETS.map((one) => ({ ...one, AvailableIpAddressCount: SUBNETS.indexOf(one) < 2 ? 8 : 4 }));
    expect(problems({ subnets: tight })).toEqual([
      "network.privateSubnets: subnet-c, subnet-d have 8 free IP addresses in total, but up to 12 more tasks may run at once (scaling.max times service.maxPercent), one address each. Add more subnets, or lower scaling.max or service.maxPercent.",
    ]);
    expect(problems({ subnets: tight }, { tasks: { most: 12, running: 4 } })).toEqual([]);
    expect(problems({ subnets: tight }, { tasks: undefined })).toEqual([]);
  });

  describe("of another account", () => {
    const vpc = { ...reading.vpc, OwnerId: "999999999999" };

    it("is judged by what AWS shows of it, and says so", () => {
      expect(found({ vpc, tables: [], internetGateways: [] })).toEqual({
        problems: [],
        notes: [
          "VPC vpc-1 belongs to account 999999999999, which shares its subnets with this one. Routes, gateways and VPC endpoints are checked as far as AWS shows them to this account.",
        ],
      });
      expect(problems({ vpc, tables: [PUBLIC, CLOSED], internetGateways: [] })).toEqual([]);
    });

    it("is refused for what AWS does show", () => {
      expect(problems({ vpc, tables: [{ ...PUBLIC, Routes: [] }, MAIN] })).toHaveLength(2);
    });
  });

  it("is never the stack's own", () => {
    const own = { ...reading.vpc, Tags: tagList(ownerTags(DEMO, "network/vpc")) };
    expect(problems({ vpc: own })).toEqual([
      "network.vpc: vpc-1 was created by this stack, which would delete it, because a stack that uses an existing VPC has no VPC of its own. Use another VPC, or remove network.vpc from the config.",
    ]);
  });

  it("may be another stack's, which is reported", () => {
    const other = { ...reading.vpc, Tags: tagList(ownerTags({ ...DEMO, name: "platform" }, "network/vpc")) };
    expect(found({ vpc: other })).toEqual({
      problems: [],
      notes: [
        expect.stringMatching(
          /^VPC vpc-1 was created by another stack \(platform\/.*:network\/vpc\)\. That stack can be torn down only after this one/,
        ),
      ],
    });
  });
});

describe("the ranges of a VPC", () => {
  it("are its first one and those that are associated", () => {
    expect(
      rangesOf({
        CidrBlock: "10.0.0.0/16",
        CidrBlockAssociationSet: [
          { CidrBlock: "10.0.0.0/16", CidrBlockState: { State: "associated" } },
          { CidrBlock: "100.64.0.0/16", CidrBlockState: { State: "associated" } },
          { CidrBlock: "10.2.0.0/16", CidrBlockState: { State: "disassociated" } },
          { CidrBlock: "10.1.0.0/16", CidrBlockState: { State: "associated" } },
        ],
      }),
    ).toEqual(["10.0.0.0/16", "10.1.0.0/16", "100.64.0.0/16"]);
  });
});
