import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeServicesCommand, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { beforeEach, describe, expect, it } from "vitest";
import { autopsy } from "../../../src/release/autopsy.ts";
import { at, definitionArn, ecs, failing, IMAGE, logs, mocks, refusal, stopped, type Says } from "./autopsy-world.ts";

/** ECR gives images only after a login, which is part of the command. */
const PULLED_RUN = `aws ecr get-login-password --region ap-northeast-1 | docker login --username AWS --password-stdin ${IMAGE.split("/")[0]} && docker run --rm -e PORT=5000 ${IMAGE}`;

beforeEach(() => {
  for (const mock of mocks) mock.reset();
});

/** A task whose container ended. */
const ended = (exitCode: number, reason?: string, task: Partial<Task> = {}) =>
  stopped({
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    startedAt: at(15),
    containers: [{ name: "app", exitCode, ...(reason === undefined ? {} : { reason }) }],
    ...task,
  });
const unhealthy = (reason: string) =>
  stopped({
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: reason,
    startedAt: at(15),
    containers: [{ name: "app", exitCode: 137 }],
  });

const RAISE =
  "Raise container.memory above 512 in stack.config.ts and run npx fairlead reconcile, or reduce the application's memory use.";
const FAILED = "task 01234567: Essential container in task exited; container app: exit code";
const GRACE =
  "If it just needs longer than 60 s to start, raise service.healthCheckGracePeriod. For a change of the application: npx fairlead deploy. For one of the config: npx fairlead reconcile";

