import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type RegisterTaskDefinitionCommandInput,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { VirtualClock } from "../../src/clock.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const SERVICE = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };
const SCALED = {
  ServiceNamespace: "ecs",
  ScalableDimension: "ecs:service:DesiredCount",
  ResourceId: `service/${SERVICE.cluster}/${SERVICE.service}`,
} as const;
type ByHand = (aws: Aws, clock: VirtualClock) => Promise<void>;

async function running(aws: Aws) {
  const asked = { cluster: SERVICE.cluster, services: [SERVICE.service] };
  const { services: [service] = [] } = await aws.ecs(new DescribeServicesCommand(asked));
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition, include: ["TAGS"] });
  const { taskDefinition, tags } = await aws.ecs(command);
  return { service, taskDefinition, tags };
}

/** Registers a revision like the one that runs, changed by hand, and lets the service run it for so many seconds. */
const revision =
  (change: (definition: RegisterTaskDefinitionCommandInput) => void, seconds = 600): ByHand =>
  async (aws, clock) => {
    const { taskDefinition, tags } = await running(aws);
    const {
      taskDefinitionArn: _arn,
      revision: _revision,
      status: _status,
      requiresAttributes: _attributes,
      compatibilities: _compatibilities,
      registeredAt: _at,
      registeredBy: _by,
      ...definition
    } = taskDefinition ?? {};
    const input = { ...definition, family: definition.family, tags } as RegisterTaskDefinitionCommandInput;
    change(input);
    const made = await aws.ecs(new RegisterTaskDefinitionCommand(input));
    const taskDefinitionArn = made.taskDefinition?.taskDefinitionArn;
    await aws.ecs(new UpdateServiceCommand({ ...SERVICE, taskDefinition: taskDefinitionArn }));
    await clock.sleep(seconds * 1_000);
  };

/** The application's container of an input. */
const own = (input: RegisterTaskDefinitionCommandInput) => {
  const [container] = input.containerDefinitions ?? [];
  if (!container) throw new Error("there is no container");
  return container;
};

const service =
  (
    change: (
      network: NonNullable<UpdateServiceCommandInput["networkConfiguration"]>,
    ) => Partial<UpdateServiceCommandInput>,
  ): ByHand =>
  async (aws) => {
    const { service: live } = await running(aws);
    await aws.ecs(new UpdateServiceCommand({ ...SERVICE, ...change(live?.networkConfiguration ?? {}) }));
  };

const SPOT = { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }], forceNewDeployment: true };

/** What somebody does by hand, and the lines of the plan that show it: drift that a reconcile reverts. */
const DRIFT: readonly (readonly [string, ByHand, readonly string[]])[] = [
  [
    "a sidecar",
    revision((input) => input.containerDefinitions?.push({ name: "agent", image: "agent:7", essential: false })),
    ["compute/task-definition sidecars.agent"],
  ],
  [
    "a secret",
    revision((input) => (own(input).secrets = [{ name: "DB", valueFrom: "arn:db" }]), 30),
    ["compute/task-definition container.secrets"],
  ],
  [
    "a variable",
    revision((input) => own(input).environment?.push({ name: "HAND", value: "1" })),
    ["compute/task-definition container.environment.HAND"],
  ],
  [
    "a second port",
    revision((input) => own(input).portMappings?.push({ containerPort: 9090, protocol: "tcp" })),
    ["compute/task-definition container.portMappings"],
  ],
  [
    "options of the log driver",
    revision((input) =>
      Object.assign(own(input).logConfiguration?.options ?? {}, {
        mode: "non-blocking",
        "awslogs-region": "us-east-1",
      }),
    ),
    [
      "compute/task-definition container.logConfiguration.options.awslogs-region",
      "compute/task-definition container.logConfiguration.options.mode",
    ],
  ],
  [
    "more storage",
    revision((input) => (input.ephemeralStorage = { sizeInGiB: 100 })),
    ["compute/task-definition task.ephemeralStorage"],
  ],
  [
    "an entry point",
    revision((input) => (own(input).entryPoint = ["sh"])),
    ["compute/task-definition container.entryPoint"],
  ],
  [
    "an init process in the place of /tmp",
    revision((input) => (own(input).linuxParameters = { initProcessEnabled: true })),
    [
      "compute/task-definition container.linuxParameters.initProcessEnabled",
      "compute/task-definition container.linuxParameters.tmpfs",
    ],
  ],
  [
    "a revision that was deregistered",
    async (aws) => {
      const { service: live } = await running(aws);
      await aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: live?.taskDefinition }));
    },
    ["compute/task-definition status"],
  ],
  [
    "a public address",
    service(({ awsvpcConfiguration: vpc }) => ({
      networkConfiguration: { awsvpcConfiguration: { subnets: [], ...vpc, assignPublicIp: "ENABLED" } },
    })),
    ["compute/service assignPublicIp"],
  ],
  [
    "a circuit breaker that rolls nothing back",
    service(() => ({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } })),
    ["compute/service deployment.deploymentCircuitBreaker.rollback"],
  ],
  ["no rebalancing", service(() => ({ availabilityZoneRebalancing: "DISABLED" })), ["compute/service zoneRebalancing"]],
  ["another platform version", service(() => ({ platformVersion: "1.3.0" })), ["compute/service platformVersion"]],
  ["no tags on tasks", service(() => ({ propagateTags: "NONE" })), ["compute/service taskTags"]],
  ["more tasks than the bounds allow", service(() => ({ desiredCount: 9 })), ["compute/service count.desired"]],
  [
    "Spot capacity",
    async (aws) => {
      const capacityProviders = ["FARGATE", "FARGATE_SPOT"];
      const cluster = SERVICE.cluster;
      await aws.ecs(
        new PutClusterCapacityProvidersCommand({ cluster, capacityProviders, defaultCapacityProviderStrategy: [] }),
      );
      await aws.ecs(new UpdateServiceCommand({ ...SERVICE, ...SPOT }));
    },
    ["compute/service capacityProviders"],
  ],
  [
    "scaling that was suspended",
    async (aws) => {
      const SuspendedState = { DynamicScalingInSuspended: true };
      await aws.autoScaling(new RegisterScalableTargetCommand({ ...SCALED, SuspendedState }));
    },
    ["scaling/target suspended.DynamicScalingInSuspended"],
  ],
  [
    "a policy that only adds tasks",
    async (aws) => {
      const TargetTrackingScalingPolicyConfiguration = {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" as const },
        ScaleInCooldown: 300,
        ScaleOutCooldown: 60,
        DisableScaleIn: true,
      };
      const policy = { PolicyName: "fairlead-app-dev-cpu-scaling", PolicyType: "TargetTrackingScaling" as const };
      await aws.autoScaling(
        new PutScalingPolicyCommand({ ...SCALED, ...policy, TargetTrackingScalingPolicyConfiguration }),
      );
    },
    ["scaling/cpu-policy disableScaleIn"],
  ],
];

