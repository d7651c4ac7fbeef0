import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { NOBODY } from "../support/states.ts";

/** The command line in a process of its own, as a user runs it. */
describe("the CLI on the local target", () => {
  const stack = project();
  const run = (...args: string[]) => command(stack.directory, args);
  const file = (...path: string[]) => join(stack.directory, ".fairlead", ...path);
  const tables = () => {
    const { tables: of } = JSON.parse(readFileSync(file("local", "world.json"), "utf8")) as { tables: object };
    return JSON.stringify(of);
  };
  let first: Awaited<ReturnType<typeof run>>;

  beforeAll(async () => {
    first = await run("reconcile", "--json");
  });
  afterAll(() => stack.remove());

  it("creates the whole topology with one command", () => {
    expect(first.stderr).toContain("Done in");
    expect(first.code).toBe(0);
    const report = JSON.parse(first.stdout) as Answer;
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        "stack",
        "env",
        "target",
        "account",
        "region",
        "summary",
        "actions",
        "outputs",
        "calls",
        "retries",
        "seconds",
      ]),
    );
    expect(report).toMatchObject({ stack: "fairlead-app", env: "dev", target: "local", region: "ap-northeast-1" });
    expect(report.summary).toEqual({
      created: 42,
      updated: 0,
      replaced: 0,
      adopted: 0,
      deleted: 0,
      unchanged: 0,
      failed: 0,
    });
    expect(report.actions).toHaveLength(42);
    expect(report.actions[0]).toEqual({
      id: "network/vpc",
      type: "ec2/vpc",
      action: "create",
      outcome: "done",
      ms: expect.any(Number),
      from: expect.any(Number),
    });
    expect(report.outputs["application_url"]).toMatch(/^https:\/\/d[0-9a-f]+\.cloudfront\.net$/);
  });

  it("shows the critical path", () => {
    const { chain, seconds } = JSON.parse(first.stdout) as {
      chain: { id: string; from: number; to: number; waitedFor: string }[];
      seconds: number;
    };
    // Which of the two takes longer is a matter of some seconds of the simulator's delays.
    expect(["edge/distribution", "compute/service"]).toContain(chain.at(-1)?.id);
    expect(chain.at(-1)?.waitedFor).toBe("ready");
    expect(chain.map(({ id }) => id)).toContain("network/vpc");
    const [start, end] = [chain[0]?.from ?? 0, chain.at(-1)?.to ?? 0];
    expect((end - start) / 1000).toBeGreaterThan(seconds * 0.9);
  });

  it("finds no changes the second time, and changes nothing", async () => {
    const { code, stdout } = await run("reconcile", "--json", "--log", "calls.jsonl");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Answer;
    expect(report.summary).toMatchObject({ created: 0, updated: 0, unchanged: 42 });
    const calls = readFileSync(join(stack.directory, "calls.jsonl"), "utf8").trimEnd().split("\n");
    expect(calls).toHaveLength(report.calls);
    const operations = calls.map((line) => (JSON.parse(line) as { operation: string }).operation);
    expect(operations.filter((operation) => !/^(Describe|Get|List|BatchGet|Head)/.test(operation))).toEqual([]);
  });

  it("plans no changes then, and --check exits with 0", async () => {
    expect(await run("plan", "--check")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No changes. 42 resources match the config."),
    });
    stack.edit({ logs: { retentionDays: 90 } });
    const { code, stdout } = await run("plan", "--check");
    expect(code).toBe(3);
    expect(stdout).toContain("retentionDays: 30 -> 90");
    expect(stdout).toContain("1 to update; 41 unchanged");
    stack.edit({});
  });

  it("prints outputs, all or a bare one", async () => {
    const { stdout } = await run("outputs", "--json");
    const all = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(all)).toEqual([
      "vpc_id",
      "public_subnet_ids",
      "private_subnet_ids",
      "alb_dns_name",
      "alb_zone_id",
      "ecs_cluster_name",
      "ecr_repository_url",
      "ecs_service_name",
      "cloudfront_domain_name",
      "cloudfront_distribution_id",
      "application_url",
      "s3_source_bucket_name",
      "codepipeline_name",
    ]);
    expect(await run("outputs", "ecs_cluster_name")).toMatchObject({ code: 0, stdout: "fairlead-app-dev-cluster\n" });
    expect(await run("outputs", "nonsense")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no output nonsense. There are: vpc_id,"),
    });
  });

  it("shows the status of every layer, and that the service waits for its first image", async () => {
    const { code, stdout } = await run("status");
    expect(code).toBe(0);
    for (const layer of ["network", "security", "registry", "balancer", "compute", "scaling", "edge", "delivery"])
      expect(stdout).toMatch(new RegExp(`✓ ${layer} `));
    expect(stdout).toContain("0 of 0 tasks run, revision fairlead-app-dev:1");
    expect(stdout).toContain("stays at zero tasks until the first release is deployed");
  });

  it("adopts everything and creates nothing when the state file is lost", async () => {
    rmSync(file("fairlead-app-dev.json"));
    const before = tables();
    const { code, stdout } = await run("reconcile", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Answer).summary).toMatchObject({ adopted: 42, created: 0, updated: 0 });
    expect(tables()).toBe(before);
  });

  it("refuses a damaged state, a newer one and one of another account, and leaves them unchanged", async () => {
    const path = file("fairlead-app-dev.json");
    const good = readFileSync(path, "utf8");
    const state = JSON.parse(good) as object;
    const bad: [string, RegExp][] = [
      [good.slice(0, 1000), /is damaged/],
      [JSON.stringify({ ...state, version: 3 }), /newer version of Fairlead/],
      [JSON.stringify({ ...state, account: "999999999999" }), /belongs to account 999999999999/],
      [JSON.stringify({ ...state, name: "fairlead", environment: "app-dev" }), /belongs to fairlead in app-dev/],
    ];
    const before = tables();
    for (const [text, message] of bad) {
      writeFileSync(path, text);
      for (const verb of ["reconcile", "teardown"]) {
        const { code, stderr } = await run(verb, "--yes");
        expect(code).toBe(1);
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/\n\s+at /);
      }
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    expect(tables()).toBe(before);
    writeFileSync(path, good);
  });

  it("says who holds the lock, with exit code 4, and takes over the lock of a dead process", async () => {
    const path = file("fairlead-app-dev.json.lock");
    const holder = { who: "ann@here", pid: process.pid, verb: "reconcile", since: "2026-01-01T00:00:00Z", token: "t" };
    const { hostname } = await import("node:os");
    writeFileSync(path, JSON.stringify({ ...holder, host: hostname() }));
    const held = await run("reconcile", "--yes");
    expect(held.code).toBe(4);
    expect(held.stderr).toContain("The state has been locked by ann@here (reconcile, process");
    expect(held.stderr).toContain("2026-01-01T00:00:00Z");
    // No process has this number: it is above the kernel's limit.
    writeFileSync(path, JSON.stringify({ ...holder, host: hostname(), pid: NOBODY }));
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it("refuses invalid settings before any change, with exit code 2", async () => {
    stack.edit({ netwrok: {} } as never);
    const { code, stderr } = await run("reconcile");
    expect(code).toBe(2);
    expect(stderr).toContain("netwrok: is an unknown setting");
    expect(stderr).toContain("did you mean network?");
    stack.edit({});
  });

  it("refuses invalid flags and a missing config with exit code 2", async () => {
    expect((await run("reconcile", "--nonsense")).code).toBe(2);
    expect((await run("reconcile", "--watch", "soon")).code).toBe(2);
    expect((await run("plan", "--config", "nowhere.ts")).stderr).toContain("There is no nowhere.ts in");
    expect((await run("plan", "--target", "mars")).code).toBe(2);
  });

  it("prints help with the commands and the exit codes", async () => {
    const { code, stdout } = await run("--help");
    expect(code).toBe(0);
    for (const word of ["plan", "reconcile", "teardown", "status", "outputs", "Exit codes:"])
      expect(stdout).toContain(word);
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await run("--version")).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it("deletes everything and leaves nothing", async () => {
    const { code, stdout } = await run("teardown", "--yes", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Answer).summary).toMatchObject({ deleted: 42, failed: 0 });
    expect(existsSync(file("local", "world.json"))).toBe(false);
    expect(existsSync(file("fairlead-app-dev.json"))).toBe(false);
    const again = await run("teardown", "--yes", "--json");
    expect((JSON.parse(again.stdout) as Answer).summary).toMatchObject({ deleted: 0, failed: 0 });
  });
});
