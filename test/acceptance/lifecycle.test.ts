import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LIVES } from "./lives.ts";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING, WHOLE } from "./whole.ts";
import { mutating } from "./world.ts";

describe("a stack on an AWS that answers at once", () => {
  const at = stackOnMoto(({ stack: folder }) => LIVES["lifecycle.test.ts"].write(folder));
  const { stack, run } = at;

  it("is planned, and changed only after a yes", async () => {
    const plan = await run("plan", "--out", "release.plan");
    expect(plan.json.summary).toMatchObject({ created: 42, unchanged: 0 });
    const unasked = await run("reconcile");
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain("account 123456789012, region ap-northeast-1");
    expect(unasked.stderr).toContain("42 to create");
    expect(unasked.stderr).toContain("run again with --yes");
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("is created completely with one command, which asks nothing if it is given the plan", async () => {
    const { code, json, stderr } = await run("reconcile", "release.plan");
    expect([code, stderr]).toEqual([0, expect.stringContaining("account 123456789012, region ap-northeast-1")]);
    expect(json.summary).toMatchObject({ created: 42, failed: 0 });
    expect(await at.moto.count()).toEqual(WHOLE);
  });

  it("needs nothing the second time, and no call changes anything", async () => {
    await at.moto.forget();
    const { code, json } = await run("reconcile", "--yes");
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ created: 0, updated: 0, unchanged: 42 });
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("is found again when the state file is lost, and nothing is made", async () => {
    rmSync(join(stack.directory, ".fairlead", "fairlead-app-dev.json"));
    await at.moto.forget();
    const { code, json } = await run("reconcile", "--yes");
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ adopted: 42, created: 0, updated: 0 });
    expect(mutating(await at.moto.calls())).toEqual([]);
    expect(await at.moto.count()).toEqual(WHOLE);
  });

  it("takes an edit of the file, in place and by replacement, and needs nothing after it", async () => {
    stack.edit({ container: { port: 8080, memory: 1024 }, logs: { retentionDays: 90 }, network: { nat: "single" } });
    const edited = await run("reconcile", "--yes");
    expect(edited.code).toBe(0);
    expect(edited.json.summary).toMatchObject({ failed: 0 });
    expect((await run("plan", "--check")).code).toBe(0);
    // The earlier revision stays: a rollback needs it.
    expect(await at.moto.count()).toMatchObject({ targetGroups: 1, natGateways: 1, addresses: 1, taskDefinitions: 2 });
  });

  it("goes without a trace, and shows where and what even with --quiet", async () => {
    const { code, json, stderr } = await run("teardown", "--yes", "--quiet");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^fairlead-app dev on AWS .*account 123456789012, region ap-northeast-1:$/m);
    expect(stderr).toContain("  ec2/vpc\n");
    expect(stderr).not.toContain("Critical path");
    expect(json.summary).toMatchObject({ failed: 0 });
    expect(await at.moto.count()).toEqual(NOTHING);
  });
});

describe("a stack on an AWS that takes its time", () => {
  const { run } = stackOnMoto(undefined, { ready: "alb=15,nat=10,cloudfront=19,service=6" });

  it("is waited for along one chain, which the report shows", async () => {
    const { code, stdout, stderr } = await run("reconcile", "--yes");
    expect(code).toBe(0);
    expect(stderr).toContain("Critical path");
    const { chain, actions } = JSON.parse(stdout) as {
      chain: { id: string; from: number; to: number; waitedFor: string }[];
      actions: { id: string; ms: number }[];
    };
    expect(chain.at(-1)).toMatchObject({ waitedFor: "ready" });
    // One link begins where the one before it ended, and nothing outside took longer than the whole of it.
    expect(chain.slice(1).map(({ from }) => from)).toEqual(chain.slice(0, -1).map(({ to }) => to));
    const whole = (chain.at(-1)?.to ?? 0) - (chain[0]?.from ?? 0);
    expect(whole).toBeGreaterThanOrEqual(Math.max(...actions.map(({ ms }) => ms)));
  });
});
