// Adds the reports in test-results/ up and prints them as one line. A report that is missing, or that has no test, is a failure.
import { existsSync, readFileSync } from "node:fs";
import { reportOf, SUITES } from "../scripts/suites.mjs";

const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

function vitest(text) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites, success } =
    JSON.parse(text);
  // A file that does not even load fails as a suite, with no test in it.
  const failed = numFailedTests === 0 && !success ? Math.max(1, numFailedTestSuites) : numFailedTests;
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

function pytest(text) {
  const of = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const failed = of("failures") + of("errors");
  return { passed: of("tests") - failed - of("skipped"), failed, skipped: of("skipped") };
}

const say = (text) => void process.stdout.write(`${text}\n`);
const total = { passed: 0, failed: 0, skipped: 0 };
const COUNTS = { vitest, pytest };
for (const suite of SUITES) {
  const file = reportOf(suite);
  const text = read(file);
  const found = text === undefined ? { passed: 0, failed: 0, skipped: 0 } : COUNTS[suite.format](text);
  say(`${suite.name}: ${found.passed} passed, ${found.failed} failed, ${found.skipped} skipped`);
  if (found.passed + found.failed === 0) {
    say(`${file}: no test ran.`);
    found.failed = 1;
  }
  for (const key of Object.keys(total)) total[key] += found[key];
}

say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed + total.skipped > 0 ? 1 : 0;
