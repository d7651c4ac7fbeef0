import { CreateServiceCommand, UpdateServiceCommand, type CreateServiceCommandInput } from "@aws-sdk/client-ecs";
import { ListServicesCommand } from "@aws-sdk/client-servicediscovery";
import { describe, expect, it } from "vitest";
import { Service } from "../../../src/aws/ecs/service.ts";
import { HttpNamespace } from "../../../src/aws/servicediscovery/http-namespace.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import { serviceSpec } from "../../contract/ground.ts";
import { made } from "../../contract/made.ts";
import { simulated } from "../../support/simulated.ts";

async function ground() {
  const at = simulated();
  const spec = await serviceSpec(at, "ground");
  const namespace = await made(at, HttpNamespace, { name: "demo-test", tags: {} });
  await at.clock.sleep(60_000);
  const services = [{ portName: "web", discoveryName: "api", aliasPort: 80, aliasDns: "api" }];
  const serviceConnect = { namespaceArn: namespace.arn, services };
  const registered = async () =>
    ((await at.aws.serviceDiscovery(new ListServicesCommand({}))).Services ?? []).map(({ Name }) => Name);
  const bare = (name: string, more: Partial<CreateServiceCommandInput> = {}) =>
    at.aws.ecs(
      new CreateServiceCommand({
        cluster: "ground",
        serviceName: name,
        taskDefinition: "ground",
        desiredCount: 0,
        networkConfiguration: { awsvpcConfiguration: { subnets: [...spec.subnetIds] } },
        ...more,
      }),
    );
  return { ...at, spec, namespace, serviceConnect, registered, bare };
}

const connect = (namespace: string, more: object = {}) => ({
  serviceConnectConfiguration: {
    enabled: true,
    namespace,
    services: [{ portName: "web", discoveryName: "api", clientAliases: [{ port: 80 }], ...more }],
  },
});

describe("the simulated Service Connect", () => {
  it("registers what a service serves, and takes it out a while after the service is gone", async () => {
    const { aws, clock, spec, namespace, serviceConnect, registered } = await ground();
    await made({ aws, clock } as never, Service, { ...spec, count: { desired: 0 }, serviceConnect });
    expect(await registered()).toEqual(["api"]);
    const seen = await HttpNamespace.observe(aws, {
      id: "x",
      owner: "",
      knownId: namespace.id,
      excludeIds: [],
      spec: {},
      snapshot: new Snapshot(),
    });
    if (!seen) throw new Error("The namespace is not there.");
    const attrs = { cluster: "ground", name: "ground", arn: "" };
    await Service.delete(aws, { id: "ground/ground", spec, attrs, owner: undefined, ready: true });
    const since = clock.now();
    await HttpNamespace.delete(aws, seen);
    expect(clock.now() - since).toBeGreaterThan(15_000);
    expect(await registered()).toEqual([]);
  });

  it("refuses a namespace and a port that are not there, and a name that another service has", async () => {
    const { bare, namespace } = await ground();
    const missing = namespace.arn.replace(/ns-.*/, "ns-0");
    await expect(bare("one", connect(missing))).rejects.toThrow("does not exist");
    await expect(bare("one", connect(namespace.arn, { portName: "grpc" }))).rejects.toThrow("called grpc");
    await expect(bare("one", connect(namespace.arn, { clientAliases: [] }))).rejects.toThrow("client alias");
    await bare("one", connect(namespace.arn));
    await expect(bare("two", connect(namespace.arn))).rejects.toThrow("SC service is already used by");
    await bare("two", connect(namespace.arn, { discoveryName: "other" }));
  });

  it("refuses a grace period for a service without a load balancer, at its create and later", async () => {
    const { aws, bare } = await ground();
    const refusal = "Health check grace period is only valid for services configured to use load balancers";
    await expect(bare("one", { healthCheckGracePeriodSeconds: 0 })).rejects.toThrow(refusal);
    await bare("one");
    const update = { cluster: "ground", service: "one", healthCheckGracePeriodSeconds: 30 };
    await expect(aws.ecs(new UpdateServiceCommand(update))).rejects.toThrow(refusal);
  });
});
