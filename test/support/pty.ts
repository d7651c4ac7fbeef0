import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/fairlead.mjs", import.meta.url));

/** Runs each command line, given as JSON, on a pseudo-terminal of its own, and prints what it showed and its exit code, one JSON object a line. */
const RUNNER = `
import json, os, pty, select, struct, sys, fcntl, termios, time
asked = json.loads(sys.stdin.read())
for argv in asked["lines"]:
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(asked["node"], [asked["node"], asked["bin"], *argv])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, asked["columns"], 0, 0))
    shown = b""
    until = time.time() + 60
    while time.time() < until:
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data
        # Whoever is asked something leaves the question with Ctrl-C.
        if b"\\x1b[?25l" in data:
            os.write(fd, b"\\x03")
    _, status = os.waitpid(pid, 0)
    print(json.dumps({"shown": shown.decode("utf-8", "replace"), "exit": os.waitstatus_to_exitcode(status)}), flush=True)
`;

/** What a person saw of a command, control sequences included, and its exit code. */
export interface Shown {
  readonly shown: string;
  readonly exit: number;
}

/** Runs command lines one after the other, each as a process on a terminal of its own. */
export function onTerminal(
  directory: string,
  lines: readonly (readonly string[])[],
  { columns = 80, env = {} }: { readonly columns?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<readonly Shown[]> {
  return new Promise((resolve, reject) => {
    const { CI: _ci, NO_COLOR: _colour, ...rest } = process.env;
    const bare = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith("AWS_")));
    const aws = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
    const child = spawn("python3", ["-c", RUNNER], {
      cwd: directory,
      env: { ...bare, ...aws, AWS_EC2_METADATA_DISABLED: "true", TERM: "xterm-256color", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`The terminals ended with exit code ${code}.`));
      resolve(
        said
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Shown),
      );
    });
    child.stdin.end(JSON.stringify({ node: process.execPath, bin: BIN, columns, lines }));
  });
}
