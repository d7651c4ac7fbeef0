import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  type TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";
import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateScheduleCommand } from "@aws-sdk/client-scheduler";
import { describe, expect, it } from "vitest";
import { pruneRevisions } from "../../../src/release/old-revisions.ts";
import { revisionIn } from "../../../src/release/revision.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { role } from "../../contract/ground.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, running, SOURCE, type Release } from "../../support/release.ts";
import { siteOf } from "./delivered.ts";

const nothing = () => false;
const on = () => {};

/** The site of the stack, which keeps so many revisions. */
function keeping(release: Release, keepRevisions: number): ServiceRef {
  const ref = siteOf(release.at);
  return { ...ref, stack: { ...ref.stack, delivery: { ...ref.stack.delivery, keepRevisions } } };
}

/** Registers copies of the newest revision, as changes of settings do; none of them is run. */
async function register(release: Release, copies: number): Promise<void> {
  const { aws } = release.at;
  const { taskDefinition } = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: "ground" }));
  const { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities } =
    taskDefinition ?? {};
  const again = { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities };
  for (let n = 0; n < copies; n++) await aws.ecs(new RegisterTaskDefinitionCommand({ family: "ground", ...again }));
}

async function released(release: Release, n: number): Promise<void> {
  await release.upload({ ...SOURCE, n: String(n) });
  await release.wait(90);
  await release.answer("Approved");
  await release.wait(150);
}

async function revisions(release: Release, status: TaskDefinitionStatus = "ACTIVE"): Promise<number[]> {
  const list = new ListTaskDefinitionsCommand({ familyPrefix: "ground", status });
  const { taskDefinitionArns = [] } = await release.at.aws.ecs(list);
  return taskDefinitionArns.map((arn) => Number(revisionIn(arn).split(":")[1]));
}

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("old revisions", () => {
  it("are deleted, at most 20 at a time, without the one that runs", async () => {
    const release = await deliverable();
    await register(release, 30);
    const ref = keeping(release, 5);
    // Revision 1 is the one that the service runs.
    expect(await pruneRevisions(ref, nothing, on)).toBe(20);
    expect(await revisions(release)).toEqual([1, ...span(22, 31)]);
    expect(await revisions(release, "INACTIVE")).toEqual([]);
    expect(await pruneRevisions(ref, nothing, on)).toBe(5);
    expect(await revisions(release)).toEqual([1, ...span(27, 31)]);
    const calls = release.at.calls.length;
    expect(await pruneRevisions(ref, nothing, on)).toBe(0);
    expect(release.at.calls.slice(calls).map(({ operation }) => operation)).not.toContain("DeregisterTaskDefinition");
  });

  it("are not looked for any further while there are no more than are kept", async () => {
    const release = await deliverable();
    await register(release, 4);
    const calls = release.at.calls.length;
    expect(await pruneRevisions(keeping(release, 5), nothing, on)).toBe(0);
    expect(release.at.calls.slice(calls).map(({ operation }) => operation)).toEqual(["ListTaskDefinitions"]);
  });

  it("stay where a rollback would go back to one, or the state names one", async () => {
    const release = await deliverable();
    await released(release, 1);
    await released(release, 2);
    await register(release, 6);
    // 3 runs, and 2 is the release before it.
    const isRecorded = (arn: string) => arn.endsWith(":5");
    expect(await pruneRevisions(keeping(release, 2), isRecorded, on)).toBe(4);
    expect(await revisions(release)).toEqual([2, 3, 5, 8, 9]);
  });

  it("stay where a task, a rule or a schedule uses one", async () => {
    const release = await deliverable();
    const { at } = release;
    await register(release, 9);
    const { subnets, securityGroups } = await placeOf(release);
    const awsvpcConfiguration = { subnets, securityGroups };
    await at.aws.ecs(
      new RunTaskCommand({
        cluster: NAMES.cluster,
        taskDefinition: "ground:3",
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration },
      }),
    );
    const cluster = `arn:aws:ecs:${at.aws.region}:${at.aws.account}:cluster/${NAMES.cluster}`;
    const revision = (n: number) => `arn:aws:ecs:${at.aws.region}:${at.aws.account}:task-definition/ground:${n}`;
    const [events, scheduler] = [
      await role(at, "nightly", "events.amazonaws.com"),
      await role(at, "timer", "scheduler.amazonaws.com"),
    ];
    await at.clock.sleep(60_000);
    await at.aws.eventBridge(new PutRuleCommand({ Name: "nightly", EventPattern: '{"source":["own"]}' }));
    await at.aws.eventBridge(
      new PutTargetsCommand({
        Rule: "nightly",
        Targets: [
          {
            Id: "task",
            Arn: cluster,
            RoleArn: events.arn,
            EcsParameters: { TaskDefinitionArn: revision(4), LaunchType: "FARGATE" },
          },
        ],
      }),
    );
    await at.aws.scheduler(
      new CreateScheduleCommand({
        Name: "by-hand",
        ScheduleExpression: "rate(1 day)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          Arn: cluster,
          RoleArn: scheduler.arn,
          EcsParameters: {
            TaskDefinitionArn: revision(5),
            LaunchType: "FARGATE",
            NetworkConfiguration: {
              awsvpcConfiguration: { Subnets: subnets, SecurityGroups: securityGroups },
            },
          },
        },
      }),
    );
    expect(await pruneRevisions(keeping(release, 2), nothing, on)).toBe(4);
    expect(await revisions(release)).toEqual([1, 3, 4, 5, 9, 10]);
  });

  it("stay while the service is being deployed", async () => {
    const release = await deliverable();
    await released(release, 1);
    await register(release, 5);
    const { cluster, service } = NAMES;
    await release.at.aws.ecs(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }));
    expect(await pruneRevisions(keeping(release, 2), nothing, on)).toBe(0);
    expect(await revisions(release)).toHaveLength(7);
  });

  it("that an interrupted run has deregistered are deleted by the next", async () => {
    const release = await deliverable();
    await register(release, 15);
    const ref = keeping(release, 5);
    const stop = new Error("stopped");
    let steps = 0;
    const stopping = () => {
      if (++steps > 4) throw stop;
    };
    await expect(pruneRevisions(ref, nothing, stopping)).rejects.toBe(stop);
    expect(await revisions(release, "INACTIVE")).toEqual([2, 3, 4, 5]);
    expect(await pruneRevisions(ref, nothing, on)).toBe(10);
    expect(await revisions(release, "INACTIVE")).toEqual([]);
    expect(await revisions(release)).toEqual([1, ...span(12, 16)]);
  });
});

/** Where the service's tasks run. */
async function placeOf(release: Release): Promise<{ subnets: string[]; securityGroups: string[] }> {
  const { service } = await running(release);
  const { subnets = [], securityGroups = [] } = service?.networkConfiguration?.awsvpcConfiguration ?? {};
  return { subnets, securityGroups };
}
