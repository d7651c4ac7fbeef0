import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { ECSClient, ListTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { markOf } from "../../../../src/aws/owner.ts";
import { Schedule, type ScheduleSpec } from "../../../../src/aws/scheduler/schedule.ts";
import { awsError } from "../../../support/failing.ts";
import { DEMO } from "../../../support/identities.ts";
import { lookFor, making, MARK, mocked } from "../../../support/mocked.ts";

const scheduler = mockClient(SchedulerClient);
beforeEach(() => scheduler.reset());
const inputs = () => scheduler.calls().map(({ args: [{ input }] }) => input);

const own = "ap-northeast-1:123456789012";
const ARN = `arn:aws:scheduler:${own}:schedule/default/demo-test-report`;
const QUEUE = `arn:aws:sqs:${own}:demo-test-failed`;
const spec: ScheduleSpec = {
  name: "demo-test-report",
  owner: MARK,
  description: "Runs the job report",
  expression: "cron(0 3 * * ? *)",
  timezone: "Europe/Berlin",
  enabled: true,
  roleArn: "arn:aws:iam::123456789012:role/demo-test-schedule",
  clusterArn: `arn:aws:ecs:${own}:cluster/demo-test-cluster`,
  taskDefinitionArn: `arn:aws:ecs:${own}:task-definition/demo-test-report:7`,
  capacityProviders: [],
  platformVersion: "LATEST",
  subnetIds: ["subnet-1", "subnet-2"],
  groupIds: ["sg-1"],
  assignPublicIp: false,
  taskTags: true,
  retry: { attempts: 2, maxAgeSeconds: 3600 },
  deadLetterQueueArn: undefined,
};
const attrs = { name: spec.name, arn: ARN };
const observed = { id: spec.name, attrs, spec, owner: MARK, ready: true };
const ecs = {
  TaskDefinitionArn: spec.taskDefinitionArn,
  TaskCount: 1,
  LaunchType: "FARGATE" as const,
  NetworkConfiguration: {
    awsvpcConfiguration: {
      Subnets: ["subnet-1", "subnet-2"],
      SecurityGroups: ["sg-1"],
      AssignPublicIp: "DISABLED" as const,
    },
  },
  EnableExecuteCommand: false,
  EnableECSManagedTags: true,
  PropagateTags: "TASK_DEFINITION" as const,
};
const written = {
  Name: spec.name,
  GroupName: "default",
  Description: `Runs the job report [fairlead:${MARK}]`,
  ScheduleExpression: spec.expression,
  ScheduleExpressionTimezone: "Europe/Berlin",
  State: "ENABLED" as const,
  FlexibleTimeWindow: { Mode: "OFF" as const },
  ActionAfterCompletion: "NONE" as const,
  Target: {
    Arn: spec.clusterArn,
    RoleArn: spec.roleArn,
    RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
    EcsParameters: ecs,
  },
};
const told = { ...written, Arn: ARN, CreationDate: new Date(0), LastModificationDate: new Date(0) };
const gone = awsError("ResourceNotFoundException", "Schedule demo-test-report does not exist.", 404);

describe("scheduler/schedule", () => {
  it("creates with the owner in the description and a token that makes a retry idempotent", async () => {
    scheduler
      .on(CreateScheduleCommand)
      .rejectsOnce(awsError("InternalServerException", "injected", 500))
      .resolves({ ScheduleArn: ARN });
    const ids: string[] = [];
    expect(await Schedule.create(mocked(), spec, making(ids))).toEqual({ id: spec.name, attrs });
    expect(ids).toEqual([spec.name]);
    const input = { ...written, ClientToken: "token-1" };
    expect(inputs()).toEqual([input, input]);
  });

  it("asks again while the role is too young, and not where the schedule is there already", async () => {
    scheduler
      .on(CreateScheduleCommand)
      .rejectsOnce(
        awsError(
          "ValidationException",
          "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        ),
      )
      .resolvesOnce({ ScheduleArn: ARN })
      .rejects(awsError("ConflictException", "Schedule demo-test-report already exists.", 409));
    await Schedule.create(mocked(), spec, making());
    await expect(Schedule.create(mocked(), spec, making())).rejects.toThrow("already exists");
    expect(scheduler.calls()).toHaveLength(3);
  });

  it("names capacity providers in the place of the launch type, a platform by its number, and a dead-letter queue", async () => {
    scheduler.on(UpdateScheduleCommand).resolves({ ScheduleArn: ARN });
    const more = {
      capacityProviders: [{ capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 }],
      platformVersion: "1.4.0",
      taskTags: false,
      deadLetterQueueArn: QUEUE,
    };
    await Schedule.update(mocked(), observed, { ...spec, ...more }, new Set(Object.keys(more) as []));
    const { LaunchType: _launch, PropagateTags: _propagate, ...rest } = ecs;
    expect(inputs()).toEqual([
      {
        ...written,
        Target: {
          ...written.Target,
          DeadLetterConfig: { Arn: QUEUE },
          EcsParameters: {
            ...rest,
            CapacityProviderStrategy: more.capacityProviders,
            PlatformVersion: "1.4.0",
            EnableECSManagedTags: false,
          },
        },
      },
    ]);
  });

  it("sends all of it with every update: what is left out would go back to its default", async () => {
    scheduler
      .on(UpdateScheduleCommand)
      .rejectsOnce(awsError("ConflictException", "busy", 409))
      .resolves({});
    await Schedule.update(mocked(), observed, { ...spec, enabled: false }, new Set(["enabled"]));
    expect(inputs()).toEqual([
      { ...written, State: "DISABLED" },
      { ...written, State: "DISABLED" },
    ]);
  });

  it("observes by its name, and whose it is by its description", async () => {
    scheduler.on(GetScheduleCommand, { Name: spec.name }).resolves(told);
    expect(await Schedule.observe(mocked(), lookFor(spec))).toEqual({ ...observed, drifted: undefined });
    scheduler.on(GetScheduleCommand).resolves({ ...told, Description: "by hand" });
    expect(await Schedule.observe(mocked(), lookFor(spec))).toMatchObject({ owner: undefined });
    scheduler.on(GetScheduleCommand).rejects(gone);
    expect(await Schedule.observe(mocked(), lookFor(spec, spec.name))).toBeUndefined();
  });

  it("shows as drift what the next update takes back: a window, an end, an input", async () => {
    scheduler.on(GetScheduleCommand).resolves({
      ...told,
      ActionAfterCompletion: "DELETE",
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
      Target: { ...told.Target, Input: "{}", EcsParameters: { ...ecs, TaskCount: 3, EnableExecuteCommand: true } },
    });
    const seen = await Schedule.observe(mocked(), lookFor(spec));
    expect(seen?.drifted?.map(({ path }) => path).toSorted()).toEqual([
      "ActionAfterCompletion",
      "FlexibleTimeWindow.MaximumWindowInMinutes",
      "FlexibleTimeWindow.Mode",
      "Target.EcsParameters.EnableExecuteCommand",
      "Target.EcsParameters.TaskCount",
      "Target.Input",
    ]);
    expect(new Set(seen?.drifted?.map(({ field }) => field))).toEqual(new Set(["expression"]));
  });

  it("refuses a public address together with capacity providers before anything is made", () => {
    const planned = (more: Partial<ScheduleSpec>) =>
      ({
        id: "report/schedule",
        action: "create",
        order: undefined,
        spec: { ...spec, ...more },
        observed: undefined,
        changed: new Set<string>(),
      }) as const;
    const capacityProviders = [{ capacityProvider: "FARGATE_SPOT" }];
    expect(Schedule.refuse?.(planned({ assignPublicIp: true, capacityProviders }), [])).toContain("private subnets");
    expect(Schedule.refuse?.(planned({ assignPublicIp: true }), [])).toBeUndefined();
    expect(Schedule.refuse?.(planned({ capacityProviders }), [])).toBeUndefined();
  });

  it("stops the tasks that it has started, which would hold their cluster and security group", async () => {
    const ecsMock = mockClient(ECSClient);
    ecsMock.on(ListTasksCommand).resolves({ taskArns: ["arn:task/1", "arn:task/2"] });
    ecsMock
      .on(StopTaskCommand)
      .rejectsOnce(awsError("InvalidParameterException", "The referenced task was not found."))
      .resolves({});
    scheduler.on(DeleteScheduleCommand).resolves({});
    const family = spec.taskDefinitionArn.replace(/:7$/, "");
    await Schedule.delete(mocked(), { ...observed, spec: { ...spec, taskDefinitionArn: family } });
    expect(ecsMock.commandCalls(ListTasksCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { cluster: spec.clusterArn, family: "demo-test-report", nextToken: undefined },
    ]);
    expect(ecsMock.commandCalls(StopTaskCommand).map(({ args: [{ input }] }) => input.task)).toEqual([
      "arn:task/1",
      "arn:task/2",
    ]);
    ecsMock.restore();
  });

  it("deletes by name, and counts one that is gone already as deleted", async () => {
    scheduler
      .on(DeleteScheduleCommand)
      .rejectsOnce(awsError("ConflictException", "busy", 409))
      .rejects(gone);
    await expect(Schedule.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(scheduler.commandCalls(DeleteScheduleCommand)).toHaveLength(2);
  });

  it("lists what the stack owns: every page, by name, and by the owner in the description", async () => {
    const marked = (stack: object) => `x [fairlead:${markOf({ ...DEMO, ...stack }, "report/schedule")}]`;
    scheduler
      .on(ListSchedulesCommand)
      .resolvesOnce({ Schedules: [{ Name: "demo-test-report" }, { Name: "demo-test-2-report" }], NextToken: "more" })
      .resolvesOnce({ Schedules: [{ Name: "demo-test-gone" }, { Name: "demo-testing" }] });
    scheduler.on(GetScheduleCommand).rejects(gone);
    scheduler.on(GetScheduleCommand, { Name: "demo-test-report" }).resolves({ Description: marked({}) });
    scheduler
      .on(GetScheduleCommand, { Name: "demo-test-2-report" })
      .resolves({ Description: marked({ environment: "test-2" }) });
    expect(await Schedule.list?.(mocked(), [])).toEqual([
      { id: "demo-test-report", owner: markOf(DEMO, "report/schedule") },
    ]);
  });
});
