import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TagResourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { State } from "../../state/state.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const SERVICE = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  writeService(stage);
});
afterEach(() => stage.remove());

const path = () => join(stage.directory, ".fairlead", "fairlead-app-dev.json");
const recorded = () => JSON.parse(readFileSync(path(), "utf8")) as State;
const service = async () => {
  const { aws } = stage.world();
  const command = new DescribeServicesCommand({ cluster: SERVICE.cluster, services: [SERVICE.service] });
  return (await aws.ecs(command)).services?.[0];
};

describe("a teardown that died when it had recorded what it was about to delete, and was given up", () => {
  it("leaves a stack that the next reconcile keeps as it is: its release, its scale and what others set", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    await stage.meddle(async (aws, clock) => {
      await aws.ecs(new UpdateServiceCommand({ ...SERVICE, desiredCount: 3 }));
      const resourceArn = `arn:aws:logs:${aws.region}:${aws.account}:log-group:/ecs/fairlead-app-dev`;
      await aws.logs(new TagResourceCommand({ resourceArn, tags: { CostCenter: "42" } }));
      await clock.sleep(120_000);
    });
    expect(await stage.planned()).toEqual({});
    const before = await service();
    const state = recorded();
    const resources = Object.fromEntries(
      Object.entries(state.resources).map(([id, one]) => [id, { ...one, status: "deleting" }]),
    );
    writeFileSync(path(), JSON.stringify({ ...state, resources }));

    expect(await stage.planned()).toEqual({});
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary).toMatchObject({ created: 0, updated: 0, replaced: 0, deleted: 0 });
    expect(await service()).toMatchObject({
      desiredCount: before?.desiredCount,
      taskDefinition: before?.taskDefinition,
      runningCount: 3,
    });
    expect(new Set(Object.values(recorded().resources).map(({ status }) => status))).toEqual(new Set(["created"]));
  });
});
