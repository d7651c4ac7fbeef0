import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileStore } from "../../state/file-store.ts";
import { REGION, startMoto, type Moto } from "../acceptance/world.ts";
import type { State, StateStore } from "../../state/state.ts";
import { Stage } from "../support/stage.ts";
import { SHOP, type StackUnderTest } from "../support/stacks.ts";
import { stateOf } from "../support/states.ts";
import { inS3 } from "./in-s3.ts";
import { Pool } from "./pool.ts";
import { contendInPairs, tell, type Told } from "./ring.ts";
import { versionsOf } from "./versions.ts";

/** Pairs that contend for one state: no more than whose runs its history keeps. */
const PAIRS = 40;
/** How many states, each with a seed of its own: 200 pairs of each kind, or fewer, as in `LOCKS_SEEDS=1 npm run test:locks`. */
const SEEDS = Array.from({ length: Number(process.env["LOCKS_SEEDS"] ?? 5) }, (_, index) => index + 1);

const BUCKET = "fairlead-state-locks";

const folder = mkdtempSync(join(tmpdir(), "fairlead-locks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the state has when the first one comes: nothing, or everything that a stack recorded, which takes longer to write. */
const BEGINNINGS: readonly { readonly of: string; readonly stack?: StackUnderTest }[] = [
  { of: "of nobody yet" },
  { of: `of ${SHOP.title}`, stack: SHOP },
];

/** What the shop has recorded when it was created on the simulated AWS: before any other endpoint is set for this process. */
let recorded: State["resources"] = {};
beforeAll(async () => {
  const stage = new Stage();
  SHOP.write(stage);
  expect((await stage.run("reconcile")).exit).toBe(0);
  const text = readFileSync(join(stage.directory, ".fairlead", `${SHOP.name}.json`), "utf8");
  recorded = (JSON.parse(text) as State).resources;
  stage.remove();
}, 600_000);

/** Writes the state of a stack into a store. */
async function begin(store: StateStore, stack: StackUnderTest | undefined): Promise<State | undefined> {
  if (stack === undefined) return undefined;
  const state = { ...stateOf(1), stack: "ring", resources: recorded };
  const unlock = await store.lock("begin");
  await store.write(state);
  await unlock();
  return state;
}

/** What every round has to come to: nothing went wrong, each side had its turn, and some died inside the lock. */
function check({ wrong, turns, unfinishedCreate }: Told, pairs: number): void {
  expect(wrong).toEqual([]);
  expect(turns).toBeGreaterThanOrEqual(2 * pairs);
  expect(unfinishedCreate).toBeGreaterThan(1);
}

describe.each(BEGINNINGS)("pairs of runs at once on a state $of in a file", ({ of, stack }) => {
  const pool = new Pool(5);
  afterAll(() => pool.stop());

  it.each(SEEDS)(`never hold its lock at once and lose no write, ${PAIRS} times, seed %i`, async (seed) => {
    const [path, log] = [join(folder, `${of} ${seed}`, "ring.json"), join(folder, `files ${of} ${seed}.log`)];
    const before = await begin(fileStore(path), stack);
    await contendInPairs(pool, { pairs: PAIRS, seed, place: { path }, log });
    const told = await tell(fileStore(path), log, { before });
    check(told, PAIRS);
    // The operating system tells of each death: nobody goes on without the lock, or waits for one.
    expect(told.refused).toBe(0);
    // And whoever meets it tells of it, but one that dies itself in that very moment.
    const { deaths, unfinishedCreate, remembered } = told;
    expect(remembered).toBeGreaterThanOrEqual(unfinishedCreate - (deaths - unfinishedCreate));
  });
});

/** A bucket for states on an AWS on loopback, and processes that contend there. */
async function onMoto(args: string[]): Promise<{ moto: Moto; pool: Pool }> {
  const moto = await startMoto({ args, judged: false });
  await moto.calm();
  // Of one that is on loopback all credentials are the same.
  Object.assign(process.env, moto.env);
  const s3 = new S3Client({ region: REGION });
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
  s3.destroy();
  return { moto, pool: new Pool(5, moto.env) };
}

const IN_S3 = [
  { where: "in S3", args: [], pairs: PAIRS, seeds: SEEDS },
  // Calls that fail, connections that break, and answers that are lost of what was done.
  {
    where: "in an S3 of which every twentieth call fails",
    args: ["--faults", "0.05"],
    pairs: PAIRS / 2,
    seeds: SEEDS.map((seed) => 10 + seed),
  },
].flatMap((s3) => BEGINNINGS.map((beginning) => ({ ...s3, ...beginning })));

describe.each(IN_S3)("pairs of runs at once on a state $of $where", ({ of, stack, args, pairs, seeds }) => {
  let at: { moto: Moto; pool: Pool };
  beforeAll(async () => {
    at = await onMoto(args);
  });
  afterAll(() => {
    at.pool.stop();
    at.moto.stop();
  });

  it.each(seeds)(`never hold its lock at once and lose no write, ${pairs} times, seed %i`, async (seed) => {
    const place = { bucket: BUCKET, stack: `ring-${seed}`, endpoint: at.moto.endpoint };
    const log = join(folder, `s3 ${of} ${args.length} ${seed}.log`);
    const before = await begin(inS3(place), stack);
    await at.moto.disturb();
    await contendInPairs(at.pool, { pairs, seed: 100 + seed, place, log });
    await at.moto.calm();
    check(await tell(inS3(place), log, { before, versions: await versionsOf(place) }), pairs);
  });
});
