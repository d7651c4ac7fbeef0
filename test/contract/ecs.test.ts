import { ScalableTarget } from "../../src/aws/autoscaling/scalable-target.ts";
import { ScalingPolicy, type ScalingPolicySpec } from "../../src/aws/autoscaling/scaling-policy.ts";
import { Cluster } from "../../src/aws/ecs/cluster.ts";
import { Service } from "../../src/aws/ecs/service.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import { made } from "./made.ts";
import { service, serviceSpec, taskDefinitionSpec } from "./ground.ts";
import { contract } from "./suite.ts";

contract({
  kind: Cluster,
  spec: async () => ({ name: "demo-test-cluster", containerInsights: true, tags: {} }),
  edits: { containerInsights: () => false },
});

contract({
  kind: TaskDefinition,
  spec: async (at) => taskDefinitionSpec(at, "demo-test"),
  edits: {
    cpu: () => 512,
    memory: () => 2048,
    executionRoleArn: ({ executionRoleArn }) => `${executionRoleArn}-2`,
    taskRoleArn: ({ taskRoleArn }) => `${taskRoleArn}-2`,
    image: () => "public.ecr.aws/docker/library/httpd:2.5",
    container: ({ container }) => ({ ...container, environment: { APP_ENV: "other", MORE: "1" }, port: 8080 }),
  },
  without: { runningIn: "it says where to look, and nothing of it is written" },
});

contract({
  kind: Service,
  spec: async (at) => serviceSpec(at, "service", "demo-test-cluster"),
  edits: {
    taskDefinition: async (_spec, at) => (await made(at, TaskDefinition, taskDefinitionSpec(at, "other"))).arn,
    subnetIds: ({ subnetIds }) => subnetIds.slice(1),
    groupIds: async (_spec, at) =>
      Object.values(at.world.table<{ id: string; name: string }>(`ec2.securityGroups@${at.aws.region}`)).flatMap(
        ({ id, name }) => (name === "second" ? [id] : []),
      ),
    containerPort: () => 5001,
    count: () => ({ min: 5, max: 6, initial: 5 }),
    deployment: () => ({ minHealthyPercent: 50, maxPercent: 150, circuitBreaker: false }),
    healthCheckGracePeriod: () => 10,
    enableExec: () => true,
  },
  without: {
    targetGroupArn: "ECS takes only one that a listener uses, and the ground has one",
    containerName: "the ground's task definition has one container",
  },
});

contract({
  kind: ScalableTarget,
  spec: async (at) => ({ ...(await service(at, "demo-test-cluster")), min: 1, max: 4, tags: {} }),
  edits: { min: () => 2, max: () => 8 },
});

contract({
  kind: ScalingPolicy,
  spec: async (at): Promise<ScalingPolicySpec> => {
    const ground = await service(at);
    await made(at, ScalableTarget, { ...ground, min: 1, max: 4, tags: {} });
    return {
      ...ground,
      name: "cpu",
      metric: "ECSServiceAverageCPUUtilization",
      target: 70,
      scaleInCooldown: 300,
      scaleOutCooldown: 60,
    };
  },
  edits: {
    metric: () => "ECSServiceAverageMemoryUtilization" as const,
    target: () => 50,
    scaleInCooldown: () => 100,
    scaleOutCooldown: () => 10,
  },
});
