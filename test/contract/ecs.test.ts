import { CreateRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { NOT_SUSPENDED, ScalableTarget } from "../../src/aws/autoscaling/scalable-target.ts";
import { ScalingPolicy, type ScalingPolicySpec } from "../../src/aws/autoscaling/scaling-policy.ts";
import { ScheduledAction, type ScheduledActionSpec } from "../../src/aws/autoscaling/scheduled-action.ts";
import { StepPolicy, type StepPolicySpec } from "../../src/aws/autoscaling/step-policy.ts";
import { Cluster } from "../../src/aws/ecs/cluster.ts";
import { Service } from "../../src/aws/ecs/service.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import { HttpNamespace } from "../../src/aws/servicediscovery/http-namespace.ts";
import { made } from "./made.ts";
import { service, serviceSpec, taskDefinitionSpec } from "./ground.ts";
import { contract } from "./suite.ts";

contract({
  kind: Cluster,
  spec: async () => ({ name: "demo-test-cluster", containerInsights: true, tags: {} }),
  edits: { containerInsights: () => false },
  without: { capacityProviders: "those that it has are never taken away: test/unit/aws/ecs/cluster.test.ts" },
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
    container: ({ container }) => ({
      ...container,
      environment: { APP_ENV: "other", MORE: "1" },
      portMappings: [{ containerPort: 8080 }],
    }),
    sidecars: () => ({ agent: { name: "agent", image: "public.ecr.aws/docker/library/busybox:1", essential: false } }),
  },
  without: {
    task: "every setting of it that can be changed by hand is in test/e2e/hand-made.test.ts",
    status: "a revision that was deregistered cannot be brought back, only registered anew",
    repository: "it says which images are the pipeline's, and nothing of it is written",
    runningIn: "it says where to look, and nothing of it is written",
  },
});

