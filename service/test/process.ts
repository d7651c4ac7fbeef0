import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Fields } from "../src/log.ts";
import { object, SERVICE } from "./support.ts";

const MAIN = fileURLToPath(new URL("src/main.ts", SERVICE));

/** The service in a process of its own. */
export interface ServiceProcess {
  child: ChildProcess;
  port: number;
  /** All log lines so far. */
  lines: Fields[];
  /** Resolves with the first line, past or future, that has this message. */
  line: (message: string) => Promise<Fields>;
  /** Resolves with exit code and signal once the process is gone and its output read. */
  gone: Promise<unknown[]>;
}

/** Starts main.ts on a free loopback port and waits until it listens. */
export async function startProcess(command = ["--import", "tsx", MAIN]): Promise<ServiceProcess> {
  const env = { ...process.env, HOST: "127.0.0.1", PORT: "0", APP_ENV: "test" };
  const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "close");

  const lines: Fields[] = [];
  const waiting = new Set<(line: Fields) => void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = object(text);
    lines.push(line);
    for (const look of waiting) look(line);
  });
  const line = (message: string) =>
    new Promise<Fields>((resolve, reject) => {
      const look = (candidate: Fields) => candidate["message"] === message && resolve(candidate);
      lines.forEach(look);
      waiting.add(look);
      void gone.then(() => reject(new Error(`The service ended without the line "${message}".`)));
    });

  const { port } = await line("Server listening.");
  return { child, port: Number(port), lines, line, gone };
}

/** Runs main.ts with an environment that it refuses; gives its exit code and its output. */
export async function runToEnd(env: NodeJS.ProcessEnv): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN], { env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}
