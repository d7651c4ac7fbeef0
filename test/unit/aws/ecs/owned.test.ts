import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
} from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Cluster } from "../../../../src/aws/ecs/cluster.ts";
import { Service } from "../../../../src/aws/ecs/service.ts";
import { TaskDefinition } from "../../../../src/aws/ecs/task-definition.ts";
import { awsError } from "../../../support/failing.ts";
import { tagListLower } from "../../../../src/aws/tags.ts";
import { mocked, tagsIn } from "../../../support/mocked.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const OWNER = "demo/test/ap-northeast-1:service/it";
const tagsOf = (stack: string) => tagListLower(tagsIn(stack, "service/it"));
const arn = (what: string) => `arn:aws:ecs:ap-northeast-1:123456789012:${what}`;
const clusters = (...names: string[]) => ecs.on(ListClustersCommand).resolves({ clusterArns: names.map(clusterArn) });
const clusterArn = (name: string) => arn(`cluster/${name}`);

describe("ecs/cluster that a stack owns", () => {
  const described = (clusterName: string, stack: string, status = "ACTIVE") => ({
    clusterName,
    clusterArn: clusterArn(clusterName),
    status,
    tags: tagsOf(stack),
  });

  it("is found on every page and by its tags, also where it is not ready, but not as INACTIVE", async () => {
    ecs
      .on(ListClustersCommand)
      .resolvesOnce({
        clusterArns: ["default", "demo-test-cluster", "demo-test-2-cluster"].map(clusterArn),
        nextToken: "more",
      })
      .resolvesOnce({ clusterArns: ["demo-testing", "demo-test-gone", "demo-test-new"].map(clusterArn) });
    ecs.on(DescribeClustersCommand).resolves({
      clusters: [
        described("demo-test-cluster", "demo-test"),
        described("demo-test-2-cluster", "demo-test-2"),
        described("demo-test-gone", "demo-test", "INACTIVE"),
        described("demo-test-new", "demo-test", "PROVISIONING"),
      ],
    });
    expect(await Cluster.list?.(mocked(), ["demo-test-gone"])).toEqual([
      { id: "demo-test-cluster", owner: OWNER },
      { id: "demo-test-new", owner: OWNER },
    ]);
    expect(sent()).toEqual([
      ["ListClustersCommand", { nextToken: undefined }],
      ["ListClustersCommand", { nextToken: "more" }],
      [
        "DescribeClustersCommand",
        {
          clusters: ["demo-test-2-cluster", "demo-test-cluster", "demo-test-gone", "demo-test-new"],
          include: ["TAGS", "SETTINGS", "CONFIGURATIONS"],
        },
      ],
    ]);
  });

  it("is asked for with a hundred others a call", async () => {
    clusters(...Array.from({ length: 101 }, (_, index) => `demo-test-${index}`));
    ecs.on(DescribeClustersCommand).resolves({ clusters: [] });
    expect(await Cluster.list?.(mocked(), [])).toEqual([]);
    const sizes = ecs.commandCalls(DescribeClustersCommand).map((call) => call.args[0].input.clusters?.length);
    expect(sizes).toEqual([100, 1]);
  });
});

