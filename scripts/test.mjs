// npm test: the static checks and the quick suites at the same time, since neither of them keeps two cores busy. Arguments are for vitest.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const QUICK = ["mocked", "plain", "isolated"];

/** Runs a program to completion. What it says is returned if it is collected, so that it does not mix with another's. */
const run = (command, args, { collect = false } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: collect ? ["ignore", "pipe", "pipe"] : "inherit" });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (said += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ passed: code === 0, said }));
  });

const checking = run(process.execPath, [`${root}scripts/check.mjs`], { collect: true });
const projects = QUICK.flatMap((name) => ["--project", name]);
const tests = await run(`${root}node_modules/.bin/vitest`, ["run", ...projects, ...process.argv.slice(2)]);
const checks = await checking;
process.stdout.write(checks.said);
process.exitCode = tests.passed && checks.passed ? 0 : 1;
