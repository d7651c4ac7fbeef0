import { spawn } from "node:child_process";

/** Why a command failed, as its answer says. */
export interface Failure {
  readonly message: string;
  readonly advice?: string;
  readonly problems?: readonly { readonly path: string; readonly message: string; readonly place?: string }[];
}

/** What a command came to: its answer, or why it has none; and what it said to people. */
export interface Ended {
  readonly answer?: unknown;
  readonly failure?: Failure;
  readonly said: string;
}

/** Runs a command line of this program in a process of its own. `heard` is told each line that it says to people. Never throws. */
export type Runner = (words: readonly string[], heard?: (line: string) => void) => Promise<Ended>;

/** How this program is started, and where. */
export interface Program {
  /** What Node.js is given before the words of a command: its own flags, and this program's file. */
  readonly start: readonly string[];
  readonly directory: string;
  /** Ends the processes that run. */
  readonly stop: AbortSignal;
}

/** Runs commands as this program's own processes, each of which ends with its answer: what they need of memory goes with them. */
export const childRunner =
  ({ start, directory, stop }: Program): Runner =>
  (words, heard) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [...start, ...words], {
        cwd: directory,
        env: { ...process.env, NO_COLOR: "1", CI: "true" },
        stdio: ["ignore", "pipe", "pipe"],
        signal: stop,
        killSignal: "SIGTERM",
      });
      const [out, said]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (data: Buffer) => out.push(data));
      child.stderr.on("data", (data: Buffer) => {
        said.push(data);
        const last = data.toString().trim().split("\n").at(-1);
        if (last) heard?.(last);
      });
      child.on("error", (error) =>
        resolve({ failure: { message: `The command did not run: ${error.message}.` }, said: "" }),
      );
      child.on("close", () => resolve(endedOf(Buffer.concat(out).toString(), Buffer.concat(said).toString().trim())));
    });

/** What a command came to, by what it wrote. */
export function endedOf(text: string, said: string): Ended {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return { failure: { message: said === "" ? "The command ended without an answer." : said }, said };
  }
  const failed = (answer as { readonly error?: Failure } | null)?.error;
  return typeof failed === "object" && typeof failed.message === "string"
    ? { failure: failed, said }
    : { answer, said };
}
