import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { TaskDefinition } from "../../../../src/aws/ecs/task-definition.ts";
import { diff } from "../../../../src/engine/diff.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";
import {
  owned,
  revision,
  spec,
  container,
  registered,
  answered,
  described,
  observed,
  unknown,
} from "./task-definition-demo.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

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

  it("registers a command, a user and no in-memory file system if configured", async () => {
    ecs.on(RegisterTaskDefinitionCommand).resolves({});
    const { linuxParameters: _mounts, ...bare } = spec.container;
    const edited = { ...bare, readonlyRootFilesystem: false, command: ["serve"], user: "1000" };
    await TaskDefinition.create(mocked(), { ...spec, container: edited }, making());
    const { linuxParameters: _tmpfs, ...writable } = container;
    const containerDefinitions = [{ ...writable, readonlyRootFilesystem: false, command: ["serve"], user: "1000" }];
    expect(sent()).toEqual([["RegisterTaskDefinitionCommand", { ...registered, containerDefinitions, tags: owned }]]);
  });

  it("has nothing in its spec that ECS assumes anyway", () => {
    const said = { ...spec.container, stopTimeout: 30, linuxParameters: { initProcessEnabled: false }, command: [] };
    const { linuxParameters: _none, ...rest } = spec.container;
    expect(TaskDefinition.canonical?.({ ...spec, container: said }).container).toEqual(rest);
  });

  it("never repeats a register call whose response was lost, and reports no id for it", async () => {
    ecs.on(RegisterTaskDefinitionCommand).rejects(awsError("ServerException", "injected", 500));
    const told: string[] = [];
    await expect(TaskDefinition.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("observes the revision that the service runs, owned through the service if the pipeline left out tags", async () => {
    runs(7);
    const released = {
      ...described(7),
      containerDefinitions: [{ ...answered.containerDefinitions[0], image: "demo:released" }],
    };
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: released });
    expect(await TaskDefinition.observe(mocked(), lookFor(spec, "demo"))).toEqual({
      ...observed,
      attrs: { arn: revision(7), family: "demo" },
      spec: { ...spec, image: "demo:released", tags: {} },
      status: "ACTIVE",
      failed: undefined,
      unmanaged: [],
    });
    expect(sent()).toEqual([
      ["DescribeServicesCommand", { cluster: "demo", services: ["app"], include: ["TAGS"] }],
      ["DescribeTaskDefinitionCommand", { taskDefinition: revision(7), include: ["TAGS"] }],
    ]);
    runs(7, { tags: [] });
    expect((await TaskDefinition.observe(mocked(), lookFor(spec, "demo")))?.owner).toBeUndefined();
  });

  it("reports everything that was set by hand: other containers, secrets, future settings of ECS", async () => {
    runs(7);
    const [own] = answered.containerDefinitions;
    const byHand = {
      ...described(7),
      ephemeralStorage: { sizeInGiB: 50 },
      runtimePlatform: { cpuArchitecture: "ARM64" as const, operatingSystemFamily: "LINUX" as const },
      settingOfNextYear: "on",
      containerDefinitions: [
        {
          ...own,
          image: "evil:1",
          secrets: [{ name: "DB", valueFrom: "arn:db" }],
          entryPoint: ["sh"],
          newSwitch: true,
        },
        { name: "agent", image: "agent:7", essential: false, cpu: 0, environment: [] },
      ],
    };
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: byHand, tags: owned });
    const seen = await TaskDefinition.observe(mocked(), lookFor(spec, "demo"));
    const found = diff(TaskDefinition, { ...spec }, { ...spec }, seen?.spec ?? {});
    expect(found.differences.map(({ path, cause }) => `${path} ${cause}`)).toEqual([
      "container.entryPoint drift",
      "container.newSwitch drift",
      "container.secrets drift",
      "sidecars.agent drift",
      "task.runtimePlatform.cpuArchitecture drift",
      "task.ephemeralStorage drift",
      "task.settingOfNextYear drift",
    ]);
    expect(seen?.unmanaged).toEqual(["image evil:1 (not from demo)"]);
  });

  it("never puts the name of an image that is still to come in the place of one that runs", () => {
    const wanted = { ...spec, image: "demo:unreleased" };
    for (const applied of ["demo:latest", "demo:unreleased"]) {
      const found = diff(TaskDefinition, { ...wanted }, { ...spec, image: applied }, { ...spec, image: "demo:v7" });
      expect([found.differences, found.target["image"]]).toEqual([[], "demo:v7"]);
    }
  });

  it.each([
    [
      "a repository of the stack",
      "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/demo-test-api@sha256:1",
      "",
      "nginx",
    ],
    ["one of another stack", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/other@sha256:1", "", "kept"],
    [
      "one that releases come from",
      "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/demo-test@sha256:1",
      "r",
      "kept",
    ],
  ])(
    "without a record moves to the fixed image from %s only if nothing deploys to it",
    (_from, image, repository, ends) => {
      const wanted = { ...spec, image: "nginx", repository };
      const { target } = diff(TaskDefinition, wanted, undefined, { ...spec, image, repository });
      expect(target["image"]).toBe(ends === "kept" ? image : ends);
    },
  );

  it("observes a running revision that was deregistered, as what has to be registered anew", async () => {
    runs(7);
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: described(7, "INACTIVE"), tags: owned });
    const seen = await TaskDefinition.observe(mocked(), lookFor(spec, "demo"));
    expect(seen).toMatchObject({ attrs: { arn: revision(7) }, ready: true, failed: undefined });
    expect(diff(TaskDefinition, { ...spec }, { ...spec }, seen?.spec ?? {}).differences).toEqual([
      { path: "status", old: "INACTIVE", new: "ACTIVE", cause: "drift", replaces: false },
    ]);
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
      expect(seen).toMatchObject({
        id: "demo",
        attrs: { arn: revision(4) },
        owner: "demo/test/ap-northeast-1:network/it",
      });
    }
    expect(ecs.commandCalls(DescribeTaskDefinitionCommand)).toHaveLength(2);
  });

  it("is failed if Fairlead's delete was interrupted, and absent if the family was deleted outside Fairlead", async () => {
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
});
