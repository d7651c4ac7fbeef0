import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  UpdateServiceCommand,
  type Service as EcsService,
  type ServiceConnectConfiguration,
} from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Service } from "../../../../src/aws/ecs/service.ts";
import type { ServiceSpec } from "../../../../src/aws/ecs/service-spec.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";
import { answer, ARN, created, observed, settled, spec } from "./service-demo.ts";

const ecs = mockClient(ECSClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => {
  ecs.reset();
  elb.reset().resolves({});
});
const inputs = () => ecs.calls().map(({ args: [{ input }] }) => input);

const NAMESPACE = "arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/ns-1";
const serviceConnect = {
  namespaceArn: NAMESPACE,
  services: [{ portName: "web", discoveryName: "api", aliasPort: 80, aliasDns: "api" }],
};
const written = {
  enabled: true,
  namespace: NAMESPACE,
  services: [{ portName: "web", discoveryName: "api", clientAliases: [{ port: 80, dnsName: "api" }] }],
};
const told = (configuration: ServiceConnectConfiguration): EcsService => ({
  deployments: [{ ...settled, serviceConnectConfiguration: configuration }],
});
const seen = async (state: EcsService, wanted: ServiceSpec, knownId?: string) => {
  ecs.on(DescribeServicesCommand).resolves(answer(state));
  return Service.observe(mocked(), lookFor(wanted, knownId));
};

describe("ecs/service in Service Connect", () => {
  it("is created in its namespace, as a client alone where it serves nothing", async () => {
    ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    await Service.create(mocked(), { ...spec, serviceConnect }, making());
    await Service.create(mocked(), { ...spec, serviceConnect: { ...serviceConnect, services: [] } }, making());
    expect(inputs()).toEqual([
      { ...created, serviceConnectConfiguration: written },
      { ...created, serviceConnectConfiguration: { ...written, services: [] } },
    ]);
  });

  it("is read from the deployment only, and is no longer unmanaged once it is declared", async () => {
    const live = await seen(told(written), { ...spec, serviceConnect });
    expect(live?.spec.serviceConnect).toEqual(serviceConnect);
    expect(live?.unmanaged).toEqual([]);
    const byHand = await seen(told(written), spec, "demo/app");
    expect(byHand?.unmanaged).toEqual([expect.stringContaining("serviceConnectConfiguration")]);
    // Where nothing is recorded of the service, it may be what the stack itself has set.
    expect((await seen(told(written), spec))?.unmanaged).toEqual([]);
    expect((await seen(told({ enabled: false }), spec))?.spec.serviceConnect).toBeUndefined();
  });

  it("shows what others set in it as a difference, and a port without an alias under its own name", async () => {
    const logConfiguration = { logDriver: "awslogs" as const };
    const services = [{ portName: "web", timeout: { idleTimeoutSeconds: 5 } }];
    const live = await seen(told({ ...written, services, logConfiguration }), { ...spec, serviceConnect });
    expect(live?.spec.serviceConnect).toEqual({
      namespaceArn: NAMESPACE,
      services: [
        { portName: "web", discoveryName: "web", aliasPort: 0, aliasDns: "", timeout: { idleTimeoutSeconds: 5 } },
      ],
      logConfiguration,
    });
  });

  it("moves in and out by an update, which is a deployment", async () => {
    ecs.on(DescribeServicesCommand).resolves(answer({}));
    ecs.on(UpdateServiceCommand).resolves({});
    await Service.update(mocked(), observed, { ...spec, serviceConnect }, new Set(["serviceConnect"]));
    await Service.update(mocked(), observed, spec, new Set(["serviceConnect"]));
    expect(ecs.commandCalls(UpdateServiceCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { cluster: "demo", service: "app", serviceConnectConfiguration: written },
      { cluster: "demo", service: "app", serviceConnectConfiguration: { enabled: false } },
    ]);
  });
});

describe("ecs/service without a load balancer", () => {
  const worker: ServiceSpec = { ...spec, loadBalancers: [] };

  it("never says a grace period, which ECS refuses there", async () => {
    ecs.on(CreateServiceCommand).resolves({ service: { serviceArn: ARN } });
    ecs.on(DescribeServicesCommand).resolves(answer({ loadBalancers: [] }));
    ecs.on(UpdateServiceCommand).resolves({});
    await Service.create(mocked(), worker, making());
    const { healthCheckGracePeriodSeconds: _grace, ...rest } = created;
    expect(inputs()).toEqual([{ ...rest, loadBalancers: [] }]);
    const changed = new Set(["loadBalancers", "healthCheckGracePeriod"] as const);
    await Service.update(mocked(), observed, worker, changed);
    expect(inputs().at(-1)).toEqual({ cluster: "demo", service: "app", loadBalancers: [] });
  });

  it("has none if none is declared or ECS reports none", async () => {
    expect(Service.canonical?.(worker).healthCheckGracePeriod).toBe(0);
    const live = await seen({ loadBalancers: [], healthCheckGracePeriodSeconds: 60 }, worker);
    expect(live?.spec.healthCheckGracePeriod).toBe(0);
  });
});

describe("ecs/service on capacity providers", () => {
  it("takes a base and a weight that ECS fills in, and another order, as no difference", async () => {
    const capacityProviders = [
      { capacityProvider: "FARGATE_SPOT", weight: 3 },
      { capacityProvider: "FARGATE", base: 1 },
    ];
    const wanted = Service.canonical?.({ ...spec, capacityProviders });
    const capacityProviderStrategy = [
      { capacityProvider: "FARGATE", base: 1, weight: 0 },
      { capacityProvider: "FARGATE_SPOT", base: 0, weight: 3 },
    ];
    expect(wanted?.capacityProviders).toEqual(capacityProviderStrategy);
    expect((await seen({ capacityProviderStrategy }, spec))?.spec.capacityProviders).toEqual(capacityProviderStrategy);
  });
});
