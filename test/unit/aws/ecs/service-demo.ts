import { type Deployment, type Service as EcsService } from "@aws-sdk/client-ecs";
import type { ServiceSpec } from "../../../../src/aws/ecs/service-spec.ts";
import { awsError } from "../../../support/failing.ts";

export const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
export const owned = Object.entries(tags).map(([key, value]) => ({ key, value }));
export const REVISION = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/demo:1";
export const TARGET_GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/demo/1";
export const ARN = "arn:aws:ecs:ap-northeast-1:123456789012:service/demo/app";
export const spec: ServiceSpec = {
  name: "app",
  cluster: "demo",
  taskDefinition: REVISION,
  subnetIds: ["subnet-1", "subnet-2"],
  groupIds: ["sg-1"],
  assignPublicIp: false,
  loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: "web", containerPort: 8080 }],
  count: { desired: 3, min: 2, max: 6 },
  deployment: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  capacityProviders: [],
  platformVersion: "LATEST",
  zoneRebalancing: true,
  taskTags: true,
  healthCheckGracePeriod: 60,
  enableExec: false,
  tags,
};
export const attrs = { name: "app", arn: ARN, cluster: "demo" };
export const network = (subnets: string[], securityGroups: string[]) => ({
  awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: "DISABLED" as const },
});
export const written = {
  taskDefinition: REVISION,
  networkConfiguration: network(["subnet-1", "subnet-2"], ["sg-1"]),
  loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: "web", containerPort: 8080 }],
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  healthCheckGracePeriodSeconds: 60,
  tags: owned,
};
export const created = {
  ...written,
  cluster: "demo",
  serviceName: "app",
  clientToken: "token-1",
  desiredCount: 3,
  launchType: "FARGATE",
  platformVersion: "LATEST",
  schedulingStrategy: "REPLICA",
  availabilityZoneRebalancing: "ENABLED",
  enableExecuteCommand: false,
  enableECSManagedTags: true,
  propagateTags: "SERVICE",
};
export const settled: Deployment = { status: "PRIMARY", rolloutState: "COMPLETED" };
export const described: EcsService = {
  ...written,
  serviceArn: ARN,
  serviceName: "app",
  status: "ACTIVE",
  desiredCount: 4,
  runningCount: 4,
  networkConfiguration: network(["subnet-2", "subnet-1"], ["sg-1"]),
  deployments: [settled],
};
export const observed = { id: "demo/app", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
export const invalid = (says: string) => awsError("InvalidParameterException", says);
export const answer = (changes: EcsService) => ({ services: [{ ...described, ...changes }] });
