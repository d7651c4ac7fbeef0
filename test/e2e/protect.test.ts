import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRead } from "../../src/simulator/sim.ts";
import type { State } from "../../state/state.ts";
import { Stage } from "../support/stage.ts";

describe("a protected stack", () => {
  const stage = new Stage({ protect: true });
  const stateFile = () => join(stage.directory, ".fairlead", "fairlead-app-dev.json");
  const state = () => JSON.parse(readFileSync(stateFile(), "utf8")) as State;
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  it("is not torn down: exit code 2, and no call that changes anything", async () => {
    const before = [stage.things(), readFileSync(stateFile(), "utf8")];
    for (const more of [["--yes"], ["--json"]]) {
      const { exit, lines, answer } = await stage.type("teardown", ...more, "--log", "calls.jsonl");
      expect(exit).toBe(2);
      const message =
        "fairlead-app-dev is protected: no changes were made. To tear it down anyway, set protect to false in the config, then: npx fairlead teardown";
      expect(lines).toContain(`Error: ${message}`);
      expect(answer).toBe(more.includes("--json") ? `${JSON.stringify({ error: { message, exit: 2 } })}\n` : "");
      const calls = readFileSync(join(stage.directory, "calls.jsonl"), "utf8").trimEnd().split("\n");
      const operations = calls.map((line) => (JSON.parse(line) as { operation: string }).operation);
      expect(operations.filter((operation) => !isRead(operation))).toEqual([]);
    }
    expect([stage.things(), readFileSync(stateFile(), "utf8")]).toEqual(before);
  });

  it("accepts every edit that loses no data, even one that replaces the whole network", async () => {
    stage.edit({ protect: true, network: { cidr: "10.1.0.0/16" }, logs: { retentionDays: 90 } });
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary).toMatchObject({ updated: 3, failed: 0 });
    expect(json.summary["replaced"]).toBeGreaterThan(10);
  });

  it("does not lose a bucket that was removed from the config", async () => {
    const Bucket = "fairlead-app-dev-earlier-123456789012-ap-northeast-1";
    await stage.meddle((aws) =>
      aws.s3(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "ap-northeast-1" } })),
    );
    // As an earlier version made it.
    const now = state();
    const earlier = { ...now.resources["delivery/source-bucket"], id: Bucket, spec: { name: Bucket }, attrs: {} };
    const resources = { ...now.resources, "delivery/earlier-bucket": earlier };
    writeFileSync(stateFile(), JSON.stringify({ ...now, resources }));
    const before = stage.things();
    for (const verb of ["plan", "reconcile"]) {
      const { exit, lines } = await stage.type(verb);
      expect(exit).toBe(1);
      expect(lines).toContain(
        `! delivery/earlier-bucket: s3/bucket ${Bucket} would be deleted and its data lost, but the stack is protected. No changes were made. Revert the edit, or set protect to false.`,
      );
    }
    expect(stage.things()).toEqual(before);
    stage.edit({ network: { cidr: "10.1.0.0/16" }, logs: { retentionDays: 90 } });
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary).toMatchObject({ deleted: 1, unchanged: 42 });
    expect(stage.things()["s3.buckets"]).not.toContain(Bucket);
  });

  it("is torn down when the config no longer protects it", async () => {
    stage.edit({ protect: false });
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(existsSync(stateFile())).toBe(false);
  });
});