/** What stays, and is shown as unmanaged. */
const UNMANAGED: readonly (readonly [string, ByHand, string])[] = [
  [
    "an image",
    revision((input) => (own(input).image = "public.ecr.aws/docker/library/httpd:2.4")),
    "compute/task-definition image public.ecr.aws/docker/library/httpd:2.4",
  ],
  [
    "Service Connect",
    service(() => ({ serviceConnectConfiguration: { enabled: true, namespace: "shop" } })),
    'compute/service serviceConnectConfiguration {"enabled":true,"namespace":"shop"}',
  ],
  [
    "a scaling policy",
    async (aws) => {
      const StepAdjustments = [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }];
      const StepScalingPolicyConfiguration = { AdjustmentType: "ChangeInCapacity" as const, StepAdjustments };
      const policy = { PolicyName: "by-hand", PolicyType: "StepScaling" as const, StepScalingPolicyConfiguration };
      await aws.autoScaling(new PutScalingPolicyCommand({ ...SCALED, ...policy }));
    },
    "scaling/target scaling policy by-hand",
  ],
  [
    "a scheduled action",
    async (aws) => {
      const action = { ScheduledActionName: "night", Schedule: "cron(0 20 * * ? *)" };
      const ScalableTargetAction = { MinCapacity: 1, MaxCapacity: 1 };
      await aws.autoScaling(new PutScheduledActionCommand({ ...SCALED, ...action, ScalableTargetAction }));
    },
    "scaling/target scheduled action night (cron(0 20 * * ? *))",
  ],
];

describe("changes made by hand to tasks, service and scaling", () => {
  let stage: Stage;
  let back = () => {};
  beforeAll(async () => {
    stage = new Stage();
    writeService(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    // What the first release has changed of the desired state is applied, so that everything else is drift.
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterEach(() => back());
  afterAll(() => stage.remove());

  const meddle = async (byHand: ByHand) => {
    back = stage.keep();
    await stage.meddle((aws, clock) => byHand(aws, clock));
  };

  it.each(DRIFT)("shows %s as drift, and reverts it", async (_what, byHand, shown) => {
    await meddle(byHand);
    const { json } = await stage.run("plan");
    const drift = json.actions.flatMap(({ id, differences = [] }) =>
      differences.flatMap(({ path, cause }) => (cause === "drift" ? [`${id} ${path}`] : [])),
    );
    expect(drift).toEqual(shown);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("leaves a revision for another architecture to ECS, which rolls it back because the image cannot run", async () => {
    await meddle(revision((input) => (input.runtimePlatform = { cpuArchitecture: "ARM64" })));
    const told = await stage.meddle(async (aws) => {
      const { taskDefinition: runs } = await running(aws);
      const newest = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: runs?.family }));
      return [runs, newest.taskDefinition].map((one) => one?.runtimePlatform?.cpuArchitecture);
    });
    expect(told).toEqual(["X86_64", "ARM64"]);
    expect(await stage.planned()).toEqual({});
  });

  it.each(UNMANAGED)("shows %s as unmanaged, and leaves it", async (_what, byHand, shown) => {
    await meddle(byHand);
    for (const time of ["before a reconcile", "after it"]) {
      const { lines } = await stage.say("plan");
      const unmanaged = lines.find((line) => line.includes("Unmanaged (ignored): "));
      expect([time, unmanaged?.includes(shown)]).toEqual([time, true]);
      expect(await stage.planned()).toEqual({});
      expect((await stage.run("reconcile")).exit).toBe(0);
    }
  });

  it("shows the count that the run will set, and sets it", async () => {
    await meddle(service(() => ({ desiredCount: 9 })));
    expect((await stage.say("plan")).lines.find((line) => line.includes("count.desired"))).toContain("9 -> 6  (drift)");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await running(stage.world().aws)).service?.desiredCount).toBe(6);
  });

  it("keeps the image of a running revision that was deregistered", async () => {
    const { taskDefinition: before } = await running(stage.world().aws);
    await meddle(async (aws) => {
      await aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: before?.taskDefinitionArn }));
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { taskDefinition: after } = await running(stage.world().aws);
    expect(after?.containerDefinitions?.[0]?.image).toBe(before?.containerDefinitions?.[0]?.image);
    expect([before?.status, after?.status]).toEqual(["ACTIVE", "ACTIVE"]);
    expect(after?.revision).toBeGreaterThan(before?.revision ?? 0);
  });
});
