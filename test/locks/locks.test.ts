import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileStore } from "../../state/file-store.ts";
import { REGION, startMoto, type Moto } from "../acceptance/world.ts";
import { inS3 } from "./in-s3.ts";
import { Pool } from "./pool.ts";
import { contendInPairs, tell, type Told } from "./ring.ts";

/** Pairs that contend for one state: no more than whose runs its history keeps. */
const PAIRS = 40;
/** How many states, each with a seed of its own: 200 pairs of each kind. */
const SEEDS = [1, 2, 3, 4, 5];

const folder = mkdtempSync(join(tmpdir(), "fairlead-locks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What every round has to come to: nothing went wrong, each side had its turn, and some died inside the lock. */
function check({ wrong, turns, leftBehind }: Told): void {
  expect(wrong).toEqual([]);
  expect(turns).toBeGreaterThanOrEqual(2 * PAIRS);
  expect(leftBehind).toBeGreaterThan(1);
}

describe(`${PAIRS * SEEDS.length} pairs of runs at once on a state in a file`, () => {
  const pool = new Pool(5);
  afterAll(() => pool.stop());

  it.each(SEEDS)("never hold its lock at once and lose no write, seed %i", async (seed) => {
    const [path, log] = [join(folder, `${seed}`, "ring.json"), join(folder, `files-${seed}.log`)];
    await contendInPairs(pool, { pairs: PAIRS, seed, place: { path }, log });
    const told = await tell(fileStore(path), log);
    check(told);
    // The operating system tells of each death: nobody goes on without the lock, or waits for one.
    expect(told.refused).toBe(0);
  });
});

describe(`${PAIRS * SEEDS.length} pairs of runs at once on a state in S3`, () => {
  const bucket = "fairlead-state-locks";
  let moto: Moto;
  let pool: Pool;
  beforeAll(async () => {
    moto = await startMoto();
    pool = new Pool(5, moto.env);
    Object.assign(process.env, moto.env);
    const s3 = new S3Client({ region: REGION });
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    s3.destroy();
  });
  afterAll(() => {
    pool.stop();
    moto.stop();
  });

  it.each(SEEDS)("never hold its lock at once and lose no write, seed %i", async (seed) => {
    const place = { bucket, stack: `ring-${seed}` };
    const log = join(folder, `s3-${seed}.log`);
    await contendInPairs(pool, { pairs: PAIRS, seed: 100 + seed, place, log });
    check(await tell(inS3(place), log));
  });
});
