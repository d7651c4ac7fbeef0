import { PutLogGroupDeletionProtectionCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcOriginCommand } from "@aws-sdk/client-cloudfront";
import {
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  AttachVpnGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateEgressOnlyInternetGatewayCommand,
  CreateNetworkAclCommand,
  CreateRouteTableCommand,
  CreateVpcEndpointCommand,
  CreateVpcPeeringConnectionCommand,
  CreateVpnGatewayCommand,
} from "@aws-sdk/client-ec2";
import { RegisterContainerInstanceCommand } from "@aws-sdk/client-ecs";
import { CreateListenerCommand, CreateRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand } from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import { ElasticIp } from "../../src/aws/ec2/elastic-ip.ts";
import { RouteTable } from "../../src/aws/ec2/route-table.ts";
import { Vpc } from "../../src/aws/ec2/vpc.ts";
import { Cluster } from "../../src/aws/ecs/cluster.ts";
import { TargetGroup } from "../../src/aws/elb/target-group.ts";
import { Role } from "../../src/aws/iam/role.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { InternetGateway } from "../../src/aws/ec2/internet-gateway.ts";
import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { LoadBalancer } from "../../src/aws/elb/load-balancer.ts";
import { simulated, type Simulated } from "../support/simulated.ts";
import { gateway, group, internalBalancer, listener, network, role, subnet, vpc } from "./ground.ts";
import { made } from "./made.ts";
import { aws, ends, later, machine, notOwned, put, remove } from "./holding.ts";

