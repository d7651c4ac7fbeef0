import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../src/aws/ec2/security-group-rules.ts";
import { VpcEndpoint } from "../../src/aws/ec2/vpc-endpoint.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

/** AWS services that a Fargate task needs without a NAT gateway (Amazon ECS developer guide, "interface VPC endpoints"). */
const INTERFACES = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"];

export interface PrivateEndpointsProps {
  readonly network: Network;
  /** The security groups that may use them. */
  readonly clients: readonly Output<string>[];
  /** Whether ECS Exec is enabled for a service, which needs its own endpoint. */
  readonly exec: boolean;
  /** Whether a service mounts volumes: the EFS mount helper calls EFS if its name does not resolve (aws/efs-utils). */
  readonly volumes: boolean;
  /** Whether a service reads parameters of SSM. */
  readonly parameters: boolean;
  /** Interface endpoints are charged by the hour, and a stack without tasks needs none. */
  readonly isAsleep: boolean;
  /** Whether a service uses a queue. */
  readonly queues: boolean;
}

/** Access to AWS for tasks in a VPC without NAT gateways: endpoints in the private subnets, and S3, where ECR stores image layers. */
export function privateEndpoints(scope: Scope, props: PrivateEndpointsProps) {
  const { network, clients, exec, volumes, parameters, queues, isAsleep } = props;
  const { vpcId } = network;
  const group = scope.add("compute/endpoints-group", SecurityGroup, {
    name: scope.name("endpoints"),
    description: "VPC endpoints: in from the tasks only",
    vpcId,
  });
  const rules = scope.add("compute/endpoints-rules", SecurityGroupRules, {
    groupId: group.groupId,
    ingress: clients.map((peer) => ({
      protocol: "tcp",
      fromPort: 443,
      toPort: 443,
      peer,
      description: "HTTPS from the tasks",
    })),
    egress: [],
  });
  const services = [
    ...INTERFACES,
    ...(parameters ? ["ssm"] : []),
    ...(exec ? ["ssmmessages"] : []),
    ...(volumes ? ["elasticfilesystem"] : []),
    ...(queues ? ["sqs"] : []),
  ];
  const interfaces = (isAsleep ? [] : services).map((service) =>
    scope.add(
      `compute/endpoint-${service.replace(".", "-")}`,
      VpcEndpoint,
      {
        vpcId,
        service: `com.amazonaws.${scope.region}.${service}`,
        type: "Interface",
        subnetIds: network.privateSubnetIds,
        groupIds: [group.groupId],
        routeTableIds: [],
        privateDns: true,
      },
      { after: [rules] },
    ),
  );
  const s3 = scope.add("compute/endpoint-s3", VpcEndpoint, {
    vpcId,
    service: `com.amazonaws.${scope.region}.s3`,
    type: "Gateway",
    subnetIds: [],
    groupIds: [],
    routeTableIds: network.privateRouteTableIds,
    privateDns: false,
  });
  return [...interfaces, s3];
}
