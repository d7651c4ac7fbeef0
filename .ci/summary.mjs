// Adds the reports in test-results/ up and prints them as one line, after what failed: of a log of thousands of lines often only the end is
// kept. A report that is missing, or that has no test, is a failure.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { reportOf, SUITES } from "../scripts/suites.mjs";

const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

/** How much of a failure is shown: this many lines that are not of the runner, with this many characters each. */
const [LINES, COLUMNS] = [12, 1_000];
const shown = (message) =>
  stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !line.includes("/node_modules/"))
    .slice(0, LINES)
    .map((line) => line.slice(0, COLUMNS))
    .join("\n");

function vitest(text) {
  const { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites, success } =
    JSON.parse(text);
  // A file that does not even load fails as a suite, with no test in it.
  const failed = numFailedTests === 0 && !success ? Math.max(1, numFailedTestSuites) : numFailedTests;
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const tests = assertionResults.filter((test) => test.status === "failed");
    return tests.length === 0 && status === "failed"
      ? [{ test: file, message }]
      : tests.map((test) => ({ test: `${file} > ${test.fullName}`, message: test.failureMessages.join("\n") }));
  });
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests, failures };
}

function pytest(text) {
  const of = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const failed = of("failures") + of("errors");
  // pytest has just printed its own summary, as the last of the suites.
  return { passed: of("tests") - failed - of("skipped"), failed, skipped: of("skipped"), failures: [] };
}

const say = (text) => void process.stdout.write(`${text}\n`);
const failures = [];
const total = { passed: 0, failed: 0, skipped: 0 };
const COUNTS = { vitest, pytest };
for (const suite of SUITES) {
  const file = reportOf(suite);
  const text = read(file);
  const found = text === undefined ? { passed: 0, failed: 0, skipped: 0, failures: [] } : COUNTS[suite.format](text);
  say(`${suite.name}: ${found.passed} passed, ${found.failed} failed, ${found.skipped} skipped`);
  if (found.passed + found.failed === 0) {
    say(`${file}: no test ran.`);
    found.failed = 1;
  }
  failures.push(...found.failures);
  for (const key of Object.keys(total)) total[key] += found[key];
}

for (const { test, message } of failures) say(`\nFAILED ${test}\n${shown(message)}`);
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed + total.skipped > 0 ? 1 : 0;
