import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateClusterCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { STACK } from "../support/foreign.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const groupOf = (cluster: string) => `/aws/ecs/containerinsights/${cluster}/performance`;
const GROUP = groupOf(`${STACK}-cluster`);

const groups = async ({ logs }: Aws) =>
  (await logs(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName);

describe("the log group that Container Insights creates", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage();
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    // It is made once a task has run for a minute.
    await stage.meddle((_, clock) => clock.sleep(120_000));
    expect(await stage.meddle(groups)).toContain(GROUP);
  });
  afterAll(() => stage.remove());

  it("does not appear as a change in a plan", async () => {
    expect(await stage.planned()).toEqual({});
  });

  it("is shown by a teardown, which deletes it after the cluster, and leaves nothing", async () => {
    const back = stage.keep();
    const { exit, lines } = await stage.run("teardown");
    expect(exit).toBe(0);
    expect(lines.find((line) => line.startsWith("  - container-insights-log"))).toContain(
      "created by Container Insights",
    );
    const deleted = (what: string) => lines.findIndex((line) => line.includes("✓") && line.includes(what));
    expect(deleted(GROUP)).toBeGreaterThan(deleted("compute/cluster"));
    expect(stage.things()).toEqual({});
    back();
  });

  it("is deleted by the sweep if AWS creates it during the teardown", async () => {
    const back = stage.keep();
    await stage.meddle(({ logs }) => logs(new DeleteLogGroupCommand({ logGroupName: GROUP })));
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
    back();
  });

  it("is kept with its events if Container Insights is switched off, and deleted with the stack", async () => {
    const back = stage.keep();
    stage.edit({ cluster: { containerInsights: false } });
    expect(await stage.planned()).toEqual({ "compute/cluster": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.meddle(groups)).toContain(GROUP);
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
    stage.edit({});
    back();
  });

  it("is not touched if it belongs to another cluster, whatever its name", async () => {
    const back = stage.keep();
    const [clusterName, gone] = [`${STACK}-2-cluster`, `${STACK}-3-cluster`];
    await stage.meddle(async ({ ecs, logs }) => {
      await ecs(new CreateClusterCommand({ clusterName }));
      for (const cluster of [clusterName, gone])
        await logs(new CreateLogGroupCommand({ logGroupName: groupOf(cluster) }));
    });
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(await stage.meddle(groups)).toEqual([groupOf(clusterName), groupOf(gone)]);
    back();
  });
});
