// The suites of `npm run test:all`, which is what continuous integration runs: each with its own report, and the longest with a sample of
// their cases. A variable that is already set takes precedence: `EDITS_RUNS=1000 npm run test:all` tries more.

/** `format`: the tool that writes the report. */
export const SUITES = [
  {
    name: "quick",
    script: "test",
    format: "vitest",
    sample: { DEATHS_RUNS: "100", DEATHS_STEP: "1", JUNK_RUNS: "2000" },
  },
  { name: "e2e", script: "test:e2e", format: "vitest" },
  { name: "edits", script: "test:edits", format: "vitest", sample: { EDITS_RUNS: "12" } },
  { name: "fuzz", script: "test:fuzz", format: "vitest", sample: { FUZZ_RUNS: "20" } },
  {
    name: "crash",
    script: "test:crash",
    format: "vitest",
    sample: { CRASH_STEP: "10", CRASH_SHOP_STEP: "90", CRASH_SEED: "7" },
  },
  { name: "locks", script: "test:locks", format: "vitest", sample: { LOCKS_SEEDS: "1" } },
  {
    name: "faults",
    script: "test:faults",
    format: "vitest",
    sample: { FAULTS_SEEDS: "1", FAULTS_LARGE: "throttle,error,lost,reset" },
  },
  { name: "acceptance", script: "test:acceptance", format: "vitest" },
  { name: "browser", script: "test:browser", format: "vitest" },
  { name: "examples", script: "test:examples", format: "pytest" },
];

/** Where the report of a suite is written, from the root of the repository. */
export const reportOf = ({ name, format }) => `test-results/${name}.${format === "pytest" ? "xml" : "json"}`;
