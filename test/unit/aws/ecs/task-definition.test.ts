import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { TaskDefinition, type TaskDefinitionSpec } from "../../../../src/aws/ecs/task-definition.ts";
import { UncertainAnswer } from "../../../../src/engine/kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = { "fairlead:stack": "demo-test", "fairlead:id": "network/it" };
const owned = [
  { key: "fairlead:stack", value: "demo-test" },
  { key: "fairlead:id", value: "network/it" },
];
const revision = (number: number) => `arn:aws:ecs:ap-northeast-1:123456789012:task-definition/demo:${number}`;
const healthCheck = { command: ["CMD", "true"], interval: 10, timeout: 5, retries: 3, startPeriod: 15 };
const spec: TaskDefinitionSpec = {
  family: "demo",
  cpu: 256,
  memory: 512,
  executionRoleArn: "arn:aws:iam::123456789012:role/execution",
  taskRoleArn: "arn:aws:iam::123456789012:role/task",
  image: "demo:first",
  container: {
    name: "web",
    port: 8080,
    environment: { ZONE: "a", APP: "demo" },
    readonlyRootFilesystem: true,
    stopTimeout: 30,
    logGroup: "/demo/app",
    healthCheck,
  },
  runningIn: { cluster: "demo", service: "app" },
  tags,
};
const container = {
  name: "web",
  image: "demo:first",
  essential: true,
  portMappings: [{ containerPort: 8080, protocol: "tcp" as const }],
  environment: [
    { name: "APP", value: "demo" },
    { name: "ZONE", value: "a" },
  ],
  readonlyRootFilesystem: true,
  mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp", readOnly: false }],
  stopTimeout: 30,
  logConfiguration: {
    logDriver: "awslogs" as const,
    options: {
      "awslogs-group": "/demo/app",
      "awslogs-region": "ap-northeast-1",
      "awslogs-stream-prefix": "web",
    },
  },
  healthCheck,
};
const registered = {
  family: "demo",
  networkMode: "awsvpc" as const,
  requiresCompatibilities: ["FARGATE" as const],
  runtimePlatform: { cpuArchitecture: "X86_64" as const, operatingSystemFamily: "LINUX" as const },
  cpu: "256",
  memory: "512",
  executionRoleArn: spec.executionRoleArn,
  taskRoleArn: spec.taskRoleArn,
  containerDefinitions: [container],
  volumes: [{ name: "tmp" }],
};
const described = (number: number, status: "ACTIVE" | "INACTIVE" = "ACTIVE") => ({
  ...registered,
  status,
  taskDefinitionArn: revision(number),
});
const observed = {
  id: "demo",
  spec,
  attrs: { arn: revision(1), family: "demo" },
  owner: "demo-test/network/it",
  ready: true,
};
const unknown = awsError("ClientException", "Unable to describe task definition.");
const runs = (number: number, service: object = {}) =>
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ serviceName: "app", status: "ACTIVE", taskDefinition: revision(number), tags: owned, ...service }],
  });

