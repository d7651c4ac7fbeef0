import { EgressOnlyGateway } from "../../src/aws/ec2/egress-only-gateway.ts";
import { ElasticIp } from "../../src/aws/ec2/elastic-ip.ts";
import { FlowLog } from "../../src/aws/ec2/flow-log.ts";
import { InternetGateway } from "../../src/aws/ec2/internet-gateway.ts";
import { NatGateway } from "../../src/aws/ec2/nat-gateway.ts";
import { NetworkAcl, type NetworkAclSpec } from "../../src/aws/ec2/network-acl.ts";
import { RouteTable } from "../../src/aws/ec2/route-table.ts";
import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../src/aws/ec2/security-group-rules.ts";
import { Subnet } from "../../src/aws/ec2/subnet.ts";
import { VpcEndpoint, type VpcEndpointSpec } from "../../src/aws/ec2/vpc-endpoint.ts";
import { Vpc } from "../../src/aws/ec2/vpc.ts";
import { dualStackVpc, gateway, group, network, role, subnet, vpc } from "./ground.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

contract({
  kind: Vpc,
  spec: async () => ({ cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: false, ipv6: true as const, tags: {} }),
  edits: { dnsSupport: () => false, dnsHostnames: () => true, ipv6: () => undefined },
});

contract({
  kind: Subnet,
  spec: async (at) => {
    const { vpcId, ipv6Cidr = "" } = await dualStackVpc(at);
    return {
      vpcId,
      cidr: "10.0.7.0/24",
      zone: `${at.aws.region}a`,
      mapPublicIp: true,
      ipv6Cidr: ipv6Cidr.replace("00::/56", "07::/64"),
      tags: {},
    };
  },
  edits: { mapPublicIp: () => false, ipv6Cidr: ({ ipv6Cidr }) => ipv6Cidr?.replace("07::/64", "08::/64") },
});

contract({
  kind: EgressOnlyGateway,
  spec: async (at) => ({ vpcId: (await vpc(at)).vpcId, tags: {} }),
  edits: {},
});

contract({
  kind: InternetGateway,
  spec: async (at) => ({ vpcId: (await vpc(at)).vpcId, tags: {} }),
  edits: {},
});

contract({
  kind: FlowLog,
  spec: async (at) => ({
    vpcId: (await vpc(at)).vpcId,
    traffic: "REJECT" as const,
    logGroup: "/aws/vpc/demo-test",
    roleArn: (await role(at, "flow-logs", "vpc-flow-logs.amazonaws.com")).arn,
    aggregationSeconds: 600 as const,
    tags: {},
  }),
  edits: {},
});

contract({ kind: ElasticIp, spec: async () => ({ tags: {} }), edits: {} });

contract({
  kind: NatGateway,
  spec: async (at) => {
    const { subnetIds } = await network(at);
    const { allocationId } = await made(at, ElasticIp, { tags: {} });
    return { subnetId: subnetIds[0] ?? "", allocationId, tags: {} };
  },
  edits: {},
});

contract({
  kind: RouteTable,
  spec: async (at) => {
    const { vpcId } = await vpc(at);
    const { internetGatewayId } = await gateway(at, vpcId);
    const [one, two] = [await subnet(at, vpcId, 0), await subnet(at, vpcId, 1)];
    return {
      vpcId,
      routes: { "0.0.0.0/0": internetGatewayId },
      subnetIds: [one.subnetId, two.subnetId],
      tags: {},
    };
  },
  edits: {
    routes: ({ routes }) => ({ "192.168.0.0/16": Object.values(routes)[0] ?? "" }),
    subnetIds: ({ subnetIds }) => subnetIds.slice(1),
  },
});

contract({
  kind: NetworkAcl,
  spec: async (at): Promise<NetworkAclSpec> => {
    const { vpcId } = await vpc(at);
    const [one, two] = [await subnet(at, vpcId, 0), await subnet(at, vpcId, 1)];
    return {
      vpcId,
      ingress: [
        { number: 1, action: "deny", protocol: "-1", fromPort: -1, toPort: -1, cidr: "203.0.113.0/24" },
        { number: 100, action: "allow", protocol: "tcp", fromPort: 443, toPort: 443, cidr: "0.0.0.0/0" },
        { number: 110, action: "allow", protocol: "icmp", fromPort: 3, toPort: 4, cidr: "0.0.0.0/0" },
      ],
      egress: [{ number: 100, action: "allow", protocol: "udp", fromPort: 53, toPort: 53, cidr: "10.0.0.0/16" }],
      subnetIds: [one.subnetId, two.subnetId],
      tags: {},
    };
  },
  edits: {
    ingress: ({ ingress }) => ingress.slice(1).map((rule) => ({ ...rule, cidr: "10.0.0.0/8" })),
    egress: ({ egress }) => [
      ...egress,
      { number: 90, action: "deny" as const, protocol: "50", fromPort: -1, toPort: -1, cidr: "192.0.2.0/24" },
    ],
    subnetIds: ({ subnetIds }) => subnetIds.slice(1),
  },
});

contract({
  kind: SecurityGroup,
  spec: async (at) => ({ name: "tasks", description: "Tasks", vpcId: (await vpc(at)).vpcId, tags: {} }),
  edits: {},
});

contract({
  kind: SecurityGroupRules,
  spec: async (at) => {
    const { vpcId } = await vpc(at);
    const [own, other] = [await group(at, vpcId, "own"), await group(at, vpcId, "other")];
    const rule = { protocol: "tcp", fromPort: 443, toPort: 443 };
    return {
      groupId: own.groupId,
      ingress: [{ ...rule, peer: other.groupId, description: "from the other" }],
      egress: [{ ...rule, peer: "0.0.0.0/0", description: "" }],
    };
  },
  edits: {
    ingress: ({ ingress }) => ingress.map((rule) => ({ ...rule, description: "reworded" })),
    egress: ({ egress }) => [
      ...egress,
      { protocol: "-1", fromPort: -1, toPort: -1, peer: "10.0.0.0/8", description: "" },
    ],
  },
});

contract({
  kind: VpcEndpoint,
  spec: async (at): Promise<VpcEndpointSpec> => {
    const { vpcId, subnetIds, groupId } = await network(at);
    return {
      vpcId,
      service: `com.amazonaws.${at.aws.region}.ecr.api`,
      type: "Interface",
      subnetIds,
      groupIds: [groupId],
      routeTableIds: [],
      privateDns: true,
      tags: {},
    };
  },
  edits: {
    subnetIds: ({ subnetIds }) => subnetIds.slice(1),
    groupIds: async ({ vpcId }, at) => [(await group(at, vpcId, "another")).groupId],
    privateDns: () => false,
  },
  without: { routeTableIds: "an interface endpoint has none" },
});

contract({
  kind: VpcEndpoint,
  spec: async (at): Promise<VpcEndpointSpec> => {
    const { vpcId } = await vpc(at);
    const { routeTableId } = await made(at, RouteTable, { vpcId, routes: {}, subnetIds: [], tags: {} });
    return {
      vpcId,
      service: `com.amazonaws.${at.aws.region}.s3`,
      type: "Gateway",
      subnetIds: [],
      groupIds: [],
      routeTableIds: [routeTableId],
      privateDns: false,
      tags: {},
    };
  },
  edits: {
    routeTableIds: async ({ vpcId }, at) => [
      (await made(at, RouteTable, { vpcId, routes: {}, subnetIds: [], tags: {} })).routeTableId,
    ],
  },
  without: {
    subnetIds: "a gateway endpoint has none",
    groupIds: "a gateway endpoint has none",
    privateDns: "a gateway endpoint has none",
  },
});
