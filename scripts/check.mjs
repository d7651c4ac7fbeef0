// npm run check: format, lint, types and unused code. The cheapest check comes first; the others run in parallel.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs one check to completion and prints its output in one piece. */
const check = (command, ...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(`${root}node_modules/.bin/${command}`, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      process.stdout.write(`> ${[command, ...args].join(" ")}\n${said}`);
      resolve(code === 0);
    });
  });

const passed =
  (await check("oxfmt", "--check")) &&
  (await Promise.all([check("oxlint"), check("tsc"), check("knip")])).every(Boolean);
process.exitCode = passed ? 0 : 1;
