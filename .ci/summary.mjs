// Adds the reports in test-results/ up and prints them as one line. A report that is missing, or that has no test, is a failure.
import { existsSync, readFileSync } from "node:fs";

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
const REPORTS = [
  { file: "test-results/unit.json", count: vitest },
  { file: "test-results/acceptance.json", count: vitest },
  { file: "test-results/examples.xml", count: pytest },
];
for (const { file, count } of REPORTS) {
  const text = read(file);
  const found = text === undefined ? { passed: 0, failed: 0, skipped: 0 } : count(text);
  if (found.passed + found.failed === 0) {
    say(`${file}: no test ran.`);
    found.failed = 1;
  }
  for (const key of Object.keys(total)) total[key] += found[key];
}

say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed + total.skipped > 0 ? 1 : 0;
