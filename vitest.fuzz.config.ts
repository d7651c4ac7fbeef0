import { defineConfig } from "vitest/config";

/** The ring of bad input: FUZZ_RUNS says how many cases there are in all, FUZZ_SEED which ones. */
export default defineConfig({
  resolve: { alias: { fairlead: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      NO_COLOR: "1",
      FUZZ_RUNS: process.env["FUZZ_RUNS"] ?? "300",
    },
    include: ["test/fuzz/**/*.test.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
