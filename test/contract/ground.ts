import { markOf } from "../../src/aws/owner.ts";
import { DEMO } from "../support/identities.ts";
import { AuthorizeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { InternetGateway } from "../../src/aws/ec2/internet-gateway.ts";
import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { Subnet } from "../../src/aws/ec2/subnet.ts";
import { Vpc } from "../../src/aws/ec2/vpc.ts";
import { Cluster } from "../../src/aws/ecs/cluster.ts";
import { Service } from "../../src/aws/ecs/service.ts";
import type { ServiceSpec } from "../../src/aws/ecs/service-spec.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import type { TaskDefinitionSpec } from "../../src/aws/ecs/task-definition-spec.ts";
import { ListenerRule } from "../../src/aws/elb/listener-rule.ts";
import { Listener } from "../../src/aws/elb/listener.ts";
import { LoadBalancer } from "../../src/aws/elb/load-balancer.ts";
import { TargetGroup, type TargetGroupSpec } from "../../src/aws/elb/target-group.ts";
import { Role } from "../../src/aws/iam/role.ts";
import type { Simulated } from "../support/simulated.ts";
import { made } from "./made.ts";

/* What the subjects of the contract stand on, made in a simulated world by the kinds themselves. */

export const vpc = (at: Simulated) =>
  made(at, Vpc, { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, tags: {} });

export const dualStackVpc = (at: Simulated) =>
  made(at, Vpc, { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true, ipv6: true, tags: {} });

export const subnet = (at: Simulated, vpcId: string, n: number, zone = n % 2 === 0 ? "a" : "c") =>
  made(at, Subnet, { vpcId, cidr: `10.0.${n}.0/24`, zone: `${at.aws.region}${zone}`, mapPublicIp: false, tags: {} });

export const group = (at: Simulated, vpcId: string, name: string) =>
  made(at, SecurityGroup, { name, description: name, vpcId, tags: {} });

export const gateway = (at: Simulated, vpcId: string) => made(at, InternetGateway, { vpcId, tags: {} });

/** A network with a way in from the internet, two public subnets and a group. */
export async function network(at: Simulated) {
  const { vpcId } = await vpc(at);
  await gateway(at, vpcId);
  const [one, two, three] = [await subnet(at, vpcId, 0), await subnet(at, vpcId, 1), await subnet(at, vpcId, 2, "d")];
  const [first, second] = [await group(at, vpcId, "first"), await group(at, vpcId, "second")];
  return {
    vpcId,
    subnetIds: [one.subnetId, two.subnetId].toSorted(),
    thirdSubnetId: three.subnetId,
    groupId: first.groupId,
    otherGroupId: second.groupId,
  };
}

export async function balancer(at: Simulated) {
  const ground = await network(at);
  const { arn } = await made(at, LoadBalancer, {
    name: "ground",
    vpcId: ground.vpcId,
    scheme: "internet-facing",
    subnetIds: ground.subnetIds,
    groupIds: [ground.groupId],
    attributes: {},
    tags: {},
  });
  return { ...ground, loadBalancerArn: arn };
}

/** An internal load balancer that is active. */
export async function internalBalancer(at: Simulated) {
  const ground = await network(at);
  const { vpcId, subnetIds, groupId } = ground;
  const spec = {
    name: "ground",
    vpcId,
    scheme: "internal",
    subnetIds,
    groupIds: [groupId],
    attributes: {},
    tags: {},
  } as const;
  const { arn } = await made(at, LoadBalancer, { ...spec, subnetIds: [...subnetIds], groupIds: [groupId] });
  await at.clock.sleep(300_000);
  return { ...ground, loadBalancerArn: arn };
}

export const targetGroupSpec = (vpcId: string, name = "ground"): TargetGroupSpec => ({
  name,
  vpcId,
  protocol: "HTTP",
  port: 5000,
  targetType: "ip",
  healthCheck: {
    path: "/health",
    matcher: "200",
    interval: 30,
    timeout: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  },
  attributes: { "deregistration_delay.timeout_seconds": "30" },
  tags: {},
});

export const forbidden = {
  type: "fixed-response",
  statusCode: "403",
  contentType: "text/plain",
  body: "Forbidden",
} as const;

/** A load balancer with a listener and two target groups. */
export async function listener(at: Simulated) {
  const ground = await balancer(at);
  const { arn: listenerArn } = await made(at, Listener, {
    loadBalancerArn: ground.loadBalancerArn,
    port: 80,
    protocol: "HTTP",
    action: forbidden,
    tags: {},
  });
  const [one, two] = [
    await made(at, TargetGroup, targetGroupSpec(ground.vpcId, "one")),
    await made(at, TargetGroup, targetGroupSpec(ground.vpcId, "two")),
  ];
  return { ...ground, listenerArn, targetGroupArn: one.arn, otherTargetGroupArn: two.arn };
}

export const role = (at: Simulated, name: string, principal: string) =>
  made(at, Role, {
    name,
    description: "",
    trust: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: principal }, Action: "sts:AssumeRole" }],
    },
    // What a role may do is not what these tests are about.
    policies: {
      all: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
    },
    managedPolicyArns: [],
    permissionsBoundary: "",
    maxSessionSeconds: 3600,
    tags: {},
  });

