import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ECSClient,
  PutClusterCapacityProvidersCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterSettingsCommand,
} from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Cluster, type ClusterSpec } from "../../../../src/aws/ecs/cluster.ts";
import { diff } from "../../../../src/engine/diff.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const owned = [
  { key: "fairlead:stack", value: "demo" },
  { key: "fairlead:environment", value: "test" },
  { key: "fairlead:region", value: "ap-northeast-1" },
  { key: "fairlead:id", value: "network/it" },
];
const spec: ClusterSpec = { name: "demo", containerInsights: true, tags };
const ARN = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/demo";
const insights = (value: string) => [{ name: "containerInsights" as const, value }];
const described = {
  clusterName: "demo",
  clusterArn: ARN,
  status: "ACTIVE",
  settings: insights("enabled"),
  tags: owned,
};
const observed = {
  id: "demo",
  spec,
  attrs: { name: "demo", arn: ARN },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};
const both = ["FARGATE", "FARGATE_SPOT"];
const created = { clusterName: "demo", settings: insights("enabled"), capacityProviders: both, tags: owned };

describe("ecs/cluster", () => {
  it("creates with insights and tags in one call, and its name is its id", async () => {
    ecs.on(CreateClusterCommand).resolves({ cluster: { clusterArn: ARN } });
    const told: string[] = [];
    expect(await Cluster.create(mocked(), spec, making(told))).toEqual({
      id: "demo",
      attrs: { name: "demo", arn: ARN },
    });
    expect(told).toEqual(["demo"]);
    expect(sent()).toEqual([["CreateClusterCommand", created]]);
  });

  it("repeats a create whose response was lost: the cluster of that name is the answer", async () => {
    ecs
      .on(CreateClusterCommand)
      .rejectsOnce(awsError("ServerException", "injected", 500))
      .resolves({ cluster: { clusterArn: ARN } });
    expect((await Cluster.create(mocked(), spec, making())).attrs.arn).toBe(ARN);
    expect(sent()).toEqual([
      ["CreateClusterCommand", created],
      ["CreateClusterCommand", created],
    ]);
  });

  it("waits for the role of an account that never used ECS, and for no other invalid parameter", async () => {
    ecs
      .on(CreateClusterCommand)
      .rejectsOnce(
        awsError(
          "InvalidParameterException",
          "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
        ),
      )
      .rejects(awsError("InvalidParameterException", "Identifiers must be at most 255 letters"));
    const told: string[] = [];
    await expect(Cluster.create(mocked(), spec, making(told))).rejects.toThrow("at most 255 letters");
    expect(ecs.commandCalls(CreateClusterCommand)).toHaveLength(2);
    expect(told).toEqual([]);
  });

  it("observes by known id before the declared name, with tags and settings asked for", async () => {
    ecs.on(DescribeClustersCommand).resolves({ clusters: [described] });
    expect(await Cluster.observe(mocked(), lookFor({ ...spec, name: "renamed" }, "demo"))).toEqual({
      ...observed,
      spec: { ...spec, capacityProviders: [] },
      status: "ACTIVE",
      failed: undefined,
      unmanaged: [],
    });
    expect(sent()).toEqual([
      ["DescribeClustersCommand", { clusters: ["demo"], include: ["TAGS", "SETTINGS", "CONFIGURATIONS"] }],
    ]);
  });

  it("reports capacity providers and other settings as unmanaged", async () => {
    const set = {
      capacityProviders: ["FARGATE", "FARGATE_SPOT", "machines"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      configuration: { executeCommandConfiguration: { logging: "NONE" as const } },
      serviceConnectDefaults: { namespace: "arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/ns-1" },
    };
    ecs.on(DescribeClustersCommand).resolves({ clusters: [{ ...described, ...set }] });
    expect((await Cluster.observe(mocked(), lookFor(spec, "demo")))?.unmanaged).toEqual([
      "capacity providers machines",
      "default capacity providers FARGATE_SPOT",
      "execute command and storage configuration",
      "Service Connect namespace arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/ns-1",
    ]);
  });

  it("is created with the capacity providers that are declared, and takes more of them as no difference", async () => {
    ecs.on(CreateClusterCommand).resolves({ cluster: { clusterArn: ARN } });
    await Cluster.create(mocked(), { ...spec, capacityProviders: ["FARGATE"] }, making());
    expect(sent()).toEqual([["CreateClusterCommand", { ...created, capacityProviders: ["FARGATE"] }]]);
    expect(Cluster.fields.capacityProviders.same?.(["FARGATE"], both, {})).toBe(true);
    expect(Cluster.fields.capacityProviders.same?.(both, ["FARGATE"], {})).toBe(false);
  });

  it("keeps the capacity providers that are no longer declared, as no difference", () => {
    const wanted = Cluster.canonical?.(spec);
    expect(wanted).toEqual({ ...spec, capacityProviders: [] });
    const applied = { ...spec, capacityProviders: both };
    expect(diff(Cluster as never, { ...wanted }, applied, applied).differences).toEqual([]);
  });

  it("creates with both where none are declared, also in canonical form", async () => {
    ecs.on(CreateClusterCommand).resolves({ cluster: { clusterArn: ARN } });
    await Cluster.create(mocked(), { ...spec, capacityProviders: [] }, making());
    expect(sent()).toEqual([["CreateClusterCommand", created]]);
  });

  it("adds the capacity providers that it lacks, and writes those of others and the default strategy again", async () => {
    const defaultCapacityProviderStrategy = [{ capacityProvider: "machines", weight: 1 }];
    ecs
      .on(DescribeClustersCommand)
      .resolves({ clusters: [{ ...described, capacityProviders: ["machines"], defaultCapacityProviderStrategy }] });
    ecs
      .on(PutClusterCapacityProvidersCommand)
      .rejectsOnce(awsError("UpdateInProgressException", "being updated"))
      .resolves({});
    await Cluster.update(mocked(), observed, { ...spec, capacityProviders: both }, new Set(["capacityProviders"]));
    const put = { cluster: "demo", capacityProviders: ["machines", ...both], defaultCapacityProviderStrategy };
    expect(sent().slice(1)).toEqual([
      ["PutClusterCapacityProvidersCommand", put],
      ["PutClusterCapacityProvidersCommand", put],
    ]);
  });

  it("shares one call among all clusters that are observed together", async () => {
    const other = { ...described, clusterName: "other", clusterArn: `${ARN}-other`, tags: [] };
    ecs.on(DescribeClustersCommand).resolves({ clusters: [other, described] });
    const look = lookFor(spec, "demo");
    const aws = mocked();
    const seen = await Promise.all([Cluster.observe(aws, look), Cluster.observe(aws, { ...look, knownId: "other" })]);
    expect(seen.map((cluster) => [cluster?.attrs.arn, cluster?.owner])).toEqual([
      [ARN, "demo/test/ap-northeast-1:network/it"],
      [`${ARN}-other`, undefined],
    ]);
    expect(ecs.calls().map((call) => call.args[0].input)).toEqual([
      { clusters: ["demo", "other"], include: ["TAGS", "SETTINGS", "CONFIGURATIONS"] },
    ]);
  });

  it("is absent among the failures, and as INACTIVE", async () => {
    ecs
      .on(DescribeClustersCommand)
      .resolvesOnce({ clusters: [], failures: [{ arn: ARN, reason: "MISSING" }] })
      .resolvesOnce({ clusters: [{ ...described, status: "INACTIVE" }] });
    expect(await Cluster.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(await Cluster.observe(mocked(), lookFor(spec, "demo"))).toBeUndefined();
    expect(ecs.commandCalls(DescribeClustersCommand)).toHaveLength(2);
    expect(await Cluster.observe(mocked(), lookFor({}))).toBeUndefined();
    expect(ecs.commandCalls(DescribeClustersCommand)).toHaveLength(2);
  });

  it("is not ready while it is provisioned, and failed where AWS could not", async () => {
    ecs
      .on(DescribeClustersCommand)
      .resolvesOnce({ clusters: [{ ...described, status: "PROVISIONING" }] })
      .resolvesOnce({ clusters: [{ ...described, status: "FAILED" }] });
    expect(await Cluster.observe(mocked(), lookFor(spec))).toMatchObject({
      ready: false,
      status: "PROVISIONING",
      failed: undefined,
    });
    expect(await Cluster.observe(mocked(), lookFor(spec))).toMatchObject({
      ready: false,
      failed: "AWS could not create what the cluster needs",
    });
  });

  it("takes enhanced insights for enabled ones, and none for disabled ones", async () => {
    ecs
      .on(DescribeClustersCommand)
      .resolvesOnce({ clusters: [{ ...described, settings: insights("enhanced") }] })
      .resolvesOnce({ clusters: [{ ...described, settings: [] }] });
    expect((await Cluster.observe(mocked(), lookFor(spec)))?.spec.containerInsights).toBe(true);
    expect((await Cluster.observe(mocked(), lookFor(spec)))?.spec.containerInsights).toBe(false);
  });

  it("updates insights by name and tags by ARN, each only where it differs", async () => {
    ecs.on(UpdateClusterSettingsCommand).resolves({});
    ecs.on(TagResourceCommand).resolves({});
    ecs.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, team: "a", old: "1" } } };
    const wanted = { ...spec, containerInsights: false, tags: { ...tags, team: "b" } };
    await Cluster.update(mocked(), bearing, wanted, new Set(["containerInsights", "tags"]));
    expect(sent()).toEqual([
      ["UpdateClusterSettingsCommand", { cluster: "demo", settings: insights("disabled") }],
      ["TagResourceCommand", { resourceArn: ARN, tags: [{ key: "team", value: "b" }] }],
      ["UntagResourceCommand", { resourceArn: ARN, tagKeys: ["old"] }],
    ]);
    ecs.resetHistory();
    await Cluster.update(mocked(), observed, { ...spec, containerInsights: false }, new Set(["tags"]));
    expect(sent()).toEqual([]);
  });

  it("waits more than two minutes for services that drain before it deletes", async () => {
    let asked = 0;
    ecs.on(DeleteClusterCommand).callsFake(() => {
      asked += 1;
      if (asked <= 60) throw awsError("ClusterContainsServicesException", "The Cluster cannot be deleted");
      return {};
    });
    await Cluster.delete(mocked(), observed);
    expect(asked).toBe(61);
    expect(sent()[0]).toEqual(["DeleteClusterCommand", { cluster: "demo" }]);
  });

  it("is gone once ECS says so, and otherwise waited for", async () => {
    ecs
      .on(DeleteClusterCommand)
      .resolvesOnce({ cluster: { status: "DEPROVISIONING" } })
      .resolves({ cluster: { status: "INACTIVE" } });
    expect(await Cluster.delete(mocked(), observed)).toBeUndefined();
    expect(await Cluster.delete(mocked(), observed)).toBe("gone");
  });

  it("counts a cluster that is gone already as deleted, and throws every other refusal", async () => {
    ecs
      .on(DeleteClusterCommand)
      .rejectsOnce(awsError("ClusterNotFoundException", "Cluster not found."))
      .rejectsOnce(awsError("AccessDeniedException", "not authorized"));
    await expect(Cluster.delete(mocked(), observed)).resolves.toBe("gone");
    await expect(Cluster.delete(mocked(), observed)).rejects.toThrow("not authorized");
    expect(ecs.commandCalls(DeleteClusterCommand)).toHaveLength(2);
  });
});