describe("the autopsy of tasks that start and do not live, in AWS's own words", () => {
  it.each<[string, Says, string, string, string, string]>([
    [
      "that was killed for its memory",
      { tasks: [ended(137, "OutOfMemoryError: Container killed due to memory usage")] },
      "out-of-memory",
      "The container app ran out of memory: its task has 512 MiB.",
      RAISE,
      `${FAILED} 137, OutOfMemoryError: Container killed due to memory usage`,
    ],
    [
      "whose heap is full",
      {
        tasks: [ended(134)],
        log: ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
      },
      "out-of-memory",
      "The container app ran out of memory: its task has 512 MiB.",
      RAISE,
      "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    ],
    [
      "that raises an exception",
      {
        tasks: [ended(1)],
        log: [
          "Traceback (most recent call last):",
          '  File "/app/main.py", line 1, in <module>',
          "ModuleNotFoundError: No module named 'flask'",
          "Bye",
        ],
      },
      "container-exits",
      "The container app exits with code 1: ModuleNotFoundError: No module named 'flask'.",
      `Fix the error and deploy again. To reproduce it locally: ${PULLED_RUN}`,
      "ModuleNotFoundError: No module named 'flask'",
    ],
    [
      "that says nothing",
      { tasks: [ended(2)] },
      "container-exits",
      "The container app exits with code 2 and wrote nothing to its log.",
      `Fix the cause and deploy again. To reproduce it locally: ${PULLED_RUN}`,
      `${FAILED} 2`,
    ],
    [
      "that has done all it had to do",
      { tasks: [ended(0)], log: ["done, with 0 errors"] },
      "container-exits",
      "The container app exits with code 0: done, with 0 errors.",
      "A service must keep running: make the image's command stay in the foreground, then release it: npx fairlead deploy",
      "done, with 0 errors",
    ],
    [
      "that is made for another processor",
      { tasks: [ended(1)], log: ["exec /usr/local/bin/docker-entrypoint.sh: exec format error"] },
      "container-exits",
      "The image 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1a2b3c4 was built for another architecture than the tasks run on (exec format error).",
      "Build it for the service's architecture (docker build --platform linux/amd64 or linux/arm64), then deploy again. If the build project was changed outside Fairlead, run npx fairlead reconcile first.",
      "exec /usr/local/bin/docker-entrypoint.sh: exec format error",
    ],
    [
      "whose own check fails",
      { tasks: [unhealthy("Task failed container health checks")] },
      "container-unhealthy",
      "The health check of container app fails: curl -f -s http://localhost:5000/health.",
      "Check that the image contains curl and that the application responds soon after it starts, or change container.healthCheck in stack.config.ts. For a change of the application: npx fairlead deploy. For one of the config: npx fairlead reconcile",
      "task 01234567: Task failed container health checks; container app: exit code 137",
    ],
    [
      "that answers with another code",
      {
        targets: [
          { State: "healthy" },
          {
            State: "unhealthy",
            Reason: "Target.ResponseCodeMismatch",
            Description: "Health checks failed with these codes: [404]",
          },
        ],
      },
      "target-unhealthy",
      "The load balancer's health check (GET /health on port 5000) got 404 instead of 200.",
      `Make the application return 200 for /health, or set container.healthCheckPath or balancer.healthCheck.matcher to what it returns. ${GRACE}`,
      "target 10.0.10.7:5000 is unhealthy: Target.ResponseCodeMismatch: Health checks failed with these codes: [404]",
    ],
    [
      "that does not answer",
      { targets: [{ State: "unhealthy", Reason: "Target.Timeout", Description: "Request timed out" }] },
      "target-unhealthy",
      "The load balancer's health check (GET /health on port 5000) got no response within 5 s.",
      `Make the application return 200 for /health within 5 s, and listen on 0.0.0.0, not only on localhost. ${GRACE}`,
      "target 10.0.10.7:5000 is unhealthy: Target.Timeout: Request timed out",
    ],
    [
      "that refuses connections",
      { targets: [{ State: "unhealthy", Reason: "Target.FailedHealthChecks", Description: "Health checks failed" }] },
      "target-unhealthy",
      "The load balancer's health check (GET /health on port 5000) could not connect or got no valid response.",
      `Make the application listen on 0.0.0.0:5000 (the port in PORT) and return 200 for /health. ${GRACE}`,
      "target 10.0.10.7:5000 is unhealthy: Target.FailedHealthChecks: Health checks failed",
    ],
    [
      "of which only an event is left",
      {
        events: [
          "(service ground) (port 5000) is unhealthy in (target-group arn:tg) due to (reason Request timed out).",
        ],
      },
      "target-unhealthy",
      "The load balancer's health check (GET /health on port 5000) got no response within 5 s.",
      `Make the application return 200 for /health within 5 s, and listen on 0.0.0.0, not only on localhost. ${GRACE}`,
      "(service ground) (port 5000) is unhealthy in (target-group arn:tg) due to (reason Request timed out).",
    ],
  ])("knows a container %s", async (_what, says, cause, what, fix, first) => {
    const finding = await autopsy(failing(says), {});
    expect(finding).toMatchObject({ cause, what, fix });
    expect(finding.evidence[0]).toBe(first);
  });

  it("names the path, the codes, the memory and the times that the stack declares", async () => {
    const config = {
      container: { port: 8080, healthCheckPath: "/ready", memory: 1024 },
      balancer: { healthCheck: { matcher: "200-299" } },
      service: { healthCheckGracePeriod: 90 },
    };
    const event =
      "(service ground) (port 8080) is unhealthy in (target-group arn:tg) due to (reason Health checks failed with these codes: [500]).";
    const sick = await autopsy(failing({ events: [event] }, config), {});
    expect(sick.what).toBe("The load balancer's health check (GET /ready on port 8080) got 500 instead of 200-299.");
    expect(sick.fix).toContain("return 200-299 for /ready");
    expect(sick.fix).toContain("longer than 90 s");
    const full = await autopsy(failing({ tasks: [ended(137, "OutOfMemoryError: Container killed")] }, config), {});
    expect(full.what).toBe("The container app ran out of memory: its task has 1024 MiB.");
  });

  it("reads the last lines of the newest task that ended by itself, where its revision logs to", async () => {
    const older = ended(1, undefined, { taskArn: "arn:aws:ecs:r:1:task/ground/older", stoppedAt: at(18) });
    const pulled = stopped({
      stopCode: "TaskFailedToStart",
      stoppedReason: "CannotPullContainerError: x",
      stoppedAt: at(19),
    });
    await autopsy(failing({ tasks: [older, pulled, ended(1)] }), {});
    expect(logs.commandCalls(GetLogEventsCommand).map(({ args }) => args[0].input)).toEqual([
      { logGroupName: "/ecs/demo", logStreamName: "web/app/0123456789abcdef", limit: 20, startFromHead: false },
    ]);
  });

  it("uses the outcome of the newest task, not what kept an earlier one from starting", async () => {
    const pulled = stopped({
      taskArn: "arn:aws:ecs:r:1:task/ground/older",
      stopCode: "TaskFailedToStart",
      stoppedReason: "CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout",
      stoppedAt: at(18),
    });
    const now = await autopsy(failing({ tasks: [pulled, ended(3)] }), {});
    expect(now.cause).toBe("container-exits");
    const then = await autopsy(failing({ tasks: [{ ...pulled, stoppedAt: at(30) }, ended(3)] }), {});
    expect(then.cause).toBe("no-way-out");
  });

  it("leaves tasks out that were stopped on purpose, and those of other revisions", async () => {
    const tasks = [
      ended(137, undefined, { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" }),
      ended(143, undefined, { stoppedReason: "Scaling activity initiated by (deployment ecs-svc/2)" }),
      ended(1, undefined, { taskDefinitionArn: definitionArn(1) }),
    ];
    const finding = await autopsy(failing({ tasks }), {});
    expect(finding).toMatchObject({
      cause: "unknown",
      evidence: [expect.stringMatching(/^deployment ecs-svc\/2 of ground:2/)],
    });
  });

  it("counts what happened before the service last ran well as over, unless it has gone back to run well", async () => {
    const events = [
      "(service ground) has reached a steady state.",
      "(service ground) was unable to place a task. Reason: Capacity is unavailable at this time.",
    ];
    const says = (revision: number) => ({ events, service: { taskDefinition: definitionArn(revision) } });
    expect((await autopsy(failing(says(2)), {})).cause).toBe("unknown");
    expect((await autopsy(failing(says(1)), {})).cause).toBe("no-capacity");
  });
});

describe("the autopsy of what nothing explains", () => {
  it("says what AWS says, where to look, and which reads were denied", async () => {
    const ref = failing({ events: ["(service ground) is unable to consistently start tasks successfully."] });
    ecs.on(ListTasksCommand).rejects(refusal("AccessDeniedException", "not authorized to perform: ecs:ListTasks"));
    expect(await autopsy(ref, {})).toEqual({
      cause: "unknown",
      what: "No known cause matches. AWS reports: (service ground) is unable to consistently start tasks successfully.",
      fix: "Check the events of service ground in cluster ground, log group /ecs/demo-dev, and pipeline release.",
      evidence: [
        "(service ground) is unable to consistently start tasks successfully.",
        "Cannot read the stopped tasks: AccessDeniedException: not authorized to perform: ecs:ListTasks",
        "deployment ecs-svc/2 of ground:2 (1 tasks failed): IN_PROGRESS: ECS deployment ecs-svc/2 in progress.",
      ],
    });
  });

  it("says that there is no service, and what makes one", async () => {
    const ref = failing({});
    ecs.on(DescribeServicesCommand).rejects(refusal("ClusterNotFoundException", "Cluster not found."));
    ecs.on(ListTasksCommand).rejects(refusal("ClusterNotFoundException", "Cluster not found."));
    expect(await autopsy(ref, {})).toEqual({
      cause: "unknown",
      what: "Service ground does not exist in cluster ground.",
      fix: "Run npx fairlead reconcile to create it.",
      evidence: [],
    });
  });

  it("passes on what AWS never answered", async () => {
    const ref = failing({});
    ecs.on(DescribeServicesCommand).rejects(Object.assign(new Error("interrupted"), { name: "Interrupted" }));
    await expect(autopsy(ref, {})).rejects.toThrow("interrupted");
  });

  it("gives at most 25 lines of evidence, each of them once, one line and not too long", async () => {
    const log = "abcdefghijklmnopqrst".split("").map((letter) => `\u001B[31merror:\u001B[0m\n  ${letter.repeat(600)}`);
    const events = "abcdefghijkl".split("").map((letter) => `(service ground) has started 1 tasks: (task ${letter}).`);
    const { evidence } = await autopsy(failing({ tasks: [ended(1)], log, events: [...events, ...events] }), {});
    expect(evidence).toHaveLength(25);
    expect(new Set(evidence).size).toBe(25);
    expect(evidence[0]).toBe(`error: ${"t".repeat(492)}…`);
  });
});
