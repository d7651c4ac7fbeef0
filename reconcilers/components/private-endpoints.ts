import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../src/aws/ec2/security-group-rules.ts";
import { VpcEndpoint } from "../../src/aws/ec2/vpc-endpoint.ts";
import { isGatewayService } from "../../src/config/endpoints.ts";
import { whenCreated, type AnyHandle, type Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

/** AWS services that a Fargate task needs without a NAT gateway (Amazon ECS developer guide, "interface VPC endpoints"). */
const INTERFACES = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"];

/** What the tasks of a stack call. */
export interface Calls {
  /** Whether ECS Exec is enabled for a service, which needs its own endpoint. */
  readonly exec: boolean;
  /** Whether a service mounts volumes: the EFS mount helper calls EFS if its name does not resolve (aws/efs-utils). */
  readonly volumes: boolean;
  /** Whether a service reads parameters of SSM. */
  readonly parameters: boolean;
  /** Whether a service uses a queue. */
  readonly queues: boolean;
}

/** The services whose endpoints tasks need in a VPC without NAT gateways: S3 is where ECR stores image layers. */
export const neededEndpoints = ({ exec, volumes, parameters, queues }: Calls): readonly string[] => [
  ...INTERFACES,
  ...(parameters ? ["ssm"] : []),
  ...(exec ? ["ssmmessages"] : []),
  ...(volumes ? ["elasticfilesystem"] : []),
  ...(queues ? ["sqs"] : []),
  "s3",
];

export interface PrivateEndpointsProps {
  readonly network: Network;
  /** The AWS services: `ecr.api`. One that is named twice gets one endpoint. */
  readonly services: readonly string[];
  /** The security groups that may use them. */
  readonly clients: readonly Output<string>[];
  /** Interface endpoints are charged by the hour, and a stack without tasks needs none. */
  readonly isAsleep: boolean;
}

/**
 * VPC endpoints: interface endpoints in the private subnets, gateway endpoints in the route tables. An endpoint has the same id whatever it
 * is for, so that none is replaced if NAT gateways come or go. Returns what must be ready before a task can use them.
 */
export function privateEndpoints(scope: Scope, props: PrivateEndpointsProps): readonly AnyHandle[] {
  const { network, clients, isAsleep } = props;
  const services = [...new Set(props.services)];
  const common = (service: string) => ({
    vpcId: network.vpcId,
    service: `com.amazonaws.${scope.region}.${service}`,
  });
  const idOf = (service: string) => `compute/endpoint-${service.replaceAll(".", "-")}`;
  const tables = network.tasks.publicIp ? network.taskRouteTableIds : [];
  const gateways = services.filter(isGatewayService).map((service) =>
    scope.add(idOf(service), VpcEndpoint, {
      ...common(service),
      type: "Gateway",
      subnetIds: [],
      groupIds: [],
      routeTableIds: [...network.privateRouteTableIds, ...tables],
      privateDns: false,
    }),
  );
  const names = services.filter((service) => !isGatewayService(service));
  if (names.length === 0) return gateways;
  const group = scope.add("compute/endpoints-group", SecurityGroup, {
    name: scope.name("endpoints"),
    description: "VPC endpoints: in from the tasks only",
    vpcId: network.vpcId,
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
  const interfaces = (isAsleep ? [] : names).map((service) =>
    scope.add(
      idOf(service),
      VpcEndpoint,
      {
        ...common(service),
        // Private names need the VPC's DNS settings (botocore ec2, CreateVpcEndpointRequest.PrivateDnsEnabled).
        vpcId: whenCreated(network.vpcId),
        type: "Interface",
        subnetIds: network.privateSubnetIds,
        groupIds: [group.groupId],
        routeTableIds: [],
        privateDns: true,
      },
      { after: [rules] },
    ),
  );
  return [...interfaces, ...gateways];
}
