import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { testFiles } from "./test/support/test-files.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const quick = testFiles(root, [
  "test/unit",
  "test/contract",
  "service/test",
  "test/smoke",
  "test/edits",
  "test/fuzz",
  "examples/table",
]);
const endToEnd = testFiles(root, ["test/e2e"]);
/** Whatever starts processes runs with the end to end suite, except for the one life of a stack that `npm test` sees. */
const [smoke, processes] = [true, false].map((isSmoke) =>
  quick["starts processes"].filter((file) => file.startsWith("test/smoke/") === isSmoke),
) as [string[], string[]];
const SECOND = 1_000;

/** How many cases `npm test` tries of what has many; continuous integration tries more of some (scripts/suites.mjs). */
const SMOKE = {
  EDITS_RUNS: "2",
  FUZZ_RUNS: "3",
  DEATHS_RUNS: process.env["DEATHS_RUNS"] ?? "25",
  DEATHS_STEP: process.env["DEATHS_STEP"] ?? "4",
  JUNK_RUNS: process.env["JUNK_RUNS"] ?? "300",
};

interface Options {
  /** Whether each file gets a worker of its own; left out: it does. */
  readonly isolate?: boolean;
  /** Seconds that one test may take; left out: 180, so that a busy machine fails none. */
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** One file after the other. */
  readonly serial?: true;
}

const project = (
  name: string,
  include: string[],
  { isolate = true, timeout = 180, env = {}, serial }: Options = {},
) => ({
  extends: true as const,
  test: {
    name,
    include,
    isolate,
    testTimeout: timeout * SECOND,
    env,
    ...(serial ? { fileParallelism: false } : {}),
  },
});

/** The suites: `npm test` runs the first three, `npm run test:all` all of them, the longest with samples: see scripts/suites.mjs. */
export default defineConfig({
  resolve: { alias: { "fairlead/testing": `${root}src/testing.ts`, fairlead: `${root}src/index.ts` } },
  test: {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", NO_COLOR: "1" },
    // A failure says the whole of what was expected and found: 40 characters of it help nobody who reads a log.
    chaiConfig: { truncateThreshold: 0 },
    // Continuous integration names a file for the report and adds the reports of all suites up.
    reporters:
      process.env["TEST_REPORT"] === undefined
        ? ["default"]
        : ["default", ["json", { outputFile: process.env["TEST_REPORT"] }]],
    // As much as a test, for the same reason.
    hookTimeout: 180 * SECOND,
    // Every core: vitest leaves one of them idle by default.
    maxWorkers: "100%",
    projects: [
      // Importing the AWS SDK takes longer than most test files: one import serves all files that leave each other alone.
      project("mocked", quick["mocks clients"], { isolate: false }),
      project("plain", [...quick.none, ...smoke], { isolate: false, env: SMOKE }),
      // The lies of AWS (test/fuzz/answers.test.ts) take seconds before the first of them is told: they are in the suite `fuzz` alone.
      project(
        "isolated",
        quick["keeps apart"].filter((file) => !file.startsWith("test/fuzz/")),
        { env: SMOKE },
      ),
      project("e2e", [...endToEnd.none, ...endToEnd["starts processes"], ...processes], { isolate: false }),
      project("e2e-isolated", [...endToEnd["keeps apart"], ...endToEnd["mocks clients"]]),
      project("edits", ["test/edits/**/*.test.ts"], { timeout: 36_000 }),
      project("wire", ["test/acceptance/**/*.test.ts"], { timeout: 600 }),
      project("browser", ["test/browser/**/*.test.ts"], { serial: true }),
      project("crash", ["test/crash/**/*.test.ts"], { timeout: 36_000 }),
      project("faults", ["test/faults/**/*.test.ts"], { timeout: 1_200, serial: true }),
      project("locks", ["test/locks/**/*.test.ts"], { timeout: 300 }),
      project("fuzz", ["test/fuzz/**/*.test.ts"], {
        timeout: 3_600,
        env: { FUZZ_RUNS: process.env["FUZZ_RUNS"] ?? "300" },
      }),
    ],
  },
});