describe("ecs/service that a stack owns", () => {
  const serviceArn = (cluster: string, name: string) => arn(`service/${cluster}/${name}`);
  const described = (serviceName: string, stack: string, status = "ACTIVE") => ({
    serviceName,
    status,
    tags: tagsOf(stack),
  });

  it("is found on every page of every cluster that may be the stack's, by its tags, but not if INACTIVE", async () => {
    clusters("demo", "demo-test-cluster", "demo-test-2-cluster", "demo-test-gone");
    ecs.on(ListServicesCommand).rejects(awsError("ClusterNotFoundException", "Cluster not found."));
    const inOurs = (...names: string[]) => names.map((name) => serviceArn("demo-test-cluster", name));
    const listing = { cluster: "demo-test-cluster", maxResults: 100 };
    ecs.on(ListServicesCommand, listing).resolves({ serviceArns: inOurs("app", "guest"), nextToken: "more" });
    ecs.on(ListServicesCommand, { ...listing, nextToken: "more" }).resolves({ serviceArns: inOurs("gone", "leaving") });
    ecs
      .on(ListServicesCommand, { cluster: "demo-test-2-cluster" })
      .resolves({ serviceArns: [serviceArn("demo-test-2-cluster", "app")] });
    ecs.on(DescribeServicesCommand, { cluster: "demo-test-cluster" }).resolves({
      services: [
        described("app", "demo-test"),
        described("guest", "demo-test-2"),
        described("gone", "demo-test", "INACTIVE"),
        described("leaving", "demo-test", "DRAINING"),
      ],
    });
    ecs
      .on(DescribeServicesCommand, { cluster: "demo-test-2-cluster" })
      .resolves({ services: [described("app", "demo-test-2")] });
    expect(await Service.list?.(mocked(), [])).toEqual([
      { id: "demo-test-cluster/app", owner: OWNER },
      { id: "demo-test-cluster/leaving", owner: OWNER },
    ]);
    expect(sent()).toContainEqual([
      "DescribeServicesCommand",
      { cluster: "demo-test-cluster", services: ["app", "gone", "guest", "leaving"], include: ["TAGS"] },
    ]);
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(2);
  });

  it("is asked for with ten others a call", async () => {
    clusters("demo-test-cluster");
    const names = Array.from({ length: 11 }, (_, index) => serviceArn("demo-test-cluster", `app-${index}`));
    ecs.on(ListServicesCommand).resolves({ serviceArns: names });
    ecs.on(DescribeServicesCommand).resolves({ services: [] });
    expect(await Service.list?.(mocked(), [])).toEqual([]);
    const sizes = ecs.commandCalls(DescribeServicesCommand).map((call) => call.args[0].input.services?.length);
    expect(sizes).toEqual([10, 1]);
  });
});

describe("ecs/task-definition that a stack owns", () => {
  const revision = (family: string, number: number) => arn(`task-definition/${family}:${number}`);
  const answer = (
    family: string,
    number: number,
    status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS",
    stack?: string,
  ) => ({
    taskDefinition: { family, status, taskDefinitionArn: revision(family, number) },
    tags: stack === undefined ? [] : tagsOf(stack),
  });
  const families = (...names: string[]) => ecs.on(ListTaskDefinitionFamiliesCommand).resolves({ families: names });
  const activeIn = (family: string, stack?: string) =>
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: family }).resolves(answer(family, 9, "ACTIVE", stack));
  const inactiveIn = (family: string, status: "INACTIVE" | "DELETE_IN_PROGRESS", stack?: string) => {
    ecs
      .on(ListTaskDefinitionsCommand, { familyPrefix: family })
      .resolves({ taskDefinitionArns: [revision(family, 8)] });
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition: revision(family, 8) })
      .resolves(answer(family, 8, status, stack));
  };
  beforeEach(() => {
    ecs.on(DescribeTaskDefinitionCommand).rejects(awsError("ClientException", "Unable to describe task definition."));
    ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
  });

  it("is found on every page, by the tags of the latest revision, active or not", async () => {
    ecs
      .on(ListTaskDefinitionFamiliesCommand)
      .resolvesOnce({ families: ["demo-test", "demo-test-2", "demo-testing"], nextToken: "more" })
      .resolvesOnce({ families: ["demo-test-gone", "demo-test-old", "demo-test-leaving"] });
    activeIn("demo-test", "demo-test");
    activeIn("demo-test-2", "demo-test-2");
    inactiveIn("demo-test-old", "INACTIVE", "demo-test");
    inactiveIn("demo-test-leaving", "DELETE_IN_PROGRESS", "demo-test");
    expect(await TaskDefinition.list?.(mocked(), ["demo-test-gone", "demo-test-leaving"])).toEqual([
      { id: "demo-test", owner: OWNER },
      { id: "demo-test-old", owner: OWNER },
    ]);
    expect(sent().slice(0, 2)).toEqual([
      ["ListTaskDefinitionFamiliesCommand", { familyPrefix: "demo-test", status: "ALL", nextToken: undefined }],
      ["ListTaskDefinitionFamiliesCommand", { familyPrefix: "demo-test", status: "ALL", nextToken: "more" }],
    ]);
    expect(sent().filter(([, input]) => JSON.stringify(input).includes("demo-testing"))).toEqual([]);
  });

  it("has no owner where a release registered the latest revision without tags, and the family is known", async () => {
    families("demo-test", "demo-test-2", "demo-test-old");
    activeIn("demo-test");
    activeIn("demo-test-2");
    inactiveIn("demo-test-old", "INACTIVE");
    expect(await TaskDefinition.list?.(mocked(), ["demo-test", "demo-test-old"])).toEqual([
      { id: "demo-test", owner: undefined },
      { id: "demo-test-old", owner: undefined },
    ]);
    expect(await TaskDefinition.list?.(mocked(), [])).toEqual([]);
  });
});
