import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  type Deployment,
  type Service as EcsService,
} from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Service, type ServiceSpec } from "../../../../src/aws/ecs/service.ts";
import { UncertainAnswer } from "../../../../src/engine/kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = { "fairlead:stack": "demo-test", "fairlead:id": "network/it" };
const owned = Object.entries(tags).map(([key, value]) => ({ key, value }));
const REVISION = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/demo:1";
const TARGET_GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/demo/1";
const ARN = "arn:aws:ecs:ap-northeast-1:123456789012:service/demo/app";
const spec: ServiceSpec = {
  name: "app",
  cluster: "demo",
  taskDefinition: REVISION,
  subnetIds: ["subnet-1", "subnet-2"],
  groupIds: ["sg-1"],
  targetGroupArn: TARGET_GROUP,
  containerName: "web",
  containerPort: 8080,
  count: { min: 2, max: 6, initial: 3 },
  deployment: { minHealthyPercent: 100, maxPercent: 200, circuitBreaker: true },
  healthCheckGracePeriod: 60,
  enableExec: false,
  tags,
};
const attrs = { name: "app", arn: ARN, cluster: "demo" };
const network = (subnets: string[], securityGroups: string[]) => ({
  awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: "DISABLED" as const },
});
const written = {
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
const created = {
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
const settled: Deployment = { status: "PRIMARY", rolloutState: "COMPLETED" };
const described: EcsService = {
  ...written,
  serviceArn: ARN,
  serviceName: "app",
  status: "ACTIVE",
  desiredCount: 4,
  runningCount: 4,
  networkConfiguration: network(["subnet-2", "subnet-1"], ["sg-1"]),
  deployments: [settled],
};
const observed = { id: "demo/app", spec, attrs, owner: "demo-test/network/it", ready: true };
const invalid = (says: string) => awsError("InvalidParameterException", says);
const answer = (changes: EcsService) => ({ services: [{ ...described, ...changes }] });

describe("ecs/service", () => {
  it("creates with everything, tags and token included, in one call, and tells `<cluster>/<name>`", async () => {
    ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const told: string[] = [];
    expect(await Service.create(mocked(), spec, making(told))).toEqual({ id: "demo/app", attrs });
    expect(told).toEqual(["demo/app"]);
    expect(sent()).toEqual([["CreateServiceCommand", created]]);
  });

  it("never repeats a create whose answer was lost without a look", async () => {
    ecs.on(CreateServiceCommand).rejects(awsError("ServerException", "injected", 500));
    const told: string[] = [];
    await expect(Service.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([["CreateServiceCommand", created]]);
    expect(told).toEqual([]);
  });

  it("asks for no rebalancing where there is no room above the desired count", async () => {
    ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const deployment = { minHealthyPercent: 0, maxPercent: 100, circuitBreaker: false };
    await Service.create(mocked(), { ...spec, deployment }, making());
    expect(ecs.calls()[0]?.args[0].input).toMatchObject({
      availabilityZoneRebalancing: "DISABLED",
      deploymentConfiguration: {
        minimumHealthyPercent: 0,
        maximumPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
    });
  });

  it("waits for what it stands on, and for ten minutes while its namesake drains", async () => {
    const waits = [
      awsError("ClusterNotFoundException", "Cluster not found."),
      invalid("Please verify that the ECS service role being passed has the proper permissions."),
      invalid(`The target group ${TARGET_GROUP} does not have an associated load balancer.`),
      invalid("Unable to assume the service linked role."),
    ];
    const draining = invalid("Unable to Start a service that is still Draining.");
    let asked = 0;
    ecs.on(CreateServiceCommand).callsFake(() => {
      const refusal = waits[asked] ?? (asked < 64 ? draining : undefined);
      asked += 1;
      if (refusal) throw refusal;
      return { service: { serviceArn: ARN } };
    });
    await Service.create(mocked(), spec, making());
    expect(asked).toBe(65);
    ecs.on(CreateServiceCommand).rejects(invalid("Creation of service was not idempotent."));
    await expect(Service.create(mocked(), spec, making())).rejects.toThrow("was not idempotent");
    expect(ecs.commandCalls(CreateServiceCommand)).toHaveLength(66);
  });

  it("observes by known id in the desired spelling, the live count within the declared bounds", async () => {
    ecs.on(DescribeServicesCommand).resolves(answer({}));
    expect(await Service.observe(mocked(), lookFor({ ...spec, cluster: "x", name: "x" }, "demo/app"))).toEqual({
      ...observed,
      spec: { ...spec, count: { min: 2, max: 6, initial: 4 } },
      status: "4 of 4 tasks run",
      stuck: undefined,
      failed: undefined,
    });
    expect(sent()).toEqual([["DescribeServicesCommand", { cluster: "demo", services: ["app"], include: ["TAGS"] }]]);
  });

  it("is absent without its cluster, among the failures, and as INACTIVE", async () => {
    ecs
      .on(DescribeServicesCommand)
      .rejectsOnce(awsError("ClusterNotFoundException", "Cluster not found."))
      .resolvesOnce({ services: [], failures: [{ arn: ARN, reason: "MISSING" }] })
      .resolvesOnce(answer({ status: "INACTIVE" }));
    for (const knownId of [undefined, undefined, "demo/app"])
      expect(await Service.observe(mocked(), lookFor(spec, knownId))).toBeUndefined();
    expect(await Service.observe(mocked(), lookFor({ name: "app" }))).toBeUndefined();
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(3);
  });

  it("is ready once one deployment is through and as many tasks run as are wanted", async () => {
    const unsteady: EcsService[] = [
      { runningCount: 3 },
      { deployments: [settled, { status: "ACTIVE", rolloutState: "COMPLETED" }] },
      { deployments: [{ status: "PRIMARY", rolloutState: "IN_PROGRESS" }] },
    ];
    for (const state of unsteady) {
      ecs.on(DescribeServicesCommand).resolves(answer(state));
      const seen = await Service.observe(mocked(), lookFor(spec));
      expect(seen).toMatchObject({ ready: false, stuck: undefined, failed: undefined });
    }
    ecs.on(DescribeServicesCommand).resolves(answer({ status: "DRAINING", runningCount: 1 }));
    expect(await Service.observe(mocked(), lookFor(spec))).toMatchObject({
      ready: false,
      status: "draining",
      failed: "it is being deleted",
    });
  });

  it("is stuck where the deployment failed, or where events tell three times that no task starts", async () => {
    const stuckFor = async (state: EcsService) => {
      ecs.on(DescribeServicesCommand).resolves(answer({ runningCount: 0, ...state }));
      return (await Service.observe(mocked(), lookFor(spec)))?.stuck;
    };
    const rolloutStateReason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
    expect(await stuckFor({ deployments: [{ ...settled, rolloutState: "FAILED" }] })).toBe("the deployment failed");
    const rollingBack: Deployment = { status: "PRIMARY", rolloutState: "IN_PROGRESS", rolloutStateReason };
    expect(await stuckFor({ deployments: [rollingBack] })).toBe(rolloutStateReason);
    const deployments: Deployment[] = [{ status: "PRIMARY", rolloutState: "IN_PROGRESS", createdAt: new Date(1_000) }];
    const trouble = (second: number) => ({
      createdAt: new Date(second * 1_000),
      message: `(service app) was unable to place a task (${second}).`,
    });
    expect(await stuckFor({ deployments, events: [3, 2, 1].map(trouble) })).toBe(trouble(3).message);
    // Those of an earlier deployment do not count.
    expect(await stuckFor({ deployments, events: [2, 1, 0].map(trouble) })).toBeUndefined();
  });

  it("updates field by field, and leaves out what stays as it is", async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    const wanted: ServiceSpec = {
      ...spec,
      taskDefinition: "demo:2",
      groupIds: ["sg-2"],
      containerPort: 80,
      deployment: { minHealthyPercent: 50, maxPercent: 100, circuitBreaker: false },
      healthCheckGracePeriod: 0,
      enableExec: true,
    };
    const edits: [keyof ServiceSpec, object][] = [
      ["taskDefinition", { taskDefinition: "demo:2" }],
      ["groupIds", { networkConfiguration: network(["subnet-1", "subnet-2"], ["sg-2"]) }],
      ["containerPort", { loadBalancers: [{ ...written.loadBalancers[0], containerPort: 80 }] }],
      [
        "deployment",
        {
          deploymentConfiguration: {
            minimumHealthyPercent: 50,
            maximumPercent: 100,
            deploymentCircuitBreaker: { enable: false, rollback: false },
          },
          availabilityZoneRebalancing: "DISABLED",
        },
      ],
      ["healthCheckGracePeriod", { healthCheckGracePeriodSeconds: 0 }],
      ["enableExec", { enableExecuteCommand: true, forceNewDeployment: true }],
    ];
    for (const [field, input] of edits) {
      ecs.resetHistory();
      await Service.update(mocked(), observed, wanted, new Set([field]));
      expect(sent()).toEqual([["UpdateServiceCommand", { cluster: "demo", service: "app", ...input }]]);
    }
  });

  it("moves the count to the nearer bound, and a service at zero to its initial count", async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    const from = async (live: number, count: ServiceSpec["count"]) => {
      const now = { ...observed, spec: { ...spec, count: { ...count, initial: live } } };
      await Service.update(mocked(), now, { ...spec, count }, new Set(["count"]));
      return ecs.calls().at(-1)?.args[0].input;
    };
    const asking = (desiredCount: number) => ({ cluster: "demo", service: "app", desiredCount });
    expect(await from(1, spec.count)).toEqual(asking(2));
    expect(await from(9, spec.count)).toEqual(asking(6));
    expect(await from(0, spec.count)).toEqual(asking(3));
    const same = (live: number, count: ServiceSpec["count"]) =>
      Service.same?.count?.(count, { ...count, initial: live });
    expect([1, 2, 6, 7, 0].map((live) => same(live, spec.count))).toEqual([false, true, true, false, false]);
    expect(same(0, { min: 0, max: 6, initial: 3 })).toBe(true);
  });

  it("updates tags alone without touching the service", async () => {
    ecs.on(TagResourceCommand).resolves({});
    ecs.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await Service.update(mocked(), bearing, { ...spec, tags: { ...tags, team: "b" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagResourceCommand", { resourceArn: ARN, tags: [{ key: "team", value: "b" }] }],
      ["UntagResourceCommand", { resourceArn: ARN, tagKeys: ["old"] }],
    ]);
  });

  it("scales to zero, then deletes by force once no deployment holds it", async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    ecs
      .on(DeleteServiceCommand)
      .rejectsOnce(invalid("The service cannot be stopped while deployments are active."))
      .resolves({});
    await Service.delete(mocked(), observed);
    const deleting = ["DeleteServiceCommand", { cluster: "demo", service: "app", force: true }];
    expect(sent()).toEqual([
      ["UpdateServiceCommand", { cluster: "demo", service: "app", desiredCount: 0 }],
      deleting,
      deleting,
    ]);
  });

  it("counts a service that is gone or draining, or whose cluster is gone, as deleted", async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    for (const code of ["ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"]) {
      ecs.on(DeleteServiceCommand).rejects(awsError(code, "gone"));
      await expect(Service.delete(mocked(), observed)).resolves.toBeUndefined();
    }
    ecs.reset();
    ecs.on(UpdateServiceCommand).rejects(awsError("ServiceNotActiveException", "Service was not ACTIVE."));
    await expect(Service.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(ecs.commandCalls(DeleteServiceCommand)).toHaveLength(0);
  });
});
