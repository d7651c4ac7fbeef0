import {
  CreateScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
} from "@aws-sdk/client-scheduler";
import { describe, expect, it } from "vitest";
import { role } from "../../contract/ground.ts";
import { simulated } from "../../support/simulated.ts";

const Name = "demo-test-report";

async function ground() {
  const at = simulated();
  const { arn: RoleArn } = await role(at, "schedule", "scheduler.amazonaws.com");
  const input = (more: Partial<CreateScheduleCommandInput> = {}, ecs: object = {}): CreateScheduleCommandInput => ({
    Name,
    ScheduleExpression: "rate(1 hour)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: `arn:aws:ecs:${at.aws.region}:${at.aws.account}:cluster/demo`,
      RoleArn,
      EcsParameters: { TaskDefinitionArn: "report", LaunchType: "FARGATE", ...ecs },
    },
    ...more,
  });
  const create = (more?: Partial<CreateScheduleCommandInput>, ecs?: object) =>
    at.aws.scheduler(new CreateScheduleCommand(input(more, ecs)));
  return { ...at, input, create };
}

describe("the simulated EventBridge Scheduler", () => {
  it("refuses a role that it cannot assume yet", async () => {
    const { create, clock } = await ground();
    await expect(create()).rejects.toThrow("must allow AWS EventBridge Scheduler to assume the role");
    await clock.sleep(60_000);
    await expect(create()).resolves.toMatchObject({ ScheduleArn: expect.stringMatching(`schedule/default/${Name}$`) });
  });

  it("takes a repeat with the same token for the same create, and any other for a second one", async () => {
    const { create, clock } = await ground();
    await clock.sleep(60_000);
    const { ScheduleArn } = await create({ ClientToken: "one" });
    expect((await create({ ClientToken: "one" })).ScheduleArn).toBe(ScheduleArn);
    await expect(create({ ClientToken: "two" })).rejects.toMatchObject({ name: "ConflictException" });
  });

  it("resets with an update what the update does not say", async () => {
    const { aws, create, input, clock } = await ground();
    await clock.sleep(60_000);
    await create({ Description: "by hand", ScheduleExpressionTimezone: "Asia/Tokyo", State: "DISABLED" });
    await aws.scheduler(new UpdateScheduleCommand(input()));
    const now = await aws.scheduler(new GetScheduleCommand({ Name }));
    expect(now).toMatchObject({ ScheduleExpressionTimezone: "UTC", State: "ENABLED", ActionAfterCompletion: "NONE" });
    expect(now.Description).toBeUndefined();
    expect(now.Target?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
  });

  const publicIp = { NetworkConfiguration: { awsvpcConfiguration: { Subnets: ["s"], AssignPublicIp: "ENABLED" } } };
  const spot = { LaunchType: undefined, CapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };
  it.each([
    ["five fields of cron", { ScheduleExpression: "cron(0 3 * * *)" }, {}],
    ["both days of cron", { ScheduleExpression: "cron(0 3 * * * *)" }, {}],
    ["a rate of one in the plural", { ScheduleExpression: "rate(1 hours)" }, {}],
    ["a date that is none", { ScheduleExpression: "at(2026-13-01T00:00:00)" }, {}],
    ["a time zone that is none", { ScheduleExpressionTimezone: "Europe/Nowhere" }, {}],
    ["a platform by its name", {}, { PlatformVersion: "LATEST" }],
    ["a launch type beside capacity providers", {}, { ...spot, LaunchType: "FARGATE" }],
    ["a public address without the launch type", {}, { ...spot, ...publicIp }],
  ])("refuses %s", async (_what, more, ecs) => {
    const { create, clock } = await ground();
    await clock.sleep(60_000);
    await expect(create(more, ecs)).rejects.toMatchObject({ name: "ValidationException" });
  });
});
