import * as fc from "fast-check";
import { PLAIN, SHOP, type StackUnderTest } from "../support/stacks.ts";

/** How many cases there are in all; the configurations of the test runner say so where the environment does not. */
const RUNS = Number(process.env["FUZZ_RUNS"]);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_260_101);
/** With the seed and a path that a failure has printed, that one case comes first. */
const PATH = process.env["FUZZ_PATH"];

/** `npm test` tries its few cases on the plain stack alone. */
export const STACKS: readonly StackUnderTest[] = RUNS < 10 ? [PLAIN] : [PLAIN, SHOP];
/** The share of all cases that is tried on a stack: fewer on the shop, where a case takes longer. */
export const shareOf = (stack: StackUnderTest, share: number): number => (stack === SHOP ? 0.1 : share);

/** A place as a share of a whole, all of them equally likely: fast-check's own fractions nearly all lie at the beginning. */
export const somewhere: fc.Arbitrary<number> = fc.noBias(fc.nat(999_999)).map((millionths) => millionths / 1_000_000);

/**
 * Tries a share of all cases, at least one. `complaints` says what is wrong with what came of one; a failure prints its seed and its
 * path. Cases are whole runs and take long, so a failure is not made smaller: the case says in words what was damaged.
 */
export async function tryCases<T>(
  share: number,
  cases: fc.Arbitrary<T>,
  complaints: (one: T) => Promise<readonly string[]>,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (one) => {
    const found = await complaints(one);
    if (found.length > 0) throw new Error(found.join("\n"));
  });
  const numRuns = Math.max(1, Math.round(RUNS * share));
  const how = { numRuns, seed: SEED, endOnFailure: true, ...(PATH === undefined ? {} : { path: PATH }) };
  await fc.assert(property, how);
}
