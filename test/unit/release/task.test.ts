import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { followTask, TimeIsUp, type TaskEvent } from "../../../src/release/task/follow.ts";
import { launchOf } from "../../../src/release/task/launch.ts";
import { runTask, stopTask } from "../../../src/release/task/run.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { SimulatedError } from "../../../src/simulator/errors.ts";
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { service } from "../../contract/ground.ts";
import { simulated } from "../../support/simulated.ts";

const RUN = { by: "me@host", token: "0123456789abcdef0123456789abcdef" };
const GOING_ON = new AbortController().signal;

/** A service that runs, as the release functions see it. */
async function ground(intercept?: SimulatorOptions["intercept"]) {
  const at = simulated(1, intercept);
  const { cluster, service: name } = await service(at);
  await at.aws.logs(new CreateLogGroupCommand({ logGroupName: "/ecs/test" }));
  await at.clock.sleep(300_000);
  const stack = resolveStack({ name: "demo", environment: "test", region: "ap-northeast-1", tags: { team: "blue" } });
  const own = { cluster, service: name, taskFamily: "ground", container: "app" };
  const names = { ...namesOf(stack, at.aws.account), ...own };
  const ref: ServiceRef = { aws: at.aws, clock: at.clock, names, stack };
  return { at, ref };
}

describe("a one-off task of a service", () => {
  it("is started once where the answer is lost, and bears who started it and whose it is", async () => {
    let lost = 0;
    const { at, ref } = await ground((moment, { operation }) => {
      if (operation === "RunTask" && moment === "after" && lost++ === 0)
        throw new SimulatedError("ServerException", "The answer is lost.", 500);
    });
    const started = await runTask(ref, await launchOf(ref), { ...RUN, command: ["npm", "run", "migrate"] });
    expect(started).toHaveProperty("task");
    expect(lost).toBe(2);
    await at.clock.sleep(10_000);
    const listed = await at.aws.ecs(new ListTasksCommand({ cluster: "ground", startedBy: "fairlead/me-host" }));
    expect(listed.taskArns).toEqual(["task" in started ? started.task : ""]);
    const tasks = Object.values(at.world.table<{ tags: object }>("ecs.tasks@ap-northeast-1"));
    expect(tasks.map(({ tags }) => tags)).toEqual([
      expect.objectContaining({ team: "blue", "fairlead:stack": "demo", "fairlead:id": "compute/task" }),
    ]);
  });

  it("runs what the service runs, and not what a release has only registered", async () => {
    const { at, ref } = await ground();
    const { taskDefinition: { containerDefinitions = [], ...rest } = {} } = await at.aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: "ground" }),
    );
    const { family, cpu, memory, networkMode, executionRoleArn, taskRoleArn } = rest;
    await at.aws.ecs(
      new RegisterTaskDefinitionCommand({
        family,
        cpu,
        memory,
        networkMode,
        executionRoleArn,
        taskRoleArn,
        containerDefinitions,
        requiresCompatibilities: ["FARGATE"],
      }),
    );
    expect(await launchOf(ref)).toMatchObject({ revision: "ground:1", container: "app", log: { group: "/ecs/test" } });
  });

  it("is refused in AWS's words where its revision was deregistered", async () => {
    const { at, ref } = await ground();
    await at.aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: "ground:1" }));
    await expect(launchOf(ref).then((launch) => runTask(ref, launch, RUN))).rejects.toThrow(
      "TaskDefinition is inactive",
    );
  });

  it("is followed through its states to the exit code, every line told once", async () => {
    const { at, ref } = await ground();
    const lines = ["one", "two", "three"];
    at.world.table("~ecs.commands")["x"] = { run: "job", exit: 7, seconds: 90, lines };
    const launch = await launchOf(ref);
    const started = await runTask(ref, launch, { ...RUN, command: ["job"], variables: { DAY: "1" } });
    const events: TaskEvent[] = [];
    const task = "task" in started ? started.task : "";
    const { container, log } = launch;
    const end = await followTask(ref, { task, container, log }, (event) => void events.push(event), GOING_ON);
    expect(end).toMatchObject({ exitCode: 7, task: { stopCode: "EssentialContainerExited" } });
    expect(events.flatMap((one) => (one.event === "log" ? [one.text] : []))).toEqual(lines);
    expect(events.flatMap((one) => (one.event === "status" ? [one.status] : []))).toEqual([
      "PROVISIONING",
      "PENDING",
      "RUNNING",
      "DEPROVISIONING",
    ]);
  });

  it("is given so much time, stopped, and known for an hour", async () => {
    const { at, ref } = await ground();
    const launch = await launchOf(ref);
    const started = await runTask(ref, launch, { ...RUN, command: ["sleep", "36000"] });
    const followed = { task: "task" in started ? started.task : "", container: launch.container, log: launch.log };
    const until = at.clock.now() + 120_000;
    await expect(followTask(ref, { ...followed, until }, () => {}, GOING_ON)).rejects.toThrow(TimeIsUp);
    await stopTask(ref, followed.task, "me");
    expect(await followTask(ref, followed, () => {}, GOING_ON)).toMatchObject({
      exitCode: 137,
      task: { stopCode: "UserInitiated" },
    });
    await at.clock.sleep(4_000_000);
    expect(await followTask(ref, followed, () => {}, GOING_ON)).toEqual({});
  });
});
