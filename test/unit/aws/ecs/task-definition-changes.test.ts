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
import { TaskDefinition } from "../../../../src/aws/ecs/task-definition.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";
import {
  tags,
  owned,
  revision,
  spec,
  container,
  registered,
  answered,
  described,
  observed,
} from "./task-definition-demo.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const runs = (number: number, service: object = {}) =>
  ecs.on(DescribeServicesCommand).resolves({
    services: [{ serviceName: "app", status: "ACTIVE", taskDefinition: revision(number), tags: owned, ...service }],
  });

describe("ecs/task-definition, changed and deleted", () => {
  it("registers a change as a new revision, once", async () => {
    runs(1);
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: described(1), tags: owned });
    ecs.on(RegisterTaskDefinitionCommand).resolvesOnce({ taskDefinition: { taskDefinitionArn: revision(2) } });
    const wanted = { ...spec, cpu: 512 };
    const changed = new Set(["cpu"] as const);
    expect(await TaskDefinition.update(mocked(), observed, wanted, changed)).toEqual({ arn: revision(2) });
    expect(sent()).toEqual([
      ["DescribeServicesCommand", { cluster: "demo", services: ["app"], include: ["TAGS"] }],
      ["DescribeTaskDefinitionCommand", { taskDefinition: "demo", include: ["TAGS"] }],
      ["RegisterTaskDefinitionCommand", { ...registered, cpu: "512", tags: owned }],
    ]);
    ecs.on(RegisterTaskDefinitionCommand).rejects(awsError("ServerException", "injected", 500));
    await expect(TaskDefinition.update(mocked(), observed, wanted, changed)).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(2);
  });

  it("keeps the image that was deployed since it was observed, and says so", async () => {
    runs(2);
    const [own] = answered.containerDefinitions;
    const released = { ...described(2), containerDefinitions: [{ ...own, image: "demo:second" }] };
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: described(1), tags: owned });
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: revision(2) }).resolves({ taskDefinition: released });
    ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: revision(3) } });
    const notes: string[] = [];
    const updating = { note: (text: string) => void notes.push(text) };
    await TaskDefinition.update(mocked(), observed, { ...spec, cpu: 512 }, new Set(["cpu"] as const), updating);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)[0]?.args[0].input).toEqual({
      ...registered,
      cpu: "512",
      containerDefinitions: [{ ...container, image: "demo:second" }],
      tags: owned,
    });
    expect(notes).toEqual(["demo:2 with image demo:second was deployed during this run; its image is kept."]);
    // An image that the user edits is the user's.
    const edited = { ...spec, image: "demo:mine" };
    await TaskDefinition.update(mocked(), observed, edited, new Set(["image"] as const), updating);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)[1]?.args[0].input.containerDefinitions).toEqual([
      { ...container, image: "demo:mine" },
    ]);
    // What changes more than the image is no release, and no plan has shown it.
    const byHand = { ...released, ephemeralStorage: { sizeInGiB: 50 } };
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: revision(2) }).resolves({ taskDefinition: byHand });
    await expect(
      TaskDefinition.update(mocked(), observed, { ...spec, cpu: 512 }, new Set(["cpu"] as const), updating),
    ).rejects.toThrow("changes more than the image");
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(2);
  });

  it("takes the revision that an earlier attempt registered, tags included, instead of another one", async () => {
    runs(1);
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

  it("takes it where a service becomes a job too, whose revision counts until then", async () => {
    runs(1);
    const wanted = { ...spec, cpu: 512, runningIn: undefined };
    ecs.on(DescribeTaskDefinitionCommand).resolves({ taskDefinition: { ...described(2), cpu: "512" }, tags: owned });
    const changed = new Set(["cpu", "runningIn"] as const);
    expect(await TaskDefinition.update(mocked(), observed, wanted, changed)).toEqual({ arn: revision(2) });
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)).toHaveLength(0);
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
      ["DeleteTaskDefinitionsCommand", { taskDefinitions: inactive }],
      ["DeregisterTaskDefinitionCommand", { taskDefinition: revision(10) }],
      ["DeregisterTaskDefinitionCommand", { taskDefinition: revision(11) }],
      ["DeleteTaskDefinitionsCommand", { taskDefinitions: [revision(10), revision(11)] }],
    ]);
  });

  it("says how far it is where that takes longer than ECS's burst, deletes the latest last, and ends where the run stops", async () => {
    const active = Array.from({ length: 1_200 }, (_, index) => revision(index + 1));
    ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
    ecs.on(ListTaskDefinitionsCommand, { status: "ACTIVE" }).resolves({ taskDefinitionArns: active });
    ecs.on(DeregisterTaskDefinitionCommand).resolves({});
    ecs.on(DeleteTaskDefinitionsCommand).resolves({ failures: [] });
    const told: [string | undefined, number | undefined][] = [];
    const stop = new Error("stopped");
    const deleting = {
      released: () => void told.push(["released", undefined]),
      step: (status?: string, seconds?: number) => {
        told.push([status, seconds]);
        if (status === "revision 1,013 of 1,200") throw stop;
      },
    };
    await expect(TaskDefinition.delete(mocked(), observed, deleting)).rejects.toBe(stop);
    expect(told.slice(0, 2)).toEqual([
      ["released", undefined],
      ["revision 1 of 1,200", 1_180],
    ]);
    expect(ecs.commandCalls(DeregisterTaskDefinitionCommand)).toHaveLength(1_012);
    const deleted = ecs.commandCalls(DeleteTaskDefinitionsCommand).flatMap(({ args }) => args[0].input.taskDefinitions);
    expect(deleted).toEqual(active.slice(0, 1_010));
  });

  it("counts revisions that are already gone as deleted, and throws what ECS returns among the failures", async () => {
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
