import { defineConfig } from "vitest/config";

/** The ring of pairs: two processes contend for one state at a time, some are killed, and no write is lost. */
export default defineConfig({
  test: {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
    include: ["test/locks/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