export const taskDefinitionSpec = (at: Simulated, family: string): TaskDefinitionSpec => ({
  family,
  cpu: 256,
  memory: 1024,
  executionRoleArn: `arn:aws:iam::${at.aws.account}:role/execution`,
  taskRoleArn: `arn:aws:iam::${at.aws.account}:role/task`,
  image: "public.ecr.aws/docker/library/httpd:2.4",
  container: {
    name: "app",
    portMappings: [{ containerPort: 5000, name: "web" }],
    environment: { APP_ENV: "test" },
    user: "1000",
    readonlyRootFilesystem: true,
    stopTimeout: 30,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": "/ecs/test",
        "awslogs-region": at.aws.region,
        "awslogs-stream-prefix": "app",
      },
    },
    linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] },
    healthCheck: { command: ["CMD", "true"], interval: 30, timeout: 5, retries: 3, startPeriod: 60 },
  },
  sidecars: {},
  task: {
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
  },
  status: "ACTIVE",
  repository: `${at.aws.account}.dkr.ecr.${at.aws.region}.amazonaws.com/ground`,
  runningIn: { cluster: "ground", service: "ground" },
  tags: {},
});

/** All that a service needs, and a spec for one. */
export async function serviceSpec(at: Simulated, name: string, clusterName = "ground"): Promise<ServiceSpec> {
  const ground = await listener(at);
  for (const taskRole of ["execution", "task"]) await role(at, taskRole, "ecs-tasks.amazonaws.com");
  await made(at, ListenerRule, {
    listenerArn: ground.listenerArn,
    priority: 1,
    pathPatterns: ["/*"],
    hosts: [],
    secretHeader: "X-Origin-Verify",
    sharedSecret: undefined,
    action: { type: "forward", targetGroupArn: ground.targetGroupArn },
    tags: {},
  });
  // The load balancer gets through to the tasks, in whichever group they are.
  for (const { id } of Object.values(at.world.table<{ id: string }>(`ec2.securityGroups@${at.aws.region}`)))
    await at.aws.ec2(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: id,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 5000, ToPort: 5001, IpRanges: [{ CidrIp: "10.0.0.0/16" }] }],
      }),
    );
  const cluster = await made(at, Cluster, { name: clusterName, containerInsights: true, tags: {} });
  const definition = await made(at, TaskDefinition, taskDefinitionSpec(at, "ground"));
  return {
    name,
    cluster: cluster.name,
    taskDefinition: definition.arn,
    subnetIds: ground.subnetIds,
    groupIds: [ground.groupId],
    assignPublicIp: false,
    loadBalancers: [{ targetGroupArn: ground.targetGroupArn, containerName: "app", containerPort: 5000 }],
    count: { desired: 2, min: 1, max: 4 },
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
    tags: {},
  };
}

/** A service that runs. */
export async function service(at: Simulated, clusterName?: string) {
  const spec = await serviceSpec(at, "ground", clusterName);
  await made(at, Service, spec);
  return { cluster: spec.cluster, service: spec.name };
}

/** A response headers policy. */
export const policySpec = (name: string) => ({
  name,
  owner: markOf(DEMO, "contract/subject"),
  comment: "Security headers",
  hsts: { maxAgeSeconds: 31_536_000, includeSubdomains: true, preload: false },
  contentTypeOptions: true,
  frameOption: "DENY" as const,
  referrerPolicy: "strict-origin-when-cross-origin" as const,
});
