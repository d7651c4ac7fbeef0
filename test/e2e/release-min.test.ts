import {
  DescribeScalableTargetsCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { BatchDeleteImageCommand, DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { begin, deployed, standReleased, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const config = (releaseMin?: number): StackConfig => ({
  delivery: { approval: { enabled: false } },
  scaling: { min: 2, max: 6, ...(releaseMin === undefined ? {} : { releaseMin }) },
});
/** A window that is far away; the tests begin it themselves. */
const RARE = { rare: { from: "at(2199-01-01T00:00:00)", until: "at(2199-01-02T00:00:00)", min: 1, max: 5 } };
const SERVICE = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;
const ECS = { ServiceNamespace: "ecs" } as const;
const ResourceId = "service/fairlead-app-dev-cluster/fairlead-app-dev-service";

let stage: Stage;
beforeAll(async () => {
  stage = new Stage(config(4));
  await standReleased(stage);
});
afterAll(() => stage.remove());

/** The minimum, and how many tasks ECS is asked for. */
const bounds = () =>
  stage.meddle(async (aws) => {
    const { ScalableTargets: [target] = [] } = await aws.autoScaling(new DescribeScalableTargetsCommand(ECS));
    const { services: [service] = [] } = await aws.ecs(
      new DescribeServicesCommand({ cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] }),
    );
    return [target?.MinCapacity, service?.desiredCount];
  });

const wait = (seconds: number) => stage.meddle((_aws, clock) => clock.sleep(seconds * 1_000));

/** Begins a release, and waits until it has raised the minimum; answers its id. */
async function warmed(version: number, usual = 2): Promise<string> {
  const id = await begin(stage, version, 0);
  for (let tries = 0; tries < 60 && (await bounds())[0] === usual; tries++) await wait(20);
  expect((await bounds())[0]).toBe(4);
  return id;
}

describe("a service whose releases raise its minimum", () => {
  it("has no tasks to add to at its first release, and its own minimum after every one", async () => {
    expect(await bounds()).toEqual([2, 2]);
    writeService(stage, "# two");
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    const told = lines.join("\n");
    expect(told).toContain("web: its minimum is 4 instead of 2 during the release.");
    expect(told).toContain("web: 4 tasks run.");
    expect(told).toContain("web: its minimum is 2 again.");
    // What is above the minimum, the autoscaler takes away.
    expect(await bounds()).toEqual([2, 4]);
    expect(await stage.planned()).toEqual({});
  });

  it("is left alone by a reconcile meanwhile, and the plan says why its minimum differs", async () => {
    const id = await warmed(3);
    const { lines } = await stage.say("plan");
    expect(lines.join("\n")).toContain(`minimum 4 instead of 2 until release ${id} is deployed`);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await bounds())[0]).toBe(4);
    expect((await stage.type("deploy", "--attach", id)).exit).toBe(0);
    expect((await bounds())[0]).toBe(2);
    expect(await stage.planned()).toEqual({});
  });

  it("keeps the minimum of a window that has begun meanwhile", async () => {
    const id = await warmed(4);
    await stage.meddle((aws) =>
      aws.autoScaling(new RegisterScalableTargetCommand({ ...SERVICE, ResourceId, MinCapacity: 3 })),
    );
    const { exit, lines } = await stage.type("deploy", "--attach", id);
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("web: its minimum has become 3 meanwhile, and stays.");
    expect((await bounds())[0]).toBe(3);
    expect(await stage.planned()).toEqual({ "scaling/target": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await bounds())[0]).toBe(2);
  });

  it("gets its minimum back with the next release or reconcile where one has failed", async () => {
    const id = await warmed(5);
    expect((await stage.type("release", "stop", id, "--yes")).exit).toBe(0);
    await wait(600);
    expect((await bounds())[0]).toBe(4);
    expect(await stage.planned()).toEqual({ "scaling/target": "update" });
    const { json } = await stage.run("plan");
    const [changed] = json.actions.filter(({ id: one }) => one === "scaling/target");
    expect(changed?.differences?.map(({ path }) => path).toSorted()).toEqual(["min", "tags.fairlead:release-min"]);
    const back = stage.keep();
    writeService(stage, "# six");
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("web: its minimum is 2 again.");
    expect(await stage.planned()).toEqual({});
    back();
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await bounds())[0]).toBe(2);
    expect(await stage.planned()).toEqual({});
    const { aws } = stage.world();
    const { ScalableTargets: [target] = [] } = await aws.autoScaling(new DescribeScalableTargetsCommand(ECS));
    const { Tags = {} } = await aws.autoScaling(
      new ListTagsForResourceCommand({ ResourceARN: target?.ScalableTargetARN }),
    );
    expect(Object.keys(Tags)).not.toContain("fairlead:release-min");
  });

  it("is not deployed where the tasks do not start, and has its minimum back", async () => {
    const back = stage.keep();
    await stage.meddle(async (aws) => {
      const repositoryName = "fairlead-app-dev";
      const { imageDetails = [] } = await aws.ecr(new DescribeImagesCommand({ repositoryName }));
      const imageIds = imageDetails.map(({ imageDigest }) => ({ imageDigest }));
      await aws.ecr(new BatchDeleteImageCommand({ repositoryName, imageIds }));
      const lower = { ...SERVICE, ResourceId, MaxCapacity: 2 };
      await aws.autoScaling(new RegisterScalableTargetCommand(lower));
      await aws.autoScaling(new RegisterScalableTargetCommand({ ...lower, MaxCapacity: 6 }));
    });
    await wait(300);
    expect(await bounds()).toEqual([2, 2]);
    writeService(stage, "# seven");
    const { exit, lines, json } = await deployed(stage);
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain("web: only 2 of 4 tasks run after 10 minutes. Its minimum is 2 again.");
    expect(json.release.finding?.cause).toBe("not-warm");
    expect((await bounds())[0]).toBe(2);
    expect(await stage.planned()).toEqual({});
    back();
  });

  it("gets the minimum of a window back, in which a release has failed", async () => {
    stage.edit({ ...config(4), scaling: { min: 2, max: 6, releaseMin: 4, schedule: RARE } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const moved = { ...SERVICE, ResourceId, MinCapacity: 1, MaxCapacity: 5 };
    await stage.meddle((aws) => aws.autoScaling(new RegisterScalableTargetCommand(moved)));
    const id = await warmed(7, 1);
    expect((await stage.type("release", "stop", id, "--yes")).exit).toBe(0);
    await wait(600);
    expect((await bounds())[0]).toBe(4);
    const { lines } = await stage.say("plan");
    expect(lines.join("\n")).toMatch(/min: 4 (->|→) 1/);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await bounds())[0]).toBe(1);
    expect(await stage.planned()).toEqual({});
  });

  it("is not raised without the setting, and what raises it goes with it", async () => {
    stage.edit(config());
    expect(await stage.planned()).toEqual({
      "scaling/rare-end": "delete",
      "scaling/rare-start": "delete",
      "scaling/target": "update",
      "delivery/pipeline": "update",
      "delivery/warm-project": "delete",
      "security/pipeline-role": "update",
      "security/warm-role": "delete",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
