import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage, type Said } from "../support/stage.ts";

describe("a stack that needs more calls than AWS's rate limit allows", () => {
  // Without NAT gateways it has five VPC endpoints; AWS makes four, and then one every 3.3 s.
  const stage = new Stage({ network: { nat: "none" } });
  let said: Said;
  beforeAll(async () => {
    said = await stage.say("reconcile");
  });
  afterAll(() => stage.remove());

  it("is created at AWS's rate, and says so", () => {
    expect(said.exit).toBe(0);
    expect(said.lines.filter((line) => line.includes("throttled for"))).toEqual([
      expect.stringMatching(/… ec2\.CreateVpcEndpoint throttled for 3\.3 s$/),
    ]);
    expect(said.lines.join("\n")).toMatch(/^Done in .+: 45 created; \d+ API calls, \d+ retried\.$/m);
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
