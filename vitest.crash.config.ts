import { defineConfig } from "vitest/config";

/** The ring of deaths: a run is killed at every call that changes something, and the next one must go on from there. */
export default defineConfig({
  resolve: { alias: { fairlead: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
    include: ["test/crash/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
