import { CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Task,
} from "@aws-sdk/client-ecs";
import { beforeEach, describe, expect, it } from "vitest";
import { badScript, contentsOf } from "../../../src/simulator/ecr/dockerfile.ts";
import { service } from "../../contract/ground.ts";
import { simulated, type Simulated } from "../../support/simulated.ts";

const cluster = "ground";

describe("RunTask in the simulated ECS", () => {
  let at: Simulated;
  let run: RunTaskCommandInput;

  beforeEach(async () => {
    at = simulated();
    await service(at);
    await at.aws.logs(new CreateLogGroupCommand({ logGroupName: "/ecs/test" }));
    await at.clock.sleep(120_000);
    const { services: [live] = [] } = await at.aws.ecs(new DescribeServicesCommand({ cluster, services: ["ground"] }));
    const { networkConfiguration } = live ?? {};
    run = { cluster, taskDefinition: "ground", launchType: "FARGATE", networkConfiguration };
  });

  const start = async (input: Partial<RunTaskCommandInput> = {}) =>
    (await at.aws.ecs(new RunTaskCommand({ ...run, ...input }))).tasks?.[0] ?? {};
  const running = (...command: string[]) => start({ overrides: { containerOverrides: [{ name: "app", command }] } });
  const refusal = (input: Partial<RunTaskCommandInput>): Promise<unknown> =>
    at.aws.ecs(new RunTaskCommand({ ...run, ...input })).catch((error: unknown) => error);
  const refused = async (input: Partial<RunTaskCommandInput>, words: string) =>
    expect(String(await refusal(input))).toContain(words);
  const look = async ({ taskArn = "" }: Task) =>
    (await at.aws.ecs(new DescribeTasksCommand({ cluster, tasks: [taskArn], include: ["TAGS"] }))).tasks?.[0];
  const after = async (seconds: number, task: Task) => {
    await at.clock.sleep(seconds * 1_000);
    return look(task);
  };
  const register = async (changes: Partial<RegisterTaskDefinitionCommandInput>) => {
    const { taskDefinition: { family, cpu, memory, networkMode, ...rest } = {} } = await at.aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: "ground" }),
    );
    const { executionRoleArn, taskRoleArn, containerDefinitions } = rest;
    return at.aws.ecs(
      new RegisterTaskDefinitionCommand({
        family,
        cpu,
        memory,
        networkMode,
        executionRoleArn,
        taskRoleArn,
        containerDefinitions,
        requiresCompatibilities: ["FARGATE"],
        ...changes,
      }),
    );
  };
  const script = (command: string, exit: number, lines: string[], seconds = 20) => {
    at.world.table("~ecs.commands")[command] = { run: command, exit, lines, seconds };
  };
  const logOf = async ({ taskArn = "" }: Task) => {
    const { events = [] } = await at.aws.logs(
      new FilterLogEventsCommand({
        logGroupName: "/ecs/test",
        logStreamNames: [`app/app/${taskArn.split("/").at(-1)}`],
      }),
    );
    return events.map(({ message }) => message);
  };

  it("takes a command from its placement to its exit code, with what it prints in the log of its container", async () => {
    script("npm run migrate", 3, ["Migrating.", "Error: no such table"]);
    const task = await running("npm", "run", "migrate");
    expect(task).toMatchObject({ lastStatus: "PROVISIONING", desiredStatus: "RUNNING", group: "family:ground" });
    expect(await after(10, task)).toMatchObject({ lastStatus: "PENDING", containers: [{ name: "app" }] });
    expect(await after(20, task)).toMatchObject({ lastStatus: "RUNNING", launchType: "FARGATE" });
    expect(await after(20, task)).toMatchObject({
      lastStatus: "DEPROVISIONING",
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "app", exitCode: 3, lastStatus: "STOPPED" }],
    });
    expect(await after(20, task)).toMatchObject({ lastStatus: "STOPPED", containers: [{ exitCode: 3 }] });
    expect(await logOf(task)).toEqual(["Migrating.", "Error: no such table"]);
    expect(await after(3_400, task)).toMatchObject({ lastStatus: "STOPPED" });
    expect(await after(300, task)).toBeUndefined();
  });

  it("ends a command that nobody scripted with 0", async () => {
    const task = await running("npm", "run", "seed");
    expect(await after(60, task)).toMatchObject({ lastStatus: "STOPPED", containers: [{ exitCode: 0 }] });
    expect(await logOf(task)).toEqual(["$ npm run seed"]);
  });

  it("does not tell of a task at once", async () => {
    const tasks = await Promise.all(Array.from({ length: 5 }, () => start()));
    const found = await Promise.all(tasks.map(look));
    expect(found.some((task) => task === undefined)).toBe(true);
    await at.clock.sleep(3_000);
    expect((await Promise.all(tasks.map(look))).every((task) => task !== undefined)).toBe(true);
  });

  it("answers a repeat of a request with its task, and refuses another request with the same token", async () => {
    const once = { clientToken: "one", startedBy: "me" };
    const task = await start(once);
    expect((await start(once)).taskArn).toBe(task.taskArn);
    expect(await refusal({ ...once, startedBy: "you" })).toMatchObject({ name: "ConflictException" });
    await at.aws.ecs(new StopTaskCommand({ cluster, task: task.taskArn }));
    // The task's life and an hour more.
    await at.clock.sleep(3_000_000);
    expect((await start(once)).taskArn).toBe(task.taskArn);
    await at.clock.sleep(1_000_000);
    expect((await start(once)).taskArn).not.toBe(task.taskArn);
  });

  it("holds a network interface until a stopped task has stopped, and then its revision no longer", async () => {
    const subnets = run.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
    const filter = new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: subnets }] });
    const interfaces = async () => (await at.aws.ec2(filter)).NetworkInterfaces ?? [];
    const before = (await interfaces()).length;
    const task = await start({ tags: [{ key: "a", value: "b" }] });
    expect(await after(60, task)).toMatchObject({ lastStatus: "RUNNING", tags: [{ key: "a", value: "b" }] });
    expect(await interfaces()).toHaveLength(before + 1);
    await at.aws.ecs(new StopTaskCommand({ cluster, task: task.taskArn, reason: "done" }));
    expect(await look(task)).toMatchObject({ lastStatus: "STOPPING", desiredStatus: "STOPPED", tags: [] });
    expect(await after(31, task)).toMatchObject({ lastStatus: "DEPROVISIONING", containers: [{ exitCode: 137 }] });
    expect(await interfaces()).toHaveLength(before + 1);
    expect(await after(30, task)).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "UserInitiated",
      stoppedReason: "done",
    });
    expect(await interfaces()).toHaveLength(before);
    expect((await at.aws.ecs(new ListTasksCommand({ cluster }))).taskArns).not.toContain(task.taskArn);
    const stopped = await at.aws.ecs(new ListTasksCommand({ cluster, desiredStatus: "STOPPED" }));
    expect(stopped.taskArns).toContain(task.taskArn);
  });

  it("keeps a revision that is deleted for as long as a task of it runs", async () => {
    const { taskDefinition: { taskDefinitionArn = "" } = {} } = await register({ family: "once" });
    await start({ taskDefinition: "once" });
    await at.aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }));
    await at.aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinitionArn] }));
    await at.clock.sleep(600_000);
    const described = new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArn });
    expect((await at.aws.ecs(described)).taskDefinition?.status).toBe("DELETE_IN_PROGRESS");
  });

  it("gives a stopped task its exit code by what reaches its process", async () => {
    const { taskDefinition: { containerDefinitions = [] } = {} } = await at.aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: "ground" }),
    );
    await register({
      containerDefinitions: containerDefinitions.map((container) => ({
        ...container,
        linuxParameters: { initProcessEnabled: true },
      })),
    });
    const task = await running("sleep", "3600");
    await at.clock.sleep(60_000);
    await at.aws.ecs(new StopTaskCommand({ cluster, task: task.taskArn }));
    expect(await after(2, task)).toMatchObject({ containers: [{ exitCode: 143 }] });
  });

  it("tells why a task never started, and gives it no exit code", async () => {
    const missing = `${at.aws.account}.dkr.ecr.${at.aws.region}.amazonaws.com/none:1`;
    const { taskDefinition: { containerDefinitions = [] } = {} } = await at.aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: "ground" }),
    );
    await register({
      family: "none",
      containerDefinitions: containerDefinitions.map((container) => ({ ...container, image: missing })),
    });
    const task = await start({ taskDefinition: "none" });
    const stopped = await after(60, task);
    expect(stopped).toMatchObject({ lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
    expect(stopped?.stoppedReason).toContain("CannotPullContainerError");
    expect(stopped?.containers?.[0]?.exitCode).toBeUndefined();
    expect(stopped?.startedAt).toBeUndefined();
  });

  it("stops a task that has not started without an exit code", async () => {
    const task = await start();
    await at.clock.sleep(5_000);
    await at.aws.ecs(new StopTaskCommand({ cluster, task: task.taskArn }));
    const stopped = await after(20, task);
    expect(stopped).toMatchObject({ lastStatus: "STOPPED", stoppedReason: "Task stopped by user" });
    expect(stopped?.containers?.[0]?.exitCode).toBeUndefined();
  });

  it("runs on the cluster's default strategy, and on machines where there is none", async () => {
    const none = { cluster, capacityProviders: [], defaultCapacityProviderStrategy: [] };
    await at.aws.ecs(new PutClusterCapacityProvidersCommand(none));
    await refused({ launchType: undefined }, "No Container Instances were found in your cluster.");
    const strategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    await refused({ launchType: undefined, capacityProviderStrategy: strategy }, "was not found");
    await refused({ capacityProviderStrategy: strategy }, "Specifying both");
    await at.aws.ecs(
      new PutClusterCapacityProvidersCommand({
        cluster,
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: strategy,
      }),
    );
    expect(await start({ launchType: undefined })).toMatchObject({ capacityProviderName: "FARGATE_SPOT" });
  });

  it("answers a lack of capacity as a failure with a status of 200", async () => {
    const reason = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
    at.world.table("~ecs.placement")["next"] = { reason, times: 1 };
    expect(await at.aws.ecs(new RunTaskCommand(run))).toMatchObject({ tasks: [], failures: [{ reason }] });
    expect((await start()).taskArn).toBeDefined();
  });

  it("runs the newest active revision of a family, and refuses one that is not there or not active", async () => {
    const { taskDefinition: { taskDefinitionArn } = {} } = await register({});
    expect((await start()).taskDefinitionArn).toBe(taskDefinitionArn);
    await at.aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }));
    expect((await start()).taskDefinitionArn).toMatch(/ground:1$/);
    await refused({ taskDefinition: taskDefinitionArn }, "TaskDefinition is inactive");
    await refused({ taskDefinition: "nowhere" }, "TaskDefinition not found.");
    await refused({ taskDefinition: "ground:9" }, "TaskDefinition not found.");
  });

  it.each<[string, Partial<RunTaskCommandInput>, string]>([
    ["a cluster that is not there", { cluster: "nowhere" }, "Cluster not found."],
    ["more than ten tasks", { count: 11 }, "between 1 and 10"],
    ["no network", { networkConfiguration: undefined }, "Network Configuration must be provided"],
    ["no subnets", { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } }, "subnets can not be empty"],
    ["a startedBy with a space", { startedBy: "a b" }, "startedBy"],
    ["a token with a space", { clientToken: "a b" }, "33-126"],
    ["tags of a service", { propagateTags: "SERVICE" }, "propagateTags"],
    ["a platform version that is not there", { platformVersion: "9.9.9" }, "platform version"],
    [
      "an override of a container that is not there",
      { overrides: { containerOverrides: [{ name: "db", command: ["true"] }] } },
      "Override for container named db is not a container in the TaskDefinition.",
    ],
    ["an override without a name", { overrides: { containerOverrides: [{ command: ["true"] }] } }, "must not be blank"],
    [
      "overrides that are too long",
      { overrides: { containerOverrides: [{ name: "app", command: ["x".repeat(8_200)] }] } },
      "at most 8192",
    ],
    ["a size that Fargate does not sell", { overrides: { cpu: "256", memory: "8192" } }, "No Fargate configuration"],
    [
      "a container that is larger than its task",
      { overrides: { containerOverrides: [{ name: "app", memory: 4_096 }] } },
      "exceeds",
    ],
    ["a tag of AWS's own", { tags: [{ key: "aws:x", value: "" }] }, "System tags"],
  ])("refuses %s", async (_what, input, words) => {
    await refused(input, words);
  });

  it("lists by startedBy alone, in pages", async () => {
    await Promise.all([start({ startedBy: "me" }), start({ startedBy: "me" }), start({ startedBy: "you" })]);
    await at.clock.sleep(5_000);
    const list = (input: object) => at.aws.ecs(new ListTasksCommand({ cluster, ...input }));
    const { taskArns, nextToken } = await list({ startedBy: "me", maxResults: 1 });
    expect(taskArns).toHaveLength(1);
    expect((await list({ startedBy: "me", maxResults: 1, nextToken })).taskArns).toHaveLength(1);
    await expect(list({ startedBy: "me", family: "ground" })).rejects.toThrow("another filter");
    await expect(at.aws.ecs(new DescribeTasksCommand({ cluster, tasks: [] }))).rejects.toThrow("cannot be empty");
  });
});

describe("commands in simulated images", () => {
  const lines = [
    "FROM gcr.io/distroless/nodejs22",
    '# simulate: command {"run": "node migrate.js", "exit": 3, "lines": ["no"]}',
  ];

  it("are scripted by the Dockerfile", () => {
    expect(contentsOf(lines.join("\n")).commands).toEqual([
      { run: "node migrate.js", exit: 3, seconds: 5, lines: ["no"] },
    ]);
  });

  it("are refused where the line cannot be read", () => {
    expect(badScript(lines.join("\n"))).toBeUndefined();
    expect(badScript("FROM scratch\n# simulate: command npm run migrate")).toBe("npm run migrate");
    expect(badScript('FROM scratch\n# simulate: command {"run": "x"}')).toBe('{"run": "x"}');
  });
});
