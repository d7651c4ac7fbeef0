import { ListTaskDefinitionFamiliesCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { GetScheduleCommand, ListSchedulesCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";

const services = {
  web: {},
  report: {
    type: "job",
    schedule: "cron(0 2 * * ? *)",
    timezone: "Europe/Berlin",
    image: "public.ecr.aws/docker/library/node:22",
  },
} as const satisfies StackConfig["services"];

describe("a job with an existing image", () => {
  const stage = new Stage({ services });
  afterAll(() => stage.remove());
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
  }, 60_000);

  const schedule = () => stage.world().aws.scheduler(new GetScheduleCommand({ Name: `${PREFIX}-report` }));

  it("needs no service, load balancer or release", async () => {
    expect(await stage.planned()).toEqual({});
    const { Target, ...found } = await schedule();
    expect(found).toMatchObject({
      ScheduleExpression: "cron(0 2 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      State: "ENABLED",
    });
    expect(Target?.EcsParameters?.TaskDefinitionArn).toMatch(/:task-definition\/fairlead-app-dev-report$/);
  });

  it("has its schedule reverted if it was disabled outside Fairlead", async () => {
    await stage.meddle(async (aws) => {
      const { Name, FlexibleTimeWindow, ScheduleExpression, Target } = await aws.scheduler(
        new GetScheduleCommand({ Name: `${PREFIX}-report` }),
      );
      const input = { Name, FlexibleTimeWindow, ScheduleExpression, Target, State: "DISABLED" as const };
      await aws.scheduler(new UpdateScheduleCommand(input));
    });
    expect(await stage.planned()).toEqual({ "report/compute/schedule": "update" });
    const { lines } = await stage.type("status");
    expect(lines).toContainEqual(expect.stringMatching(/^! report .* drift: compute\/schedule$/));
    expect(lines).toContain(
      `Job report: disabled, cron(0 2 * * ? *) (UTC), revision ${PREFIX}-report:1, image ${services.report.image}`,
    );
    const doctor = await stage.type("doctor", "--service", "report");
    expect(doctor.exit).toBe(1);
    expect(doctor.lines.join("\n")).toContain("is disabled, so nothing starts the job");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await schedule()).toMatchObject({ State: "ENABLED" });
  });

  it("has the status of its newest run", async () => {
    const none = await stage.type("doctor", "--service", "report");
    expect(none.exit).toBe(0);
    expect(none.lines).toContainEqual(expect.stringMatching(/^\? newest run +ECS has no record of a run/));
  });

  it("cannot be entered: its tasks end by themselves", async () => {
    const { exit, lines } = await stage.type("exec", "--service", "report");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain("report is a job");
  });

  it("is updated in place if its schedule or image changes", async () => {
    const report = {
      ...services.report,
      schedule: "rate(2 hours)",
      image: "public.ecr.aws/docker/library/node:24",
    } as const;
    stage.edit({ services: { ...services, report } });
    expect(await stage.planned()).toEqual({
      "report/compute/schedule": "update",
      "report/compute/task-definition": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await schedule()).toMatchObject({ ScheduleExpression: "rate(2 hours)", State: "ENABLED" });
    expect(await stage.planned()).toEqual({});
  });

  it("is run now, to its exit code", async () => {
    await stage.meddle(async (_aws, _clock, world) => {
      world.table("~ecs.commands")["report"] = { run: "", exit: 4, lines: ["Reporting."] };
    });
    const { exit, lines } = await stage.type("job", "run", "report", "--variable", "DAY=1");
    expect(lines).toContain("Reporting.");
    expect(exit).toBe(4);
    const other = await stage.type("task", "report", "--", "echo", "once");
    expect(other.exit).toBe(0);
    expect(other.lines).toContain("once");
  });

  it("leaves nothing behind, and no running task", async () => {
    await stage.meddle(async (aws) => {
      const { Target } = await aws.scheduler(new GetScheduleCommand({ Name: `${PREFIX}-report` }));
      const { awsvpcConfiguration: vpc } = Target?.EcsParameters?.NetworkConfiguration ?? {};
      await aws.ecs(
        new RunTaskCommand({
          cluster: Target?.Arn,
          taskDefinition: `${PREFIX}-report`,
          launchType: "FARGATE",
          networkConfiguration: { awsvpcConfiguration: { subnets: vpc?.Subnets, securityGroups: vpc?.SecurityGroups } },
        }),
      );
    });
    expect((await stage.run("teardown")).exit).toBe(0);
    const { aws } = stage.world();
    expect((await aws.scheduler(new ListSchedulesCommand({}))).Schedules).toEqual([]);
    expect((await aws.ecs(new ListTaskDefinitionFamiliesCommand({ status: "ALL" }))).families).toEqual([]);
  });
});
