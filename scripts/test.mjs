// npm test: the static checks and the quick suites at the same time, since neither of them keeps two cores busy. Arguments are for vitest.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { check } from "./check.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const QUICK = ["mocked", "plain", "isolated"];

const projects = QUICK.flatMap((name) => ["--project", name]);
const args = ["run", ...projects, ...process.argv.slice(2)];
const tests = spawn(`${root}node_modules/.bin/vitest`, args, { cwd: root, stdio: "inherit" });
const ended = once(tests, "close");

// The checks take what the tests leave of the cores: side by side with equal rights, both take longer than one after the other.
setPriority(constants.priority.PRIORITY_LOW);
// What the checks say comes after the tests, so that it does not mix with theirs.
const said = [];
const [[code], passed] = await Promise.all([ended, check((text) => said.push(text))]);
process.stdout.write(said.join(""));
process.exitCode = code === 0 && passed ? 0 : 1;
