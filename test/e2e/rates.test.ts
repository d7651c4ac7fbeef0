import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage, type Said } from "../support/stage.ts";

describe("a stack that needs more calls than AWS's rate limit allows", () => {
  // Without NAT gateways it has five VPC endpoints, and two more; AWS makes four, and then one every 3.3 s.
  const stage = new Stage({ network: { nat: "none", endpoints: ["sqs", "dynamodb"] } });
  let said: Said;
  beforeAll(async () => {
    said = await stage.say("reconcile");
  });
  afterAll(() => stage.remove());

  it("is created at AWS's rate, and says so", () => {
    expect(said.exit).toBe(0);
    // For how long hangs on when EC2 shows the groups of the endpoints.
    const throttled = said.lines.filter((line) => line.includes("throttled for"));
    expect(throttled).not.toEqual([]);
    for (const line of throttled) expect(line).toMatch(/… ec2\.CreateVpcEndpoint throttled for \d/);
    expect(said.lines.join("\n")).toMatch(/^Done in .+: 47 created; \d+ API calls, \d+ retried\.$/m);
  });

  it("reports how many calls were sent, and how many were retries", async () => {
    const { json } = await stage.run("teardown", { log: "calls.jsonl" });
    const attempts = readFileSync(join(stage.directory, "calls.jsonl"), "utf8").trim().split("\n");
    expect(json.calls).toBe(attempts.length);
    expect(json.retries).toBeGreaterThan(0);
    // What is repeated had failed; what had failed for good, such as a look at what is gone, is not.
    const failed = attempts.filter((line) => (JSON.parse(line) as { error?: string }).error !== undefined);
    expect(json.retries).toBeLessThanOrEqual(failed.length);
    const { json: plan } = await stage.run("plan");
    expect(plan.retries).toBe(0);
  });
});

describe("a teardown after many releases", () => {
  it("deregisters their revisions at ECS's rate while CloudFront takes its time, and says how far it is", async () => {
    const stage = new Stage();
    expect((await stage.say("reconcile")).exit).toBe(0);
    await stage.meddle(async (aws) => {
      const taskDefinition = "fairlead-app-dev";
      const { taskDefinition: latest } = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition }));
      const { containerDefinitions, cpu, memory, executionRoleArn, taskRoleArn } = latest ?? {};
      const like = {
        family: taskDefinition,
        networkMode: "awsvpc" as const,
        requiresCompatibilities: ["FARGATE" as const],
      };
      const revision = { ...like, containerDefinitions, cpu, memory, executionRoleArn, taskRoleArn };
      for (let release = 0; release < 29; release++) await aws.ecs(new RegisterTaskDefinitionCommand(revision));
    });
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    const at = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(lines[at("compute/task-definition to be gone")]).toMatch(
      /waiting for compute\/task-definition to be gone: revision \d+ of 30, .+ \(usually 10\.0 s\)$/,
    );
    // What revisions name is deleted without them, and CloudFront is what the end waits for.
    expect(at("✓ security/task-role deleted")).toBeLessThan(at("✓ compute/task-definition deleted"));
    expect(at("✓ compute/task-definition deleted")).toBeLessThan(at("✓ edge/distribution deleted"));
    expect(stage.things()).toEqual({});
    stage.remove();
  });
});
