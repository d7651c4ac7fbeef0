import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { fileStore } from "../../state/file-store.ts";
import type { State } from "../../state/state.ts";
import { changeByHand } from "../support/by-hand.ts";
import { Stage } from "../support/stage.ts";

const REVISION = ["compute/service", "compute/task-definition"];

/** Settings of resources that every stack has and that `edits.test.ts` leaves out: the setting, its value, and what alone it changes. */
const SETTINGS: readonly (readonly [path: string, value: unknown, changed: readonly string[]])[] = [
  ["balancer.idleTimeout", 120, ["balancer/load-balancer"]],
  ["balancer.deletionProtection", true, ["balancer/load-balancer"]],
  ["balancer.healthCheck.interval", 15, ["balancer/target-group"]],
  ["balancer.healthCheck.timeout", 10, ["balancer/target-group"]],
  ["balancer.healthCheck.healthyThreshold", 3, ["balancer/target-group"]],
  ["balancer.healthCheck.unhealthyThreshold", 4, ["balancer/target-group"]],
  ["balancer.healthCheck.matcher", "200-299", ["balancer/target-group"]],
  ["container.stopTimeout", 60, REVISION],
  ["container.user", "1001:1001", REVISION],
  ["container.entryPoint", ["node"], REVISION],
  ["service.minHealthyPercent", 50, ["compute/service"]],
  ["service.maxPercent", 150, ["compute/service"]],
  ["service.healthCheckGracePeriod", 90, ["compute/service"]],
  ["scaling.max", 8, ["scaling/target"]],
  ["scaling.memoryTarget", 60, ["scaling/memory-policy"]],
  ["scaling.scaleInCooldown", 120, ["scaling/cpu-policy", "scaling/memory-policy"]],
  ["scaling.scaleOutCooldown", 30, ["scaling/cpu-policy", "scaling/memory-policy"]],
  ["registry.untaggedDays", 7, ["registry/repository"]],
  ["registry.scanOnPush", false, ["registry/repository"]],
  // What is changed by hand below.
  ["registry.scanOnPush", true, ["registry/repository"]],
  ["edge.apiPath", "/v1/*", ["edge/distribution"]],
  ["edge.comment", "the shop", ["edge/distribution"]],
  ["delivery.buildImage", "aws/codebuild/standard:7.0", ["delivery/build-project"]],
  ["delivery.buildTimeoutMinutes", 20, ["delivery/build-project"]],
  ["delivery.buildspec", "ci/build.yml", ["delivery/build-project"]],
  ["delivery.approval.message", "Go?", ["delivery/pipeline"]],
  ["logs.buildRetentionDays", 14, ["observability/build-log"]],
];

const ALL = [...new Set(SETTINGS.flatMap(([, , changed]) => changed))].toSorted();

/** The config with one more setting. */
function withSetting(config: StackConfig, path: string, value: unknown): StackConfig {
  const [group = "", ...rest] = path.split(".");
  const own = (config as Readonly<Record<string, StackConfig | undefined>>)[group] ?? {};
  return { ...config, [group]: rest.length === 0 ? value : withSetting(own, rest.join("."), value) };
}

describe("settings of what every stack has", () => {
  let stage: Stage;
  let config: StackConfig = {};
  beforeAll(async () => {
    stage = new Stage(config);
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  const settles = async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  };
  const updated = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, "update"]));

  // The plan of the next one would show what one has left to do.
  it.each(SETTINGS)("%s set to %j changes what it is a setting of, and nothing else", async (path, value, changed) => {
    config = withSetting(config, path, value);
    stage.edit(config);
    expect(await stage.planned()).toEqual(updated(changed));
    expect((await stage.run("reconcile")).exit).toBe(0);
  });

  it("are set again where someone has changed the resources", async () => {
    const state = (await fileStore(`${stage.directory}/.fairlead/fairlead-app-dev.json`).read()) as State;
    await stage.meddle(async (aws) => {
      for (const id of ALL) await changeByHand(aws, state, id);
    });
    expect(Object.keys(await stage.planned()).toSorted()).toEqual(ALL);
    await settles();
  });

  it("go back to their defaults together, and the stack is torn down to nothing", async () => {
    stage.edit({});
    expect(await stage.planned()).toEqual(updated(ALL));
    await settles();
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
