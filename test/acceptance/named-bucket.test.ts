import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { openGate, type Gate } from "../crash/gate.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { NOTHING } from "./whole.ts";
import { REGION, startMoto, type Moto } from "./world.ts";

const BUCKET = "fairlead-states-of-all-regions";
const SHARED = { state: { s3: { bucket: BUCKET } } } satisfies StackConfig;
const KEY = `fairlead/fairlead-app-dev.${REGION}`;

describe("a state in a bucket that the config names, which two machines share", () => {
  const [laptop, pipeline] = [project(SHARED), project(SHARED)];
  let moto: Moto;
  let gate: Gate;
  let s3: S3Client;

  const run = async (on: typeof laptop, ...args: string[]) => {
    const env = { ...moto.env, AWS_ENDPOINT_URL: gate.endpoint };
    return command(on.directory, [...args, "--target", "aws", ...moto.logged()], env);
  };
  const answerOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as Answer;
  const keys = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? []).map(({ Key = "" }) => Key);
  /** What the pipeline does after the laptop has read the state, and before its lock is there; the call goes on then. */
  const onTheWay = (...args: string[]) => {
    const done: Promise<Awaited<ReturnType<typeof run>>>[] = [];
    const kill = () => {
      gate.await();
      done.push(run(pipeline, ...args));
      return done[0];
    };
    gate.await({ moment: "before", number: 1, passes: true, kill });
    return done;
  };

  beforeAll(async () => {
    moto = await startMoto();
    gate = await openGate(moto.endpoint);
    const credentials = { accessKeyId: "t", secretAccessKey: "t" };
    s3 = new S3Client({ region: REGION, endpoint: moto.endpoint, credentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    s3.destroy();
    await gate.close();
    moto.stop();
    laptop.remove();
    pipeline.remove();
  });

  it("is told to be missing its bucket by the first command, and lies under its region's name", async () => {
    const early = await run(laptop, "plan");
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining("npx fairlead state init --target aws") });
    expect((await run(laptop, "state", "init", "--yes")).code).toBe(0);
    expect((await run(laptop, "reconcile", "--yes")).code).toBe(0);
    expect((await keys()).toSorted()).toEqual([`${KEY}.json`, `${KEY}/history/1.json`]);
    expect((await run(pipeline, "plan", "--check")).code).toBe(0);
  });

  it("is what another run left that was faster, although it was read before", async () => {
    const forgotten = onTheWay("state", "rm", "network/vpc", "compute/cluster", "--yes");
    const first = await run(laptop, "reconcile", "--yes", "--json");
    expect(forgotten).toHaveLength(1);
    expect(await forgotten[0]).toMatchObject({ code: 0 });
    expect(first.code).toBe(0);
    expect(answerOf(first).summary).toMatchObject({ created: 0, adopted: 2, unchanged: 40 });
    expect((await run(pipeline, "plan", "--check")).code).toBe(0);
    const { stdout } = await run(laptop, "history", "--json");
    expect(JSON.parse(stdout)).toMatchObject([
      { number: 3, verb: "reconcile", outcome: "done" },
      { number: 2, verb: "state rm", outcome: "done" },
      { number: 1, verb: "reconcile", outcome: "done" },
    ]);
  });

  it("is not acted upon by a run whose lock another one has by then", async () => {
    laptop.edit({ ...SHARED, logs: { retentionDays: 90 } });
    let calls: Record<string, number> = {};
    let refused: Awaited<ReturnType<typeof run>> | undefined;
    // The laptop holds the lock when its first call that changes the state is sent.
    gate.await({
      moment: "before",
      number: 2,
      passes: true,
      async kill() {
        gate.await();
        await moto.forget();
        refused = await run(pipeline, "teardown", "--yes");
        calls = await moto.calls();
      },
    });
    const first = await run(laptop, "reconcile", "--yes", "--json");
    expect(answerOf(first).summary).toMatchObject({ updated: 1, unchanged: 41 });
    expect(refused?.code).toBe(4);
    // It asked for nothing but the state and its lock.
    expect(Object.keys(calls).filter((name) => !/^(s3|sts)\./.test(name))).toEqual([]);
    expect(refused?.stderr).toMatch(/The state has been locked by .+@.+ \(reconcile, process \d+\) since 20\d\d-/);
  });

  it("is kept before a teardown deletes it, and nothing but what is remembered is left", async () => {
    const { stdout } = await run(laptop, "state", "show", "--json");
    const { serial } = JSON.parse(stdout) as { serial: number };
    expect((await run(laptop, "teardown", "--yes")).code).toBe(0);
    expect(await moto.count()).toEqual({ ...NOTHING, buckets: 1 });
    const left = await keys();
    expect(left).toContain(`${KEY}/backups/${serial}.json`);
    expect(left.filter((key) => !/\/(backups|history)\//.test(key))).toEqual([]);
    expect((await run(pipeline, "history", "--json")).stdout).toContain('"verb": "teardown"');
  });
});
