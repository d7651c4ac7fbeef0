import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { CreateSubnetCommand, CreateVpcCommand, ModifyVpcAttributeCommand } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { Role } from "../../../src/aws/iam/role.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import { TIMING } from "../../../src/simulator/timing.ts";
import { service as runningService } from "../../contract/ground.ts";
import { simulated } from "../../support/simulated.ts";

const later = 1_000 * (TIMING.release + TIMING.deleteLag);
const named = (name: string) => expect.objectContaining({ name });
const RoleName = "task";
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
});

describe("what the simulated AWS still returns for just deleted resources", () => {
  it("a role, by GetRole and ListRoles alone, and its policies until they no longer count", async () => {
    const { aws, clock } = simulated();
    await aws.iam(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName: "files", PolicyDocument: policy }));
    await aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName: "files" }));
    await expect(aws.iam(new DeleteRoleCommand({ RoleName }))).rejects.toThrow("must delete policies first");
    await clock.sleep(later);
    await aws.iam(new DeleteRoleCommand({ RoleName }));
    expect((await aws.iam(new GetRoleCommand({ RoleName }))).Role?.RoleName).toBe(RoleName);
    expect((await aws.iam(new ListRolesCommand({}))).Roles).toHaveLength(1);
    await expect(aws.iam(new ListRolePoliciesCommand({ RoleName }))).rejects.toThrow(named("NoSuchEntityException"));
    const look = { id: "service/role", knownId: RoleName, owner: "", formerOwner: undefined, spec: { name: RoleName } };
    expect(await Role.observe(aws, { ...look, excludeIds: [], snapshot: new Snapshot() })).toBeUndefined();
    await clock.sleep(later);
    await expect(aws.iam(new GetRoleCommand({ RoleName }))).rejects.toThrow(named("NoSuchEntityException"));
    expect((await aws.iam(new ListRolesCommand({}))).Roles).toEqual([]);
  });

  it("a bucket in the list alone, and its name is not free at once", async () => {
    const { aws, clock } = simulated();
    const create = new CreateBucketCommand({
      Bucket: "files-1",
      CreateBucketConfiguration: { LocationConstraint: "ap-northeast-1" },
    });
    await aws.s3(create);
    await aws.s3(new DeleteBucketCommand({ Bucket: "files-1" }));
    expect((await aws.s3(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
    await expect(aws.s3(new GetBucketTaggingCommand({ Bucket: "files-1" }))).rejects.toThrow(named("NoSuchBucket"));
    await expect(aws.s3(create)).rejects.toThrow(named("OperationAborted"));
    await clock.sleep(later);
    expect((await aws.s3(new ListBucketsCommand({}))).Buckets).toEqual([]);
    await clock.sleep(1_000 * TIMING.bucketName);
    await aws.s3(create);
  });

  it("a repository by its description alone", async () => {
    const { aws, clock } = simulated();
    const [ask, describes] = [{ repositoryName: "app" }, new DescribeRepositoriesCommand({ repositoryNames: ["app"] })];
    await aws.ecr(new CreateRepositoryCommand(ask));
    await aws.ecr(new DeleteRepositoryCommand(ask));
    expect((await aws.ecr(describes)).repositories).toHaveLength(1);
    await expect(aws.ecr(new GetLifecyclePolicyCommand(ask))).rejects.toThrow(named("RepositoryNotFoundException"));
    await clock.sleep(later);
    await expect(aws.ecr(describes)).rejects.toThrow(named("RepositoryNotFoundException"));
  });

  it("a target that was removed from an event rule keeps the rule", async () => {
    const { aws, clock } = simulated();
    await aws.eventBridge(new PutRuleCommand({ Name: "push", EventPattern: '{"source":["aws.s3"]}' }));
    const target = { Id: "queue", Arn: "arn:aws:sqs:ap-northeast-1:123456789012:events" };
    await aws.eventBridge(new PutTargetsCommand({ Rule: "push", Targets: [target] }));
    await aws.eventBridge(new RemoveTargetsCommand({ Rule: "push", Ids: ["queue"] }));
    await expect(aws.eventBridge(new DeleteRuleCommand({ Name: "push" }))).rejects.toThrow("since it has targets");
    await clock.sleep(later);
    await aws.eventBridge(new DeleteRuleCommand({ Name: "push" }));
  });

  it("a service that drains is described and not listed, a cluster INACTIVE, a scalable target by its description", async () => {
    const { aws, clock } = simulated();
    const { ecs, autoScaling } = aws;
    await ecs(new CreateClusterCommand({ clusterName: "shop" }));
    const { taskDefinition } = await ecs(
      new RegisterTaskDefinitionCommand({
        family: "web",
        networkMode: "bridge",
        containerDefinitions: [{ name: "web", image: "nginx", memory: 128 }],
      }),
    );
    const of = { cluster: "shop", service: "web" };
    await ecs(
      new CreateServiceCommand({ cluster: "shop", serviceName: "web", taskDefinition: "web", desiredCount: 0 }),
    );
    const scaled = {
      ServiceNamespace: "ecs",
      ResourceId: "service/shop/web",
      ScalableDimension: "ecs:service:DesiredCount",
    } as const;
    const { ScalableTargetARN: ResourceARN } = await autoScaling(
      new RegisterScalableTargetCommand({ ...scaled, MinCapacity: 0, MaxCapacity: 2 }),
    );
    await autoScaling(new DeregisterScalableTargetCommand(scaled));
    const targets = new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" });
    expect((await autoScaling(targets)).ScalableTargets).toHaveLength(1);
    await expect(autoScaling(new ListTagsForResourceCommand({ ResourceARN }))).rejects.toThrow("doesn't exist");

    await ecs(new DeleteServiceCommand(of));
    expect((await ecs(new ListServicesCommand({ cluster: "shop" }))).serviceArns).toEqual([]);
    const described = await ecs(new DescribeServicesCommand({ cluster: "shop", services: ["web"] }));
    expect(described.services?.[0]?.status).toBe("DRAINING");
    const arn = taskDefinition?.taskDefinitionArn ?? "";
    await ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
    await ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions: [arn] }));
    const revision = await ecs(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    expect(revision.taskDefinition?.status).toBe("DELETE_IN_PROGRESS");
    expect((await ecs(new ListTaskDefinitionsCommand({ status: "INACTIVE" }))).taskDefinitionArns).toEqual([]);
    await clock.sleep(later);
    await expect(ecs(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))).rejects.toThrow(
      named("ClientException"),
    );
    expect((await autoScaling(targets)).ScalableTargets).toEqual([]);

    await ecs(new DeleteClusterCommand({ cluster: "shop" }));
    const { clusters = [] } = await ecs(new DescribeClustersCommand({ clusters: ["shop"] }));
    expect(clusters[0]?.status).toBe("INACTIVE");
    expect((await ecs(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });
});

describe("what the simulated AWS does not know of yet", () => {
  it("is a network that was made a moment ago, for EC2 and in the words of whoever asks EC2", async () => {
    const { aws, clock } = simulated();
    const { Vpc } = await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const change = new ModifyVpcAttributeCommand({ VpcId: Vpc?.VpcId, EnableDnsHostnames: { Value: true } });
    await expect(aws.ec2(change)).rejects.toThrow(named("InvalidVpcID.NotFound"));
    const group = { Name: "web", VpcId: Vpc?.VpcId, Protocol: "HTTP", Port: 80, TargetType: "ip" } as const;
    await expect(aws.elb(new CreateTargetGroupCommand(group))).rejects.toThrow("is not found");
    await clock.sleep(1_000 * TIMING.listLag);
    await aws.ec2(change);
    const subnet = new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: "10.0.0.0/24" });
    const { Subnet: { SubnetId = "" } = {} } = await aws.ec2(subnet);
    const balancer = { Name: "web", Subnets: [SubnetId] };
    await expect(aws.elb(new CreateLoadBalancerCommand(balancer))).rejects.toThrow(named("SubnetNotFoundException"));
    await aws.ecs(new CreateClusterCommand({ clusterName: "shop" }));
    const containerDefinitions = [{ name: "web", image: "nginx", memory: 128 }];
    await aws.ecs(new RegisterTaskDefinitionCommand({ family: "web", networkMode: "awsvpc", containerDefinitions }));
    const service = { cluster: "shop", serviceName: "web", taskDefinition: "web", desiredCount: 0 };
    const networkConfiguration = { awsvpcConfiguration: { subnets: [SubnetId] } };
    await expect(aws.ecs(new CreateServiceCommand({ ...service, networkConfiguration }))).rejects.toThrow(
      `Error retrieving subnet information for [${SubnetId}]: The subnet ID '${SubnetId}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  });

  it("is a target group that was made a moment ago", async () => {
    const { aws, clock } = simulated();
    const { Vpc } = await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    await clock.sleep(1_000 * TIMING.listLag);
    const { TargetGroups: [group] = [] } = await aws.elb(
      new CreateTargetGroupCommand({ Name: "web", VpcId: Vpc?.VpcId, Protocol: "HTTP", Port: 80, TargetType: "ip" }),
    );
    const TargetGroupArn = group?.TargetGroupArn;
    const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "5" }];
    const set = new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes });
    await expect(aws.elb(set)).rejects.toThrow(named("TargetGroupNotFoundException"));
    expect((await aws.elb(new DescribeTargetGroupsCommand({}))).TargetGroups).toEqual([]);
    await clock.sleep(1_000 * TIMING.listLag * 2);
    await aws.elb(set);
    expect((await aws.elb(new DescribeTargetGroupsCommand({}))).TargetGroups).toHaveLength(1);
  });

  it("is, for ECS, the load balancer of a target group that a rule forwards to since a moment ago", async () => {
    const at = simulated();
    await runningService(at);
    const { aws, clock } = at;
    const { TargetGroups: [old] = [] } = await aws.elb(new DescribeTargetGroupsCommand({}));
    const settings = { Name: "new", VpcId: old?.VpcId, Protocol: "HTTP", Port: 80, TargetType: "ip" } as const;
    const { TargetGroups: [group] = [] } = await aws.elb(new CreateTargetGroupCommand(settings));
    const targetGroupArn = group?.TargetGroupArn;
    await clock.sleep(2_000 * TIMING.listLag);
    const [ListenerArn] = Object.keys(at.world.table(`elb.listeners@${aws.region}`));
    const Conditions = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/new"] } }];
    const Actions = [{ Type: "forward" as const, TargetGroupArn: targetGroupArn }];
    await aws.elb(new CreateRuleCommand({ ListenerArn, Priority: 2, Conditions, Actions }));
    const loadBalancers = [{ targetGroupArn, containerName: "app", containerPort: 5000 }];
    const update = new UpdateServiceCommand({ cluster: "ground", service: "ground", loadBalancers });
    await expect(aws.ecs(update)).rejects.toThrow("does not have an associated load balancer");
    await clock.sleep(1_000 * TIMING.association);
    expect(await aws.ecs(update)).toMatchObject({ service: { loadBalancers } });
  });
});
