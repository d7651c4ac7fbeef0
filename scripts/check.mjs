// npm run check: format, lint, types and unused code. The cheapest check comes first; the others run in parallel.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs all checks and returns whether they passed; each check's output is passed to `tell` in one piece. */
export async function check(tell) {
  const run = (command, ...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(`${root}node_modules/.bin/${command}`, args, {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data.toString()));
      child.on("error", reject);
      child.on("close", (code) => {
        tell(`> ${[command, ...args].join(" ")}\n${said}`);
        resolve(code === 0);
      });
    });
  return (
    (await run("oxfmt", "--check")) &&
    (await Promise.all([run("oxlint"), run("tsc"), run("tsc", "-p", "src/page/client"), run("knip")])).every(Boolean)
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = (await check((text) => process.stdout.write(text))) ? 0 : 1;
