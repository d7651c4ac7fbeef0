import { defineConfig } from "vitest/config";
import unit from "./vitest.config.ts";

/** The ring of bad input: FUZZ_RUNS says how many cases there are in all, FUZZ_SEED which ones. */
export default defineConfig({
  ...unit,
  test: {
    ...unit.test,
    env: { ...unit.test?.env, FUZZ_RUNS: process.env["FUZZ_RUNS"] ?? "300" },
    reporters: ["default"],
    include: ["test/fuzz/**/*.test.ts"],
    testTimeout: 3_600_000,
  },
});
