import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { fairlead: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      NO_COLOR: "1",
      // A taste of the ring of bad input; `npm run test:fuzz` tries more.
      FUZZ_RUNS: "20",
    },
    // Continuous integration adds the reports of all rings up.
    reporters:
      process.env["CI"] === undefined ? ["default"] : ["default", ["json", { outputFile: "test-results/unit.json" }]],
    include: ["test/{unit,contract,e2e,fuzz}/**/*.test.ts", "service/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Every core: vitest leaves one of them idle by default.
    maxWorkers: "100%",
  },
});
