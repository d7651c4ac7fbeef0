import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  type Deployment,
  type Service as EcsService,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetGroupAttributesCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Service } from "../../../../src/aws/ecs/service.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";
import { TARGET_GROUP, ARN, spec, attrs, created, settled, observed, invalid, answer } from "./service-demo.ts";

const ecs = mockClient(ECSClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => {
  ecs.reset();
  elb.reset().resolves({});
});
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

describe("ecs/service", () => {
  it("creates with everything, tags and token included, in one call, and tells `<cluster>/<name>`", async () => {
    ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const told: string[] = [];
    expect(await Service.create(mocked(), spec, making(told))).toEqual({ id: "demo/app", attrs });
    expect(told).toEqual(["demo/app"]);
    expect(sent()).toEqual([["CreateServiceCommand", created]]);
  });

  it("never repeats a create whose response was lost without checking", async () => {
    ecs.on(CreateServiceCommand).rejects(awsError("ServerException", "injected", 500));
    const told: string[] = [];
    await expect(Service.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([["CreateServiceCommand", created]]);
    expect(told).toEqual([]);
  });

  it("asks for no rebalancing where there is no room above the desired count", async () => {
    ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    const deploymentCircuitBreaker = { enable: false, rollback: false };
    const deployment = { minimumHealthyPercent: 0, maximumPercent: 100, deploymentCircuitBreaker };
    await Service.create(mocked(), { ...spec, deployment, zoneRebalancing: false }, making());
    expect(ecs.calls()[0]?.args[0].input).toMatchObject({
      availabilityZoneRebalancing: "DISABLED",
      deploymentConfiguration: {
        minimumHealthyPercent: 0,
        maximumPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
    });
  });

  it("waits for its dependencies, and for ten minutes while a service with the same name drains", async () => {
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
      spec: { ...spec, count: { desired: 4 } },
      status: "4 of 4 tasks run",
      stuck: undefined,
      failed: undefined,
      unmanaged: [],
    });
    expect(sent()).toEqual([["DescribeServicesCommand", { cluster: "demo", services: ["app"], include: ["TAGS"] }]]);
  });

  it("tells the tasks of a revision that is replaced apart from those of the new one", async () => {
    const of = (status: string, revision: number, runningCount: number) => ({
      status,
      taskDefinition: `arn:aws:ecs:eu-west-1:123456789012:task-definition/app:${revision}`,
      runningCount,
    });
    const statusFor = async (...deployments: ReturnType<typeof of>[]) => {
      ecs.on(DescribeServicesCommand).resolves(answer({ deployments, runningCount: 6 }));
      return (await Service.observe(mocked(), lookFor(spec)))?.status;
    };
    expect(await statusFor(of("PRIMARY", 7, 2), of("ACTIVE", 6, 4))).toBe(
      "2 of 4 tasks run the new revision, and still 4 of app:6",
    );
    expect(await statusFor(of("PRIMARY", 7, 1), of("ACTIVE", 6, 4), of("ACTIVE", 5, 1))).toBe(
      "1 of 4 tasks run the new revision, and still 4 of app:6 and 1 of app:5",
    );
    // A rollback starts the revision before once more.
    expect(await statusFor(of("PRIMARY", 6, 2), of("ACTIVE", 6, 4), of("INACTIVE", 7, 0))).toBe("6 of 4 tasks run");
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

  it("may be at work for as long as its target group lets targets drain, which is asked for once", async () => {
    const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "3600" }];
    elb.on(DescribeTargetGroupAttributesCommand, { TargetGroupArn: TARGET_GROUP }).resolves({ Attributes });
    const aws = mocked();
    for (const state of [{ runningCount: 3 }, { status: "DRAINING", runningCount: 1 }]) {
      ecs.on(DescribeServicesCommand).resolves(answer(state));
      expect((await Service.observe(aws, lookFor(spec)))?.within).toBeGreaterThan(3_600);
    }
    expect(elb.calls()).toHaveLength(1);
    ecs.on(DescribeServicesCommand).resolves(answer({}));
    expect((await Service.observe(aws, lookFor(spec)))?.within).toBeUndefined();
  });

  it("is stuck if the deployment failed, or if events say three times that no task starts", async () => {
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

  it("reports settings that it has no field for, including future ones", async () => {
    const more = {
      schedulingStrategy: "REPLICA" as const,
      deploymentController: { type: "ECS" as const },
      placementConstraints: [],
      createdBy: "arn:aws:iam::123456789012:role/admin",
      serviceRegistries: [{ registryArn: "arn:aws:servicediscovery:ap-northeast-1:123456789012:service/srv-1" }],
      settingOfNextYear: { level: 3 },
    };
    const deployments = [{ ...settled, serviceConnectConfiguration: { enabled: true, namespace: "shop" } }];
    ecs.on(DescribeServicesCommand).resolves(answer({ ...more, deployments }));
    expect((await Service.observe(mocked(), lookFor(spec, "demo/app")))?.unmanaged).toEqual([
      expect.stringMatching(/^serviceRegistries \[\{"registryArn":"arn:aws:servicediscovery/),
      'settingOfNextYear {"level":3}',
      'serviceConnectConfiguration {"enabled":true,"namespace":"shop"}',
    ]);
  });
});
