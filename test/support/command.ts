import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { checkAnswer } from "./answers.ts";

const BIN = fileURLToPath(new URL("../../bin/fairlead.mjs", import.meta.url));

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it took, start-up included. */
  readonly ms: number;
}

/** The surroundings of a command: no AWS variable of the machine that runs the tests, no configuration of its user. */
export const bare = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"))),
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  NO_COLOR: "1",
});

/** Runs the command line as a user does: a process of its own in `directory`. `heard` is told what it says to people, as it says it. */
export function command(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  heard: (said: string) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: directory,
      env: { ...bare(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString();
      heard(stderr);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      try {
        // One that was killed may not have answered to the end.
        if (code !== null) checkAnswer(args, stdout);
        resolve({ code, stdout, stderr, ms: performance.now() - started });
      } catch (error) {
        reject(error);
      }
    });
  });
}
