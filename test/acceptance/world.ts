import { execFile, spawn, spawnSync, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PYTHON = process.env["PYTHON"] ?? "python3";
export const REGION = "ap-northeast-1";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** An AWS on loopback that nobody of this project wrote: moto's server, stricter, slower and less reliable on demand. */
export interface Moto {
  readonly endpoint: string;
  /** What a command needs to reach it. */
  readonly env: Readonly<Record<string, string>>;
  /** Calls by `service.Action` since the last `forget`. */
  calls(): Promise<Record<string, number>>;
  forget(): Promise<void>;
  /** No faults from now on. */
  calm(): Promise<void>;
  /** Faults again, as it was started with. */
  disturb(): Promise<void>;
  /** How many of each resource exist, counted by boto3. */
  count(): Promise<Record<string, number>>;
  /** The same of what only settings create that are off by default. */
  countOptional(): Promise<Record<string, number>>;
  /** The arguments with which a command logs its calls, to be judged at the end. */
  logged(): string[];
  /** Ends it; throws where AWS's models refuse a request that any command has sent. */
  stop(): void;
}

/** Says how to install moto where it is missing; the acceptance ring is never skipped. */
export function requireMoto(): void {
  const { status } = spawnSync(PYTHON, ["-c", "import moto.server, boto3"], { stdio: "ignore" });
  if (status !== 0)
    throw new Error(
      `The acceptance tests need Python 3.9 or newer with moto and boto3. Install them with: ${PYTHON} -m pip install -r test/acceptance/requirements.txt (PYTHON names another interpreter).`,
    );
}

/** How a server is started. */
interface MotoOptions {
  readonly ready?: string;
  readonly args?: string[];
  /** Whether the requests are judged by AWS's models at the end, for which each command has to log them; left out: they are. */
  readonly judged?: boolean;
}

/** Starts one on a free port. `ready`: seconds until things become ready, as `alb=15,nat=10`. */
export async function startMoto({ ready = "", args = [], judged = true }: MotoOptions = {}): Promise<Moto> {
  requireMoto();
  const child = spawn(PYTHON, [here("world/moto_world.py"), "0", ...args], {
    env: { ...process.env, WORLD_READY: ready, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const endpoint = `http://127.0.0.1:${await portOf(child)}`;
  const folder = mkdtempSync(join(tmpdir(), "fairlead-judged-"));
  const logs: string[] = [];
  const count = async (...what: readonly string[]) => {
    const { stdout } = await promisify(execFile)(PYTHON, [here("count.py"), endpoint, REGION, ...what]);
    return JSON.parse(stdout) as Record<string, number>;
  };
  const ask = async (path: string, method = "GET") => (await fetch(endpoint + path, { method })).text();
  return {
    endpoint,
    env: { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: "t", AWS_SECRET_ACCESS_KEY: "t" },
    calls: async () => JSON.parse(await ask("/world/calls")) as Record<string, number>,
    forget: async () => void (await ask("/world/reset", "POST")),
    calm: async () => void (await ask("/world/calm", "POST")),
    disturb: async () => void (await ask("/world/disturb", "POST")),
    count: () => count(),
    countOptional: () => count("optional"),
    logged() {
      logs.push(join(folder, `${logs.length}.jsonl`));
      return ["--log", logs.at(-1) ?? ""];
    },
    stop() {
      child.kill();
      const verdict = judged ? judge(logs) : undefined;
      rmSync(folder, { recursive: true });
      if (!verdict) return;
      process.stderr.write(
        `${verdict.requests} requests of ${verdict.operations.length} operations judged by AWS's models: ${verdict.violations.length} violations.\n`,
      );
      if (verdict.violations.length > 0) throw new Error(verdict.violations.join("\n"));
    },
  };
}

/** What botocore's models say to the requests in these logs. */
export interface Judged {
  readonly requests: number;
  readonly operations: readonly string[];
  readonly violations: readonly string[];
}

export function judge(logs: readonly string[]): Judged {
  const { status, stdout, stderr } = spawnSync(PYTHON, [here("judge.py"), ...logs], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`The requests cannot be judged: ${stderr}`);
  return JSON.parse(stdout) as Judged;
}

/** The calls among `calls` that change something. */
export const mutating = (calls: Record<string, number>): string[] =>
  Object.keys(calls).filter((name) => !/\.(Describe|List|Get|BatchGet|GET |HEAD )/.test(name));

/** Calls that make, change or delete what belongs to a stack that others share. */
export const OF_SHARED_STACK =
  /Vpc|Subnet|Route|Gateway|Address|LoadBalancer|Listener|Cluster|Distribution|ResponseHeadersPolicy|\.SetRulePriorities/;

/** The port that it says it listens on. */
async function portOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const [line] = (await Promise.race([once(child.stdout, "data"), once(child, "close")])) as unknown[];
  if (!(line instanceof Buffer)) throw new Error(`moto_server ended at once: ${said}`);
  return Number(line.toString());
}
