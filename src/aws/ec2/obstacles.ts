// What blocks deleting EC2 resources (subnet, security group, gateway, address, route table) besides network interfaces.
import {
  DescribeAddressesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  type Filter,
  type IpPermission,
  type SecurityGroup as Group,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { type Held, type Obstacle } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";
import { interfaces, looked } from "./interfaces.ts";

/** What blocks deleting a subnet: the network interfaces in it, of any service. */
export const heldSubnet = (aws: Aws, id: string): Held => ({
  refusal: `subnet ${id} cannot be deleted`,
  looks: [interfaces(aws, { filters: [{ Name: "subnet-id", Values: [id] }], how: "is in it" })],
});

/**
 * What blocks deleting a security group (EC2 API reference, DeleteSecurityGroup: "associated with an instance or network interface, is referenced by
 * another security group in the same VPC"). Rules are checked only if no interface is the reason.
 */
export const heldGroup = (aws: Aws, id: string): Held => ({
  refusal: `security group ${id} cannot be deleted`,
  looks: [
    async (waited) => {
      const among = { filters: [{ Name: "group-id", Values: [id] }], how: "uses it" };
      const { obstacles, count } = await looked(aws, among, waited);
      return count > 0 ? obstacles : rulesFor(aws, id);
    },
  ],
});

/** The rules of other groups that reference a group, with the command that removes exactly these rules. */
async function rulesFor(aws: Aws, id: string): Promise<Obstacle[]> {
  const [ingress, egress] = await Promise.all([
    groupsWith(aws, [{ Name: "ip-permission.group-id", Values: [id] }]),
    groupsWith(aws, [{ Name: "egress.ip-permission.group-id", Values: [id] }]),
  ]);
  const told = (groups: readonly Group[], direction: "ingress" | "egress") =>
    groups
      .filter(({ GroupId }) => GroupId !== id)
      .map((group): Obstacle => {
        const rules = direction === "ingress" ? group.IpPermissions : group.IpPermissionsEgress;
        const naming = (rules ?? []).flatMap((rule) => permissionOn(rule, id) ?? []);
        const words = ["ec2", `revoke-security-group-${direction}`, "--group-id", group.GroupId ?? ""];
        return {
          what: `security group ${group.GroupId} "${group.GroupName}"`,
          tags: tagsFrom(group.Tags),
          how: `has an ${direction} rule for it`,
          remove: awsCommand([...words, "--ip-permissions", ...naming], aws),
        };
      });
  return [...told(ingress, "ingress"), ...told(egress, "egress")];
}

/** The part of a permission that references the group, in the shorthand syntax of the AWS CLI. */
function permissionOn({ IpProtocol, FromPort, ToPort, UserIdGroupPairs = [] }: IpPermission, id: string) {
  if (!UserIdGroupPairs.some(({ GroupId }) => GroupId === id)) return undefined;
  const ports = FromPort === undefined ? "" : `,FromPort=${FromPort},ToPort=${ToPort}`;
  return `IpProtocol=${IpProtocol}${ports},UserIdGroupPairs=[{GroupId=${id}}]`;
}

export const groupsWith = (aws: Aws, Filters: Filter[]): Promise<Group[]> =>
  everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters, NextToken }));
    return { items: page.SecurityGroups, next: page.NextToken };
  });

/** What blocks detaching an internet gateway: interfaces with a public address in the VPC. */
export const heldAttachment = (aws: Aws, id: string, vpcId: string): Held => ({
  refusal: `internet gateway ${id} cannot be detached from ${vpcId}`,
  looks: [
    interfaces(aws, {
      filters: [{ Name: "vpc-id", Values: [vpcId] }],
      counts: ({ Association }) => Association?.PublicIp !== undefined,
      how: `has a public address in ${vpcId}`,
    }),
  ],
});

/** What blocks releasing an address: the interface that uses it. */
export const heldAddress = (aws: Aws, id: string): Held => ({
  refusal: `Elastic IP address ${id} cannot be released`,
  looks: [
    async (waited) => {
      const { Addresses = [] } = await aws.ec2(new DescribeAddressesCommand({ AllocationIds: [id] }));
      const [{ AssociationId, NetworkInterfaceId } = {}] = Addresses;
      if (NetworkInterfaceId === undefined) return [];
      const among = {
        filters: [{ Name: "network-interface-id", Values: [NetworkInterfaceId] }],
        how: "uses it",
      };
      const found = await interfaces(aws, among)(waited);
      if (AssociationId === undefined) return found;
      const remove = awsCommand(["ec2", "disassociate-address", "--association-id", AssociationId], aws);
      return found.map((one) =>
        one.remove === undefined ? { what: one.what, tags: one.tags, how: one.how, remove } : one,
      );
    },
  ],
});

/** What blocks deleting a route table: being the main one, or an association with a gateway or subnet (EC2 API reference, DeleteRouteTable). */
export const heldRouteTable = (aws: Aws, id: string): Held => ({
  refusal: `route table ${id} cannot be deleted`,
  looks: [
    async () => {
      const { RouteTables = [] } = await aws.ec2(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
      const [{ Associations = [], VpcId = "" } = {}] = RouteTables;
      return Associations.filter(({ AssociationState }) => !AssociationState?.State?.startsWith("disassoc")).map(
        ({ Main, GatewayId, SubnetId, RouteTableAssociationId: one = "" }): Obstacle =>
          Main
            ? {
                what: `VPC ${VpcId}`,
                how: "uses it as its main route table",
                show: awsCommand(["ec2", "describe-route-tables", "--filters", `Name=vpc-id,Values=${VpcId}`], aws),
              }
            : {
                what: GatewayId === undefined ? `subnet ${SubnetId}` : `gateway ${GatewayId}`,
                how: "is associated with it",
                remove: awsCommand(["ec2", "disassociate-route-table", "--association-id", one], aws),
              },
      );
    },
  ],
});