describe("ecs/task-definition", () => {
  it("registers with its tags in one call; the family is the id, the revision an attribute", async () => {
    ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: revision(1) } });
    const told: string[] = [];
    expect(await TaskDefinition.create(mocked(), spec, making(told))).toEqual({
      id: "demo",
      attrs: { arn: revision(1), family: "demo" },
    });
    expect(told).toEqual(["demo"]);
    expect(sent()).toEqual([["RegisterTaskDefinitionCommand", { ...registered, tags: owned }]]);
  });

  it("registers no volume where the root file system can be written to, and a command and a user where told", async () => {
    ecs.on(RegisterTaskDefinitionCommand).resolves({});
    const edited = { ...spec.container, readonlyRootFilesystem: false, command: ["serve"], user: "1000" };
    await TaskDefinition.create(mocked(), { ...spec, container: edited }, making());
    const { volumes: _volumes, ...unmounted } = registered;
    const { mountPoints: _mountPoints, ...writable } = container;
    const containerDefinitions = [{ ...writable, readonlyRootFilesystem: false, command: ["serve"], user: "1000" }];
    expect(sent()).toEqual([["RegisterTaskDefinitionCommand", { ...unmounted, containerDefinitions, tags: owned }]]);
  });

  it("never repeats a register call whose answer was lost, and tells no id for it", async () => {
    ecs.on(RegisterTaskDefinitionCommand).rejects(awsError("ServerException", "injected", 500));
    const told: string[] = [];
    await expect(TaskDefinition.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("observes the revision that the service runs, ours by the service where the pipeline left out tags", async () => {
    runs(7);
    const released = { ...described(7), containerDefinitions: [{ ...container, image: "demo:released" }] };
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: released });
    expect(await TaskDefinition.observe(mocked(), lookFor(spec, "demo"))).toEqual({
      ...observed,
      attrs: { arn: revision(7), family: "demo" },
      spec: { ...spec, image: "demo:released", tags: {} },
      status: "ACTIVE",
      failed: undefined,
    });
    expect(sent()).toEqual([
      ["DescribeServicesCommand", { cluster: "demo", services: ["app"], include: ["TAGS"] }],
      ["DescribeTaskDefinitionCommand", { taskDefinition: revision(7), include: ["TAGS"] }],
    ]);
    runs(7, { tags: [] });
    expect((await TaskDefinition.observe(mocked(), lookFor(spec, "demo")))?.owner).toBeUndefined();
  });

  it("observes the latest revision where no service runs one of the family", async () => {
    const elsewhere = [{ status: "DRAINING" }, { taskDefinition: revision(3).replace("/demo:", "/other:") }];
    ecs.on(DescribeTaskDefinitionCommand).rejects(unknown);
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition: "demo" })
      .resolves({ taskDefinition: described(4), tags: owned });
    for (const service of elsewhere) {
      runs(3, service);
      const seen = await TaskDefinition.observe(mocked(), lookFor({ ...spec, family: "renamed" }, "demo"));
      expect(seen).toMatchObject({ id: "demo", attrs: { arn: revision(4) }, owner: "demo-test/network/it" });
    }
    expect(ecs.commandCalls(DescribeTaskDefinitionCommand)).toHaveLength(2);
  });

  it("is failed where our delete was cut short, and absent where somebody else is through with the family", async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [] });
    ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [revision(2)] });
    const left = { taskDefinition: described(2, "INACTIVE") };
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: "demo" }).rejects(unknown);
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: revision(2) }).resolvesOnce({ ...left, tags: owned });
    expect(await TaskDefinition.observe(mocked(), lookFor(spec, "demo"))).toMatchObject({
      attrs: { arn: revision(2) },
      ready: false,
      status: "INACTIVE",
      failed: "all revisions are deregistered",
    });
    expect(sent()).toContainEqual([
      "ListTaskDefinitionsCommand",
      { familyPrefix: "demo", status: "INACTIVE", sort: "DESC", maxResults: 1 },
    ]);
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: revision(2) }).resolves({ ...left, tags: [] });
    expect(await TaskDefinition.observe(mocked(), lookFor(spec))).toBeUndefined();
    // The latest may be one that a release registered without tags.
    expect(await TaskDefinition.observe(mocked(), lookFor({}, "demo"))).toMatchObject({
      owner: undefined,
      ready: false,
    });
    const theirs = owned.map(({ key, value }) => ({ key, value: `${value}-2` }));
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: revision(2) }).resolves({ ...left, tags: theirs });
    expect(await TaskDefinition.observe(mocked(), lookFor(spec, "demo"))).toBeUndefined();
  });

  it("is absent where no revision was ever registered, although ECS has no code for that", async () => {
    ecs.on(DescribeServicesCommand).rejects(awsError("ClusterNotFoundException", "Cluster not found."));
    ecs.on(DescribeTaskDefinitionCommand).rejects(unknown);
    ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
    expect(await TaskDefinition.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(sent().map(([name]) => name)).toEqual([
      "DescribeServicesCommand",
      "DescribeTaskDefinitionCommand",
      "ListTaskDefinitionsCommand",
    ]);
  });

  it("registers a change as a new revision, once", async () => {
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: described(1), tags: owned });
    ecs.on(RegisterTaskDefinitionCommand).resolvesOnce({ taskDefinition: { taskDefinitionArn: revision(2) } });
    const wanted = { ...spec, cpu: 512 };
    const changed = new Set(["cpu"] as const);
    expect(await TaskDefinition.update(mocked(), observed, wanted, changed)).toEqual({ arn: revision(2) });
    expect(sent()).toEqual([
      ["DescribeTaskDefinitionCommand", { taskDefinition: "demo", include: ["TAGS"] }],
      ["RegisterTaskDefinitionCommand", { ...registered, cpu: "512", tags: owned }],
    ]);
    ecs.on(RegisterTaskDefinitionCommand).rejects(awsError("ServerException", "injected", 500));
    await expect(TaskDefinition.update(mocked(), observed, wanted, changed)).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(2);
  });

  it("takes the revision that an earlier attempt registered, tags included, instead of another one", async () => {
    const newest = { ...described(2), cpu: "512" };
    const wanted = { ...spec, cpu: 512 };
    const changed = new Set(["cpu"] as const);
    ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: revision(3) } });
    ecs.on(DescribeTaskDefinitionCommand).resolvesOnce({ taskDefinition: newest, tags: owned });
    expect(await TaskDefinition.update(mocked(), observed, wanted, changed)).toEqual({ arn: revision(2) });
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(0);
    ecs.on(DescribeTaskDefinitionCommand).resolvesOnce({ taskDefinition: newest, tags: [] });
    expect(await TaskDefinition.update(mocked(), observed, wanted, changed)).toEqual({ arn: revision(3) });
  });

  it("updates tags of the revision in place, and writes nothing for where it runs", async () => {
    ecs.on(TagResourceCommand).resolves({});
    ecs.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    const wanted = { ...spec, tags: { ...tags, team: "b" } };
    await TaskDefinition.update(mocked(), bearing, wanted, new Set(["tags", "runningIn"] as const));
    expect(sent()).toEqual([
      ["TagResourceCommand", { resourceArn: revision(1), tags: [{ key: "team", value: "b" }] }],
      ["UntagResourceCommand", { resourceArn: revision(1), tagKeys: ["old"] }],
    ]);
    ecs.resetHistory();
    await TaskDefinition.update(mocked(), observed, spec, new Set(["runningIn"] as const));
    expect(sent()).toEqual([]);
  });

  it("deregisters every active revision and deletes all of them, ten a call, longer families left alone", async () => {
    const inactive = Array.from({ length: 9 }, (_, index) => revision(index + 1));
    ecs.on(ListTaskDefinitionsCommand, { status: "INACTIVE" }).resolves({ taskDefinitionArns: inactive });
    ecs
      .on(ListTaskDefinitionsCommand, { status: "ACTIVE" })
      .resolves({ taskDefinitionArns: [revision(10)], nextToken: "more" });
    ecs
      .on(ListTaskDefinitionsCommand, { status: "ACTIVE", nextToken: "more" })
      .resolves({ taskDefinitionArns: [revision(11), revision(1).replace("/demo:", "/demo-2:")] });
    ecs.on(DeregisterTaskDefinitionCommand).rejectsOnce(awsError("ClientException", "is inactive")).resolves({});
    ecs.on(DeleteTaskDefinitionsCommand).resolves({ failures: [] });
    await TaskDefinition.delete(mocked(), observed);
    expect(sent().slice(3)).toEqual([
      ["DeregisterTaskDefinitionCommand", { taskDefinition: revision(10) }],
      ["DeregisterTaskDefinitionCommand", { taskDefinition: revision(11) }],
      ["DeleteTaskDefinitionsCommand", { taskDefinitions: [...inactive, revision(10)] }],
      ["DeleteTaskDefinitionsCommand", { taskDefinitions: [revision(11)] }],
    ]);
  });

  it("counts revisions that are gone already as deleted, and throws what ECS tells among the failures", async () => {
    ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
    await expect(TaskDefinition.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(ecs.commandCalls(DeleteTaskDefinitionsCommand)).toHaveLength(0);
    ecs
      .on(ListTaskDefinitionsCommand, { status: "INACTIVE" })
      .resolves({ taskDefinitionArns: [revision(1), revision(2)] });
    const gone = { arn: revision(1), reason: "The specified task definition does not exist." };
    ecs
      .on(DeleteTaskDefinitionsCommand)
      .resolvesOnce({ failures: [gone] })
      .resolvesOnce({ failures: [gone, { arn: revision(2), reason: "it is ACTIVE" }] });
    await expect(TaskDefinition.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(TaskDefinition.delete(mocked(), observed)).rejects.toThrow(
      `ECS did not delete ${revision(2)}: it is ACTIVE`,
    );
  });
});
