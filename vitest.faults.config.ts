import { defineConfig } from "vitest/config";
import acceptance from "./vitest.acceptance.config.ts";

/** The same AWS with faults, for longer: ten seeds of each. Not a part of every run: it takes half an hour. */
export default defineConfig({
  ...acceptance,
  test: { ...acceptance.test, reporters: ["default"], include: ["test/faults/**/*.test.ts"], fileParallelism: false },
});
