// npm run test:all: the static checks and every suite, one after the other, also after one that fails.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "./check.mjs";
import { reportOf, SUITES } from "./suites.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}test-results`, { recursive: true, force: true });

const failed = [];
process.stdout.write("\n> npm run check\n");
if (!(await check((text) => process.stdout.write(text)))) failed.push("check");
for (const suite of SUITES) {
  const report = reportOf(suite);
  const told =
    suite.format === "pytest"
      ? { PYTEST_ADDOPTS: `${process.env["PYTEST_ADDOPTS"] ?? ""} --junitxml=${report}`.trim() }
      : { TEST_REPORT: report };
  process.stdout.write(`\n> npm run ${suite.script}\n`);
  const { status } = spawnSync("npm", ["run", "--silent", suite.script], {
    cwd: root,
    stdio: "inherit",
    env: { ...suite.sample, ...process.env, ...told },
  });
  if (status !== 0) failed.push(suite.script);
}
if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join(", ")}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
