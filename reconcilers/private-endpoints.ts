import { SecurityGroup } from "../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../src/aws/ec2/security-group-rules.ts";
import { VpcEndpoint } from "../src/aws/ec2/vpc-endpoint.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Security } from "./security.ts";

/** What a Fargate task needs of AWS where no NAT gateway leads out (Amazon ECS developer guide, "interface VPC endpoints"). */
const INTERFACES = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"];

/** The doors to AWS for tasks in a VPC without NAT gateways: endpoints in the private subnets, and S3, where ECR keeps its layers. */
export function privateEndpoints(layer: Layer, { vpc, privates, privateRoutes }: Network, { groups }: Security) {
  const { stack, names } = layer;
  const group = layer.add("endpoints-group", SecurityGroup, {
    name: `${names.prefix}-endpoints`,
    description: "VPC endpoints: in from the tasks only",
    vpcId: vpc.vpcId,
  });
  const rules = layer.add("endpoints-rules", SecurityGroupRules, {
    groupId: group.groupId,
    ingress: [
      { protocol: "tcp", fromPort: 443, toPort: 443, peer: groups.tasks.groupId, description: "HTTPS from the tasks" },
    ],
    egress: [],
  });
  const services = stack.service.enableExec ? [...INTERFACES, "ssmmessages"] : INTERFACES;
  const interfaces = services.map((service) =>
    layer.add(
      `endpoint-${service.replace(".", "-")}`,
      VpcEndpoint,
      {
        vpcId: vpc.vpcId,
        service: `com.amazonaws.${stack.region}.${service}`,
        type: "Interface",
        subnetIds: privates.map(({ subnetId }) => subnetId),
        groupIds: [group.groupId],
        routeTableIds: [],
        privateDns: true,
      },
      { after: [rules] },
    ),
  );
  const s3 = layer.add("endpoint-s3", VpcEndpoint, {
    vpcId: vpc.vpcId,
    service: `com.amazonaws.${stack.region}.s3`,
    type: "Gateway",
    subnetIds: [],
    groupIds: [],
    routeTableIds: privateRoutes.map(({ routeTableId }) => routeTableId),
    privateDns: false,
  });
  return [...interfaces, s3];
}
