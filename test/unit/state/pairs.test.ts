import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fileStore } from "../../../state/file-store.ts";
import { Pool } from "../../locks/pool.ts";
import { contendInPairs, tell } from "../../locks/ring.ts";

/** A share of what `npm run test:locks` does. */
const PAIRS = 20;

describe("two processes that contend for a state in a file", () => {
  const pool = new Pool(4);
  afterAll(() => pool.stop());

  it(`never hold its lock at once and lose no write, ${PAIRS} times, also where they are killed`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "fairlead-pairs-"));
    const [path, log] = [join(folder, "state", "ring.json"), join(folder, "log")];
    await contendInPairs(pool, { pairs: PAIRS, seed: 111, place: { path }, log });
    const { turns, deaths, unfinishedCreate, remembered, ...rest } = await tell(fileStore(path), log);
    expect(rest).toEqual({ wrong: [], refused: 0 });
    expect(turns).toBeGreaterThanOrEqual(2 * PAIRS);
    expect([deaths, unfinishedCreate]).toEqual([5, 4]);
    // The fifth may have held the lock too, or died just when it had taken over another's.
    expect([3, 4, 5]).toContain(remembered);
    expect((await readdir(join(folder, "state"))).toSorted()).toEqual([
      "ring.backups",
      "ring.history.jsonl",
      "ring.json",
    ]);
    await rm(folder, { recursive: true });
  });
});