describe("a delete that is blocked by others", () => {
  it("names a rule of another group, with the command that takes exactly it away", async () => {
    const at = simulated();
    const { groupId, otherGroupId } = await network(at);
    const UserIdGroupPairs = [{ GroupId: groupId }];
    const change = (port: number) => ({
      GroupId: otherGroupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, UserIdGroupPairs }],
    });
    await at.aws.ec2(new AuthorizeSecurityGroupIngressCommand(change(5432)));
    await at.aws.ec2(new AuthorizeSecurityGroupEgressCommand(change(6379)));
    notOwned(at, "ec2.securityGroups");
    await later(at);
    const pairs = `UserIdGroupPairs=[{GroupId=${groupId}}]`;
    const command = (direction: string, port: number) =>
      aws(
        `ec2 revoke-security-group-${direction} --group-id ${otherGroupId} --ip-permissions 'IpProtocol=tcp,FromPort=${port},ToPort=${port},${pairs}'`,
      );
    ends(
      await remove(at, SecurityGroup, groupId),
      `security group ${groupId} cannot be deleted: security group ${otherGroupId} "second", not created by Fairlead, has an ingress rule for it`,
      "has an egress rule for it",
      command("ingress", 5432),
      command("egress", 6379),
    );
  });

  it.each<[string, string, (at: Simulated, VpcId: string) => Promise<unknown>]>([
    ["subnet subnet-", "delete-subnet --subnet-id subnet-", (at, VpcId) => subnet(at, VpcId, 7)],
    ["security group sg-", "delete-security-group --group-id sg-", (at, VpcId) => group(at, VpcId, "db")],
    [
      "route table rtb-",
      "delete-route-table --route-table-id rtb-",
      (at, VpcId) => at.aws.ec2(new CreateRouteTableCommand({ VpcId })),
    ],
    ["internet gateway igw-", "detach-internet-gateway --vpc-id vpc-", (at, VpcId) => gateway(at, VpcId)],
    [
      "VPC endpoint vpce-",
      "delete-vpc-endpoints --vpc-endpoint-ids vpce-",
      (at, VpcId) => {
        const ServiceName = `com.amazonaws.${at.aws.region}.s3`;
        return at.aws.ec2(new CreateVpcEndpointCommand({ VpcId, ServiceName, VpcEndpointType: "Gateway" }));
      },
    ],
    [
      "peering connection pcx-",
      "delete-vpc-peering-connection --vpc-peering-connection-id pcx-",
      async (at, VpcId) => {
        const { vpcId: PeerVpcId } = await vpc(at);
        return at.aws.ec2(new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId }));
      },
    ],
    [
      "network ACL acl-",
      "delete-network-acl --network-acl-id acl-",
      (at, VpcId) => at.aws.ec2(new CreateNetworkAclCommand({ VpcId })),
    ],
    [
      "egress-only internet gateway eigw-",
      "delete-egress-only-internet-gateway --egress-only-internet-gateway-id eigw-",
      (at, VpcId) => at.aws.ec2(new CreateEgressOnlyInternetGatewayCommand({ VpcId })),
    ],
    [
      "virtual private gateway vgw-",
      "detach-vpn-gateway --vpc-id vpc-",
      async (at, VpcId) => {
        const { VpnGateway } = await at.aws.ec2(new CreateVpnGatewayCommand({ Type: "ipsec.1" }));
        return at.aws.ec2(new AttachVpnGatewayCommand({ VpcId, VpnGatewayId: VpnGateway?.VpnGatewayId }));
      },
    ],
  ])("names a %s in a VPC", async (what, command, add) => {
    const at = simulated();
    const { vpcId } = await vpc(at);
    await add(at, vpcId);
    for (const table of ["subnets", "securityGroups", "internetGateways"]) notOwned(at, `ec2.${table}`);
    await later(at);
    ends(await remove(at, Vpc, vpcId), `VPC ${vpcId} cannot be deleted: ${what}`, `aws ec2 ${command}`);
  });

  it("names what blocks a detachment with a public address, and nothing without one", async () => {
    const at = simulated();
    const { vpcId, subnetIds } = await network(at);
    const [subnetId = ""] = subnetIds;
    const [found] = Object.values(at.world.table<{ id: string }>(`ec2.internetGateways@${at.aws.region}`));
    const id = found?.id ?? "";
    const eni = put(at, { vpcId, subnetId, publicIp: "203.0.113.7", ...machine });
    const refusal = `internet gateway ${id} cannot be detached from ${vpcId}`;
    ends(
      await remove(at, InternetGateway, id),
      refusal,
      `network interface ${eni}`,
      `has a public address in ${vpcId}`,
    );
    put(at, { id: eni, vpcId, subnetId, ...machine });
    expect((await remove(at, InternetGateway, id)).error).toBeUndefined();
    await gateway(at, vpcId);
  });

  it("names the interface that has an address, with the command that removes it", async () => {
    const at = simulated();
    const { vpcId, subnetIds } = await network(at);
    const { allocationId } = await made(at, ElasticIp, { tags: {} });
    const NetworkInterfaceId = put(at, { vpcId, subnetId: subnetIds[0] ?? "", ...machine });
    await at.aws.ec2(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId }));
    const held = await remove(at, ElasticIp, allocationId);
    ends(
      held,
      `Elastic IP address ${allocationId} cannot`,
      "uses it",
      "ec2 disassociate-address --association-id eipassoc-",
    );
  });

  it("names the gateway that a route table is associated with", async () => {
    const at = simulated();
    const { vpcId } = await vpc(at);
    const { internetGatewayId: GatewayId } = await gateway(at, vpcId);
    const { routeTableId: RouteTableId } = await made(at, RouteTable, { vpcId, routes: {}, subnetIds: [], tags: {} });
    await at.aws.ec2(new AssociateRouteTableCommand({ RouteTableId, GatewayId }));
    const held = await remove(at, RouteTable, RouteTableId);
    ends(
      held,
      `route table ${RouteTableId} cannot`,
      `gateway ${GatewayId}`,
      "ec2 disassociate-route-table --association-id",
    );
  });

  it("names a machine in a cluster", async () => {
    const at = simulated();
    const cluster = (await made(at, Cluster, { name: "demo-test-cluster", containerInsights: false, tags: {} })).name;
    await at.aws.ecs(new RegisterContainerInstanceCommand({ cluster }));
    const held = await remove(at, Cluster, cluster);
    ends(held, `ECS cluster ${cluster} cannot`, "container instance ", "ecs deregister-container-instance --force");
  });

  it("names a listener or a rule that forwards to a target group", async () => {
    const at = simulated();
    const { listenerArn, targetGroupArn, otherTargetGroupArn, loadBalancerArn } = await listener(at);
    const forward = (TargetGroupArn: string) => [{ Type: "forward" as const, TargetGroupArn }];
    await at.aws.elb(
      new CreateRuleCommand({
        ListenerArn: listenerArn,
        Priority: 7,
        Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/x"] } }],
        Actions: forward(targetGroupArn),
      }),
    );
    const asked = { LoadBalancerArn: loadBalancerArn, Port: 8080, Protocol: "HTTP" } as const;
    await at.aws.elb(new CreateListenerCommand({ ...asked, DefaultActions: forward(otherTargetGroupArn) }));
    ends(await remove(at, TargetGroup, targetGroupArn), "target group ", "rule 7 of listener HTTP:80", "delete-rule");
    ends(await remove(at, TargetGroup, otherTargetGroupArn), "target group ", "listener HTTP:8080", "delete-listener");
  });

  it("names the VPC origin that uses a load balancer", async () => {
    const at = simulated();
    const { loadBalancerArn: Arn } = await internalBalancer(at);
    const ports = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: "http-only" } as const;
    await at.aws.cloudFront(new CreateVpcOriginCommand({ VpcOriginEndpointConfig: { Name: "blog", Arn, ...ports } }));
    ends(
      await remove(at, LoadBalancer, Arn),
      "load balancer ",
      `"blog" of CloudFront`,
      "aws cloudfront get-vpc-origin",
    );
  });

  it("names the instance profile that has a role", async () => {
    const at = simulated();
    await role(at, "demo-test-task", "ecs-tasks.amazonaws.com");
    const [RoleName, InstanceProfileName] = ["demo-test-task", "machines"];
    await at.aws.iam(new CreateInstanceProfileCommand({ InstanceProfileName }));
    await at.aws.iam(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
    const held = await remove(at, Role, RoleName);
    ends(held, `IAM role ${RoleName} cannot`, "instance profile machines", "iam remove-role-from-instance-profile");
  });

  it("names the deletion protection of a log group", async () => {
    const at = simulated();
    const name = "/ecs/demo-test";
    await made(at, LogGroup, { name, retentionDays: 30, tags: {} });
    const on = { logGroupIdentifier: name, deletionProtectionEnabled: true };
    await at.aws.logs(new PutLogGroupDeletionProtectionCommand(on));
    ends(await remove(at, LogGroup, name), `log group ${name} cannot`, "logs put-log-group-deletion-protection");
  });
});
