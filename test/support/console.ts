import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/fairlead.mjs", import.meta.url));

/** A console that runs. */
export interface RunningConsole {
  /** With the token. */
  readonly address: string;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly pid: number;
  /** Ends it as Ctrl-C does, and answers its exit code. */
  readonly end: () => Promise<number | null>;
}

/** Starts `console` in a folder as a user does, and resolves once it has told its address. */
export const startConsole = (directory: string, ...flags: readonly string[]): Promise<RunningConsole> =>
  startConsoleIn(directory, process.env, ...flags);

/** The same with other environment variables. */
export async function startConsoleIn(
  directory: string,
  env: NodeJS.ProcessEnv,
  ...flags: readonly string[]
): Promise<RunningConsole> {
  const child = spawn(process.execPath, [BIN, "console", "--json", ...flags], {
    cwd: directory,
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const told = await Promise.race([once(child.stdout, "data") as Promise<[Buffer]>, ended.then(() => undefined)]);
  const [line] = told ?? [];
  if (line === undefined) throw new Error(`The console did not start: ${said}`);
  const { address } = JSON.parse(line.toString()) as { readonly address: string };
  return {
    address,
    origin: new URL(address).origin,
    pid: child.pid ?? 0,
    end: async () => {
      child.kill("SIGINT");
      const [code] = await ended;
      return code;
    },
  };
}
