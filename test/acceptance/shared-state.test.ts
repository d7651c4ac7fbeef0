import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { openGate, type Gate } from "../crash/gate.ts";
import { bare, command } from "../support/command.ts";
import { startConsoleIn } from "../support/console.ts";
import { project } from "../support/project.ts";
import { RUNBOOK } from "../support/runbook.ts";
import type { Answer } from "../support/stage.ts";
import { NOTHING, WHOLE } from "./whole.ts";
import { mutating, REGION, startMoto, type Moto } from "./world.ts";

const SHARED = { state: { s3: { prefix: "team" } } } satisfies StackConfig;
const BUCKET = `fairlead-state-123456789012-${REGION}`;

describe("a state that two machines share", () => {
  const [laptop, pipeline] = [project(SHARED), project(SHARED)];
  let moto: Moto;
  let gate: Gate;
  let s3: S3Client;

  const run = async (on: typeof laptop, ...args: string[]) => {
    const env = { ...moto.env, AWS_ENDPOINT_URL: gate.endpoint };
    return command(on.directory, [...args, "--target", "aws", ...moto.logged()], env);
  };
  /** The page of the runs in a console on that machine, once it has that text; then the console ends. */
  const watched = async (on: typeof laptop, text: string) => {
    const env = { ...bare(), ...moto.env, AWS_ENDPOINT_URL: gate.endpoint };
    const served = await startConsoleIn(on.directory, env, "--target", "aws");
    const entered = await fetch(served.address, { redirect: "manual" });
    const cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = async () => (await fetch(`${served.origin}/run`, { headers: { cookie } })).text();
    await expect.poll(page, { timeout: 120_000 }).toContain(text);
    const shown = await page();
    expect(await served.end()).toBe(0);
    return shown.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  };
  const summaryOf = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as Answer).summary;

  beforeAll(async () => {
    moto = await startMoto();
    gate = await openGate(moto.endpoint);
    s3 = new S3Client({
      region: REGION,
      endpoint: moto.endpoint,
      credentials: { accessKeyId: "t", secretAccessKey: "t" },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    s3.destroy();
    await gate.close();
    moto.stop();
    laptop.remove();
    pipeline.remove();
  });

  it("needs its bucket first, and says so before anything is made", async () => {
    const early = await run(laptop, "reconcile", "--yes");
    expect(early.code).toBe(1);
    expect(early.stderr).toContain("create it: npx fairlead state init --target aws");
    expect(mutating(await moto.calls()).filter((call) => !call.startsWith("s3."))).toEqual([]);
  });

  it("gets a bucket that is versioned, encrypted and closed to the public, once", async () => {
    expect(await run(laptop, "state", "init")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("run again with --yes"),
    });
    expect((await run(laptop, "state", "init", "--yes")).code).toBe(0);
    const Bucket = BUCKET;
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
    const { ServerSideEncryptionConfiguration: encryption } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
    const { PublicAccessBlockConfiguration: access } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(access ?? {})).toEqual([true, true, true, true]);
    expect((await run(pipeline, "state", "init", "--yes")).stdout).toContain("It exists and is set up correctly.");
  });

  it("is one for both: what the one made, the other knows", async () => {
    const made = await run(laptop, "reconcile", "--yes", "--json");
    expect(made.code).toBe(0);
    const seen = await run(pipeline, "reconcile", "--yes", "--json");
    expect(summaryOf(seen)).toMatchObject({ created: 0, adopted: 0, unchanged: 42 });
    expect(existsSync(join(pipeline.directory, ".fairlead", "fairlead-app-dev.json"))).toBe(false);
    const { stdout } = await run(pipeline, "history", "--json");
    expect((JSON.parse(stdout) as { number: number; verb: string }[]).map(({ number }) => number)).toEqual([2, 1]);
    expect((await run(pipeline, "outputs", "ecs_cluster_name")).stdout).toBe("fairlead-app-dev-cluster\n");
  });

  it("is changed by one run at a time: the other is told who has the lock, and can release that of a dead run", async () => {
    laptop.edit({ ...SHARED, logs: { retentionDays: 90 } });
    pipeline.edit({ ...SHARED, logs: { retentionDays: 90 } });
    let second: ReturnType<typeof run> | undefined;
    let pid = 0;
    let seen = "";
    // The first one's third change is that of a log group; by then it holds the lock.
    const first = new Promise<Awaited<ReturnType<typeof run>>>((resolve) => {
      gate.await({
        moment: "before",
        number: 4,
        kill: () => {
          second = watched(pipeline, "reconcile is in progress").then((shown) => {
            seen = shown;
            return run(pipeline, "teardown", "--yes");
          });
          void second.then(async () => {
            const { stdout } = await run(pipeline, "state", "unlock", "--yes");
            pid = Number(/\(process (\d+)\)/.exec(stdout)?.[1]);
          });
        },
      });
      void run(laptop, "reconcile", "--yes").then(resolve);
    });
    await expect.poll(() => second, { timeout: 60_000 }).toBeDefined();
    const refused = await second;
    // The console of the other machine follows the run by what it writes beside the state in S3.
    expect(seen).toMatch(/reconcile is in progress : .+@.+, \d+ of \d+ done/);
    expect(seen).toMatch(/It holds the lock of the stack\..*API calls \d+.*observability\/\S+/);
    expect(refused?.code).toBe(4);
    expect(refused?.stderr).toMatch(/The state has been locked by .+@.+ \(reconcile, process \d+\) since 20\d\d-/);
    await expect.poll(() => pid, { timeout: 60_000 }).toBeGreaterThan(0);
    // It is on this very machine, so that it is not taken for dead.
    process.kill(pid, "SIGKILL");
    await first;
    gate.await();
    expect((await run(pipeline, "state", "unlock", "--yes")).stdout).toContain("The lock is free.");
    const after = await run(pipeline, "reconcile", "--yes", "--json");
    expect(after.code).toBe(0);
    expect((await run(laptop, "plan", "--check")).code).toBe(0);
    expect(await moto.count()).toEqual({ ...WHOLE, buckets: WHOLE.buckets + 1 });
    // What died is told of by the one that took its lock away; what was refused did nothing.
    const { stdout } = await run(laptop, "history", "--json");
    expect(JSON.parse(stdout)).toMatchObject([
      { number: 4, verb: "reconcile", outcome: "done" },
      {
        number: 3,
        verb: "reconcile",
        outcome: "died",
        error: expect.stringMatching(/^It never released its lock.*: a state unlock by .+ took the lock over at 20/),
      },
      { number: 2, outcome: "done" },
      { number: 1, outcome: "done" },
    ]);
  });

  it("moves to a file and back with its history", async () => {
    laptop.edit({ logs: { retentionDays: 90 } });
    const down = await run(laptop, "state", "migrate", "--from", `s3://${BUCKET}/team`, "--yes");
    expect(down.code).toBe(0);
    expect((await run(laptop, "plan", "--check")).code).toBe(0);
    // The other machine's file says that it is in S3, where there is none any more: everything is found by its owner tags.
    laptop.edit({ ...SHARED, logs: { retentionDays: 90 } });
    const stopped = await run(laptop, "reconcile", "--yes");
    expect(stopped).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("To move the state there: npx fairlead state migrate --target aws"),
    });
    expect((await run(laptop, "state", "migrate", "--yes")).code).toBe(0);
    const kept = readFileSync(join(laptop.directory, ".fairlead", "fairlead-app-dev.history.jsonl"), "utf8");
    const { stdout } = await run(pipeline, "history", "--json");
    expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThanOrEqual(kept.trim().split("\n").length);
    expect((await run(pipeline, "plan", "--check")).code).toBe(0);
  });

  it("is found again on AWS when its bucket was deleted, by the commands of docs/recovery.md", async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
    await s3.send(new DeleteBucketCommand({ Bucket: BUCKET }));
    const [[plan = "", reconcile = ""] = [], [init = ""] = []] = RUNBOOK.get("The state is lost") ?? [];
    const follow = (line: string, ...more: string[]) =>
      run(pipeline, ...line.replace("npx fairlead ", "").replace(" --target aws", "").split(" "), ...more);
    expect((await follow(init, "--yes")).code).toBe(0);
    expect((await follow(plan)).stdout).toMatch(/^Plan: 42 to adopt; 0 unchanged\.$/m);
    expect((await follow(reconcile, "--yes")).code).toBe(0);
    expect((await run(laptop, "plan", "--check")).code).toBe(0);
  });

  it("goes with a teardown from either machine, and the bucket stays with what it remembers", async () => {
    expect((await run(pipeline, "teardown", "--yes")).code).toBe(0);
    expect(await moto.count()).toEqual({ ...NOTHING, buckets: 1 });
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    const keys = Contents.map(({ Key = "" }) => Key);
    expect(keys.every((key) => /^team\/fairlead-app-dev\/(backups|history)\//.test(key))).toBe(true);
    expect((await run(laptop, "state", "backups")).stdout).toContain("serial");
  });
});
