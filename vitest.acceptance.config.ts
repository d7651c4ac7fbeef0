import { defineConfig } from "vitest/config";

/** The ring on the wire: it needs Python with moto, and says how to install it. */
export default defineConfig({
  resolve: { alias: { fairlead: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
    // Continuous integration adds the reports of all rings up.
    reporters:
      process.env["CI"] === undefined
        ? ["default"]
        : ["default", ["json", { outputFile: "test-results/acceptance.json" }]],
    include: ["test/acceptance/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
