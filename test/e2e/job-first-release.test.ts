import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { GetScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { calm, scene } from "../support/scene.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";
import { SHOP } from "../support/stacks.ts";

const Name = `${SHOP.name}-report`;

describe("the first release of a job", { timeout: 180_000 }, () => {
  const stage = new Stage();
  const state = async () => (await stage.world().aws.scheduler(new GetScheduleCommand({ Name }))).State;
  const deploy = () => stage.type("deploy", "--approve");

  beforeAll(async () => {
    SHOP.write(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "UpdateSchedule") throw new Error("The process ends here.");
    };
    expect((await deploy()).exit).toBe(1);
    calm();
    expect(await state()).toBe("DISABLED");
  }, 180_000);
  afterAll(() => stage.remove());

  it("enables its schedule if another process continues it after the job has its image", async () => {
    const { exit, lines } = await deploy();
    expect(lines.join("\n")).toContain("The same source was already uploaded");
    expect(lines).toContain("The schedule of the job report is enabled: it has its first image.");
    expect(exit).toBe(0);
    expect(await state()).toBe("ENABLED");
    expect(await stage.planned()).toEqual({});
  });

  it("is over then: a schedule that is disabled later stays so in the next release", async () => {
    await stage.meddle(async ({ scheduler }) => {
      const { FlexibleTimeWindow, ScheduleExpression, Target } = await scheduler(new GetScheduleCommand({ Name }));
      await scheduler(
        new UpdateScheduleCommand({ Name, FlexibleTimeWindow, ScheduleExpression, Target, State: "DISABLED" }),
      );
    });
    appendFileSync(join(stage.directory, "service/report/report.js"), "\n// A second version.\n");
    expect((await deploy()).exit).toBe(0);
    expect(await state()).toBe("DISABLED");
  });
});
