// DeleteVpc fails while anything is in the VPC or attached to it, and does not say what.
import {
  DeleteSecurityGroupCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpnGatewaysCommand,
  type Filter,
  type SecurityGroup,
  type Tag,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { named, type Held, type Obstacle } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";
import { hasCode } from "../errors.ts";
import { VPC_ORIGINS_GROUP } from "./interface-bearers.ts";
import { interfaces } from "./interfaces.ts";
import { groupsWith } from "./obstacles.ts";

/** One kind of resource that blocks deleting a VPC. */
interface InVpc {
  readonly kind: string;
  readonly list: (aws: Aws, vpcId: string) => Promise<readonly Listed[]>;
  /** The EC2 command that removes it, without the last word, the id. */
  readonly remove: (vpcId: string) => readonly string[];
  /** `is in it` if omitted. */
  readonly how?: string;
}

interface Listed {
  readonly id: string | undefined;
  readonly tags: Tag[] | undefined;
  /** A name other than its `Name` tag. */
  readonly name?: string | undefined;
}

const inVpc = (vpcId: string, Name = "vpc-id"): Filter[] => [{ Name, Values: [vpcId] }];

/** The states in which a peering connection is active, or may become so (VPC Peering Guide, "VPC peering connection lifecycle"). */
const PEERED: ReadonlySet<string> = new Set(["initiating-request", "pending-acceptance", "provisioning", "active"]);

/** Whether CloudFront made a group: by its name, and by the tag that CloudFront's role has to set. */
const isOfVpcOrigins = ({ GroupName, Tags }: SecurityGroup): boolean =>
  GroupName === VPC_ORIGINS_GROUP && tagsFrom(Tags)["aws.cloudfront.vpcorigin"] === "enabled";

/**
 * Deletes CloudFront's group from a VPC that is being deleted, once nothing uses it: AWS documents no time at which CloudFront does, and it may be faster.
 */
async function removeGroup(aws: Aws, { GroupId }: SecurityGroup): Promise<void> {
  try {
    await aws.ec2(new DeleteSecurityGroupCommand({ GroupId }));
  } catch (error) {
    if (!hasCode(error, "DependencyViolation", "InvalidGroup.NotFound", "InvalidGroup.InUse")) throw error;
  }
}

/**
 * What AWS documents as blocking (EC2 API reference, DeleteVpc: "You must detach or delete all gateways and resources that are
 * associated with the VPC", with all groups and route tables but the default ones; AWS re:Post, "Why can't I delete my VPC?", has the list).
 */
const COMMON: readonly InVpc[] = [
  {
    kind: "subnet",
    list: async (aws, vpc) => {
      const { Subnets = [] } = await aws.ec2(new DescribeSubnetsCommand({ Filters: inVpc(vpc) }));
      return Subnets.map(({ SubnetId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: () => ["delete-subnet", "--subnet-id"],
  },
  {
    kind: "route table",
    list: async (aws, vpc) => {
      const { RouteTables = [] } = await aws.ec2(new DescribeRouteTablesCommand({ Filters: inVpc(vpc) }));
      const others = RouteTables.filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main));
      return others.map(({ RouteTableId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: () => ["delete-route-table", "--route-table-id"],
  },
  {
    kind: "security group",
    list: async (aws, vpc) => {
      const all = await groupsWith(aws, inVpc(vpc));
      await Promise.all(all.filter(isOfVpcOrigins).map((group) => removeGroup(aws, group)));
      const others = all.filter((group) => group.GroupName !== "default" && !isOfVpcOrigins(group));
      return others.map(({ GroupId: id, GroupName: name, Tags: tags }) => ({ id, tags, name }));
    },
    remove: () => ["delete-security-group", "--group-id"],
  },
  {
    kind: "internet gateway",
    list: async (aws, vpc) => {
      const command = new DescribeInternetGatewaysCommand({ Filters: inVpc(vpc, "attachment.vpc-id") });
      const { InternetGateways = [] } = await aws.ec2(command);
      return InternetGateways.map(({ InternetGatewayId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: (vpc) => ["detach-internet-gateway", "--vpc-id", vpc, "--internet-gateway-id"],
    how: "is attached to it",
  },
  {
    kind: "VPC endpoint",
    list: async (aws, vpc) => {
      const { VpcEndpoints = [] } = await aws.ec2(new DescribeVpcEndpointsCommand({ Filters: inVpc(vpc) }));
      const others = VpcEndpoints.filter(({ State = "" }) => !/^delet/i.test(State));
      return others.map(({ VpcEndpointId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: () => ["delete-vpc-endpoints", "--vpc-endpoint-ids"],
  },
  {
    kind: "NAT gateway",
    list: async (aws, vpc) => {
      const { NatGateways = [] } = await aws.ec2(new DescribeNatGatewaysCommand({ Filter: inVpc(vpc) }));
      const others = NatGateways.filter(({ State = "" }) => !/^(delet|failed)/.test(State));
      return others.map(({ NatGatewayId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: () => ["delete-nat-gateway", "--nat-gateway-id"],
  },
  {
    kind: "peering connection",
    list: async (aws, vpc) => {
      const sides = ["requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id"].map((side) =>
        aws.ec2(new DescribeVpcPeeringConnectionsCommand({ Filters: inVpc(vpc, side) })),
      );
      const all = (await Promise.all(sides)).flatMap(({ VpcPeeringConnections = [] }) => VpcPeeringConnections);
      const joining = all.filter(({ Status }) => PEERED.has(Status?.Code ?? ""));
      return joining.map(({ VpcPeeringConnectionId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: () => ["delete-vpc-peering-connection", "--vpc-peering-connection-id"],
    how: "connects it to another VPC",
  },
];

/** Checked from the second check on. */
const RARE: readonly InVpc[] = [
  {
    kind: "network ACL",
    list: async (aws, vpc) => {
      const { NetworkAcls = [] } = await aws.ec2(new DescribeNetworkAclsCommand({ Filters: inVpc(vpc) }));
      return NetworkAcls.filter(({ IsDefault }) => !IsDefault).map(({ NetworkAclId: id, Tags: tags }) => ({
        id,
        tags,
      }));
    },
    remove: () => ["delete-network-acl", "--network-acl-id"],
  },
  {
    kind: "egress-only internet gateway",
    // The only list of gateways without a filter by VPC.
    list: async (aws, vpc) => {
      const all = await everyPage(async (NextToken) => {
        const page = await aws.ec2(new DescribeEgressOnlyInternetGatewaysCommand({ NextToken }));
        return { items: page.EgressOnlyInternetGateways, next: page.NextToken };
      });
      const attached = all.filter(({ Attachments = [] }) => Attachments.some(({ VpcId }) => VpcId === vpc));
      return attached.map(({ EgressOnlyInternetGatewayId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: () => ["delete-egress-only-internet-gateway", "--egress-only-internet-gateway-id"],
    how: "is attached to it",
  },
  {
    kind: "virtual private gateway",
    list: async (aws, vpc) => {
      const { VpnGateways = [] } = await aws.ec2(
        new DescribeVpnGatewaysCommand({ Filters: inVpc(vpc, "attachment.vpc-id") }),
      );
      const attached = VpnGateways.filter(({ VpcAttachments = [] }) =>
        VpcAttachments.some(({ VpcId, State = "" }) => VpcId === vpc && !State.startsWith("detach")),
      );
      return attached.map(({ VpnGatewayId: id, Tags: tags }) => ({ id, tags }));
    },
    remove: (vpc) => ["detach-vpn-gateway", "--vpc-id", vpc, "--vpn-gateway-id"],
    how: "is attached to it",
  },
];

/** What blocks deleting a VPC. */
export const heldVpc = (aws: Aws, vpcId: string): Held => ({
  refusal: `VPC ${vpcId} cannot be deleted`,
  looks: [
    interfaces(aws, { filters: inVpc(vpcId), how: "is in it" }),
    ...COMMON.map((kind) => () => found(aws, vpcId, kind)),
    ...RARE.map((kind) => async (waited: number) => (waited > 0 ? found(aws, vpcId, kind) : [])),
  ],
});

async function found(aws: Aws, vpcId: string, { kind, list, remove, how = "is in it" }: InVpc): Promise<Obstacle[]> {
  return (await list(aws, vpcId)).map(({ id = "", tags: bare, name }) => {
    const tags = tagsFrom(bare);
    const what = `${kind} ${id}${name === undefined ? named(tags) : ` "${name}"`}`;
    return { what, tags, how, remove: awsCommand(["ec2", ...remove(vpcId), id], aws) };
  });
}