contract({
  kind: Service,
  spec: async (at) => {
    const spec = await serviceSpec(at, "service", "demo-test-cluster");
    const { arn: namespaceArn } = await made(at, HttpNamespace, { name: "demo-test", tags: {} });
    const services = [{ portName: "web", discoveryName: "web", aliasPort: 80, aliasDns: "web" }];
    return { ...spec, serviceConnect: { namespaceArn, services } };
  },
  edits: {
    taskDefinition: async (_spec, at) => (await made(at, TaskDefinition, taskDefinitionSpec(at, "other"))).arn,
    subnetIds: ({ subnetIds }) => subnetIds.slice(1),
    groupIds: async (_spec, at) =>
      Object.values(at.world.table<{ id: string; name: string }>(`ec2.securityGroups@${at.aws.region}`)).flatMap(
        ({ id, name }) => (name === "second" ? [id] : []),
      ),
    assignPublicIp: () => true,
    loadBalancers: async ({ loadBalancers }, at) => {
      const others = Object.values(at.world.table<{ arn: string; name: string }>(`elb.targetGroups@${at.aws.region}`));
      const used = loadBalancers.map(({ targetGroupArn }) => targetGroupArn);
      const other = others.find(({ arn }) => !used.includes(arn));
      await at.aws.elb(
        new CreateRuleCommand({
          ListenerArn: Object.keys(at.world.table(`elb.listeners@${at.aws.region}`))[0],
          Priority: 9,
          Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/other/*"] } }],
          Actions: [{ Type: "forward", TargetGroupArn: other?.arn }],
        }),
      );
      return [{ targetGroupArn: other?.arn ?? "", containerName: "app", containerPort: 5000 }];
    },
    count: () => ({ desired: 5, min: 5, max: 6 }),
    deployment: () => ({
      minimumHealthyPercent: 50,
      maximumPercent: 150,
      deploymentCircuitBreaker: { enable: true, rollback: false },
    }),
    capacityProviders: () => {
      return [{ capacityProvider: "FARGATE_SPOT", weight: 1, base: 0 }];
    },
    platformVersion: () => "1.3.0",
    zoneRebalancing: () => false,
    taskTags: () => false,
    healthCheckGracePeriod: () => 10,
    serviceConnect: ({ serviceConnect }) => serviceConnect && { ...serviceConnect, services: [] },
    enableExec: () => true,
  },
});

contract({
  kind: ScalableTarget,
  spec: async (at) => ({
    ...(await service(at, "demo-test-cluster")),
    min: 1,
    max: 4,
    suspended: NOT_SUSPENDED,
    policies: [],
    tags: {},
  }),
  edits: {
    min: () => 2,
    max: () => 8,
    suspended: () => ({ ...NOT_SUSPENDED, DynamicScalingInSuspended: true }),
  },
  without: { policies: "it says which policies are the stack's, and nothing of it is written" },
});

contract({
  kind: ScalingPolicy,
  spec: async (at): Promise<ScalingPolicySpec> => {
    const ground = await service(at);
    const target = { ...ground, min: 1, max: 4, suspended: NOT_SUSPENDED, policies: ["cpu"], tags: {} };
    await made(at, ScalableTarget, target);
    return {
      ...ground,
      name: "cpu",
      metric: "ECSServiceAverageCPUUtilization",
      target: 70,
      scaleInCooldown: 300,
      scaleOutCooldown: 60,
      disableScaleIn: false,
    };
  },
  edits: {
    metric: () => "ECSServiceAverageMemoryUtilization" as const,
    target: () => 50,
    scaleInCooldown: () => 100,
    scaleOutCooldown: () => 10,
    disableScaleIn: () => true,
  },
});

contract({
  kind: StepPolicy,
  spec: async (at): Promise<StepPolicySpec> => {
    const ground = await service(at);
    await made(at, ScalableTarget, { ...ground, min: 0, max: 4, suspended: NOT_SUSPENDED, policies: [], tags: {} });
    return {
      ...ground,
      name: "from-zero",
      adjustment: "ChangeInCapacity",
      steps: [{ from: 0, by: 1 }],
      cooldown: 180,
      aggregation: "Maximum",
    };
  },
  edits: {
    adjustment: () => "ExactCapacity" as const,
    steps: () => [
      { from: 0, to: 10, by: 1 },
      { from: 10, by: 2 },
    ],
    cooldown: () => 60,
    aggregation: () => "Average" as const,
  },
});

contract({
  kind: ScheduledAction,
  spec: async (at): Promise<ScheduledActionSpec> => {
    const ground = await service(at);
    const scheduled = [{ name: "night", min: 0, max: 1 }];
    await made(at, ScalableTarget, {
      ...ground,
      min: 1,
      max: 4,
      suspended: NOT_SUSPENDED,
      policies: [],
      scheduled,
      tags: {},
    });
    return {
      ...ground,
      name: "night",
      schedule: "cron(0 20 ? * MON-FRI *)",
      timezone: "Europe/Berlin",
      bounds: { min: 0, max: 1 },
    };
  },
  edits: {
    schedule: () => "cron(30 21 ? * MON-FRI *)",
    timezone: () => "Asia/Tokyo",
    bounds: () => ({ max: 2 }),
  },
});

contract({
  kind: ScalingPolicy,
  spec: async (at): Promise<ScalingPolicySpec> => {
    const ground = await service(at);
    await made(at, ScalableTarget, { ...ground, min: 0, max: 4, suspended: NOT_SUSPENDED, policies: [], tags: {} });
    return {
      ...ground,
      name: "backlog",
      metric: { type: "backlog-per-task", queue: "demo-test-work" },
      target: 100,
      scaleInCooldown: 300,
      scaleOutCooldown: 60,
      disableScaleIn: false,
    };
  },
  edits: {
    metric: (_spec, at) => {
      const arns = (table: string) => Object.values(at.world.table<{ arn: string; name: string }>(table));
      const group = arns(`elb.targetGroups@${at.aws.region}`).find(({ name }) => name === "one");
      const [balancer] = arns(`elb.loadBalancers@${at.aws.region}`);
      return {
        type: "requests-per-target" as const,
        loadBalancerArn: balancer?.arn ?? "",
        targetGroupArn: group?.arn ?? "",
      };
    },
    target: () => 50,
    scaleInCooldown: () => 100,
    scaleOutCooldown: () => 10,
    disableScaleIn: () => true,
  },
});
