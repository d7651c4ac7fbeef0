import type { TaskDefinitionSpec } from "../../../../src/aws/ecs/task-definition-spec.ts";
import { awsError } from "../../../support/failing.ts";

export const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
export const owned = [
  { key: "fairlead:stack", value: "demo" },
  { key: "fairlead:environment", value: "test" },
  { key: "fairlead:region", value: "ap-northeast-1" },
  { key: "fairlead:id", value: "network/it" },
];
export const revision = (number: number) => `arn:aws:ecs:ap-northeast-1:123456789012:task-definition/demo:${number}`;
export const healthCheck = { command: ["CMD", "true"], interval: 10, startPeriod: 15 };
export const options = {
  "awslogs-group": "/demo/app",
  "awslogs-region": "ap-northeast-1",
  "awslogs-stream-prefix": "web",
};
export const spec: TaskDefinitionSpec = {
  family: "demo",
  cpu: 256,
  memory: 512,
  executionRoleArn: "arn:aws:iam::123456789012:role/execution",
  taskRoleArn: "arn:aws:iam::123456789012:role/task",
  image: "demo:first",
  container: {
    name: "web",
    portMappings: [{ containerPort: 8080 }],
    environment: { ZONE: "a", APP: "demo" },
    readonlyRootFilesystem: true,
    logConfiguration: { logDriver: "awslogs", options },
    linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] },
    healthCheck,
  },
  sidecars: {},
  task: {
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
  },
  status: "ACTIVE",
  repository: "demo",
  runningIn: { cluster: "demo", service: "app" },
  tags,
};
export const container = {
  name: "web",
  image: "demo:first",
  essential: true,
  portMappings: [{ containerPort: 8080, protocol: "tcp" as const }],
  environment: [
    { name: "APP", value: "demo" },
    { name: "ZONE", value: "a" },
  ],
  readonlyRootFilesystem: true,
  logConfiguration: { logDriver: "awslogs" as const, options },
  linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] },
  healthCheck,
};
export const registered = {
  family: "demo",
  networkMode: "awsvpc" as const,
  requiresCompatibilities: ["FARGATE" as const],
  runtimePlatform: { cpuArchitecture: "X86_64" as const, operatingSystemFamily: "LINUX" as const },
  cpu: "256",
  memory: "512",
  executionRoleArn: spec.executionRoleArn,
  taskRoleArn: spec.taskRoleArn,
  containerDefinitions: [container],
};
/** What ECS answers for it, filled in as ECS does. */
export const answered = {
  ...registered,
  volumes: [],
  placementConstraints: [],
  enableFaultInjection: false,
  revision: 1,
  requiresAttributes: [{ name: "ecs.capability.task-eni" }],
  compatibilities: ["EC2" as const, "FARGATE" as const],
  registeredAt: new Date(0),
  registeredBy: "arn:aws:iam::123456789012:role/admin",
  containerDefinitions: [
    {
      ...container,
      cpu: 0,
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" as const }],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      logConfiguration: { ...container.logConfiguration, secretOptions: [] },
      linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64, mountOptions: [] }] },
      healthCheck: { ...healthCheck, timeout: 5, retries: 3 },
    },
  ],
};
export const described = (number: number, status: "ACTIVE" | "INACTIVE" = "ACTIVE") => ({
  ...answered,
  status,
  taskDefinitionArn: revision(number),
});
export const observed = {
  id: "demo",
  spec,
  attrs: { arn: revision(1), family: "demo" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};
export const unknown = awsError("ClientException", "Unable to describe task definition.");
