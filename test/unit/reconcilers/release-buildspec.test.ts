import { describe, expect, it } from "vitest";
import { releaseBuildspec, variablesOf } from "../../../reconcilers/components/release-buildspec.ts";
import { SourceFiles } from "../../../src/simulator/codebuild/source-files.ts";
import { parseBuildspec } from "../../../src/simulator/codebuild/buildspec.ts";
import { run, takeExit } from "../../../src/simulator/codebuild/shell.ts";
import type { Machine, Ran } from "../../../src/simulator/codebuild/machine.ts";

const FAMILY = "shop-prod-before_release";
const definition = (image: string) => ({
  taskDefinition: {
    taskDefinitionArn: `arn:task-definition/${FAMILY}:6`,
    family: FAMILY,
    revision: 6,
    status: "ACTIVE",
    requiresAttributes: [{ name: "x" }],
    cpu: "256",
    containerDefinitions: [
      { name: "shop", image, command: ["migrate"] },
      { name: "proxy", image: "proxy:1" },
    ],
  },
  tags: [{ key: "fairlead:stack", value: "shop" }],
});

/** Runs the buildspec in the simulated shell; `answers`: what AWS's command line prints, by its command. */
function ran(answers: Readonly<Record<string, string | (() => string)>>, variables: Record<string, string> = {}) {
  const calls: (readonly string[])[] = [];
  let slept = 0;
  const machine: Machine = {
    variables: { SERVICE: "web", FAMILY, CONTAINER: "shop", FILE: "imagedefinitions.json", CLUSTER: "c", ...variables },
    files: SourceFiles.of({ "imagedefinitions.json": `[{"name":"shop","imageUri":"shop@sha256:2"}]\n` }),
    docker: (): Ran => ({ code: 127, output: "" }),
    aws(words) {
      calls.push(words);
      const answer = answers[`${words[0]} ${words[1]}`] ?? "";
      return { code: 0, output: typeof answer === "string" ? answer : answer() };
    },
    sleep(seconds) {
      slept += seconds;
      return false;
    },
  };
  let [code, output] = [0, ""];
  for (const command of parseBuildspec(releaseBuildspec()).commands.build) {
    const one = run(machine, command);
    output += one.output + (one.errors ?? "");
    code = one.code;
    if (takeExit(machine) || code !== 0) break;
  }
  return { code, output, slept, files: machine.files, called: calls.map(([, name]) => name), calls };
}

const describeOld = { "ecs describe-task-definition": JSON.stringify(definition("shop@sha256:1")) };
const registered = { "ecs register-task-definition": `arn:task-definition/${FAMILY}:7\n` };
const run7 = { "ecs run-task": `{"tasks":[{"taskArn":"arn:task/c/77"}],"failures":[]}` };
const stopped = (container: object) =>
  JSON.stringify({ tasks: [{ lastStatus: "STOPPED", stoppedReason: "it stopped", containers: [container] }] });
const before = { RUN_LIKE: "shop-service", LOG_GROUP: "/ecs/shop", EXECUTION: "e-1" };

/** Answers of describe-tasks: statuses first, then the whole task. */
function told(statuses: readonly string[], task: string) {
  const rest = [...statuses];
  return () => `${rest.shift() ?? task}\n`;
}

describe("the buildspec of what a release does around its deployment", () => {
  it("registers the newest revision again with the released image and its tags", () => {
    const { code, files, called } = ran({ ...describeOld, ...registered });
    expect(code).toBe(0);
    expect(called).toEqual(["describe-task-definition", "register-task-definition"]);
    expect(JSON.parse(files.get("next.json") ?? "")).toEqual({
      family: FAMILY,
      cpu: "256",
      containerDefinitions: [
        { name: "shop", image: "shop@sha256:2", command: ["migrate"] },
        { name: "proxy", image: "proxy:1" },
      ],
      tags: [{ key: "fairlead:stack", value: "shop" }],
    });
  });

  it("registers nothing where the newest revision has the image", () => {
    const same = { "ecs describe-task-definition": JSON.stringify(definition("shop@sha256:2")) };
    const { code, called, output } = ran(same);
    expect(code).toBe(0);
    expect(called).toEqual(["describe-task-definition"]);
    expect(output).toContain(`web: arn:task-definition/${FAMILY}:6 has the image shop@sha256:2.`);
  });

  it("fails where the build tells no image of the container", () => {
    const { code, output, called } = ran(describeOld, { CONTAINER: "other" });
    expect([code, called]).toEqual([1, []]);
    expect(output).toContain("imagedefinitions.json has no image for the container other.");
  });

  it("runs the command once for a release and a service, and waits for longer than ten minutes", () => {
    const statuses = [...Array.from({ length: 200 }, () => "RUNNING"), "STOPPED"];
    const task = stopped({ name: "shop", exitCode: 0 });
    const tasks = { "ecs describe-tasks": told(["None", ...statuses], task) };
    const lines = { "logs get-log-events": `{"events":[{"message":"1 migration"},{"message":"done"}]}` };
    const { code, output, slept, calls } = ran({ ...describeOld, ...registered, ...run7, ...tasks, ...lines }, before);
    expect(code).toBe(0);
    expect(slept).toBeGreaterThan(1000);
    expect(output).toContain("1 migration\ndone\nweb: the command before the release ended with exit code 0.");
    const [started = []] = calls.filter(([, name]) => name === "run-task");
    expect(started).toEqual(expect.arrayContaining(["--client-token", "e-1-web", "--started-by", "e-1"]));
    expect(calls.find(([, name]) => name === "get-log-events")).toContain("before/shop/77");
  });

  it("fails with the command's exit code", () => {
    const tasks = { "ecs describe-tasks": told(["STOPPED"], stopped({ name: "shop", exitCode: 3 })) };
    const { code, output } = ran({ ...describeOld, ...registered, ...run7, ...tasks }, before);
    expect(code).toBe(3);
    expect(output).toContain("web: the command before the release ended with exit code 3.");
  });

  it("fails where the task never started, and says why", () => {
    const tasks = { "ecs describe-tasks": told(["STOPPED"], stopped({ name: "shop" })) };
    const { code, output } = ran({ ...describeOld, ...registered, ...run7, ...tasks }, before);
    expect(code).toBe(1);
    expect(output).toContain("web: the command before the release did not start: it stopped");
  });

  it("fails where ECS starts no task, or tells of it no more", () => {
    const none = { "ecs run-task": `{"tasks":[],"failures":[{"reason":"Capacity is unavailable at this time."}]}` };
    const unstarted = ran({ ...describeOld, ...registered, ...none }, before);
    expect(unstarted.code).toBe(1);
    expect(unstarted.output).toContain("Capacity is unavailable at this time.");
    const gone = ran({ ...describeOld, ...registered, ...run7, "ecs describe-tasks": "None\n" }, before);
    expect(gone.code).toBe(1);
    expect(gone.output).toContain("ECS no longer reports task 77.");
  });

  it("is told what to do in fewer characters than CodePipeline takes, with the longest of names", () => {
    const long = "a".repeat(55);
    const text = variablesOf({
      service: "s".repeat(20),
      family: `${long}-before_release`,
      container: "s".repeat(20),
      imageDefinitions: `imagedefinitions-${"s".repeat(20)}.json`,
      run: { ecsService: `${long}-service`, logGroup: `/ecs/${long}` },
    });
    expect(text.length).toBeLessThan(1000);
  });
});
