import { answerJson } from "../answers/answer.ts";
import { spawn, spawnSync } from "node:child_process";
import { awsCommand } from "../../aws/command-line.ts";
import { entrance } from "../../release/exec.ts";
import { refFor, type ServiceFlag } from "../services.ts";
import { EXIT, RunError, type Exit } from "../exit.ts";
import { inSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";

export interface ExecFlags extends CommonFlags, ServiceFlag {
  /** The command to run in the container. */
  readonly command: string;
  /** Print the command line instead of running it. */
  readonly print?: boolean;
}

/** Enters a running task with ECS Exec: by AWS's own command line where it is installed, which this prints otherwise. */
export const exec = (flags: ExecFlags, context: CliContext): Promise<Exit> =>
  inSession(flags, context, (session) => enter(flags, session));

async function enter(flags: ExecFlags, session: Session): Promise<Exit> {
  const { terminal, target, aws } = session;
  const way = await entrance(refFor(session, flags, "exec"));
  if ("refused" in way) throw new RunError(way.refused);
  const { cluster, task, container } = way;
  const named = Object.entries({ region: aws.region, cluster, task, container, command: flags.command });
  const args = ["ecs", "execute-command", ...named.flatMap(([name, value]) => [`--${name}`, value]), "--interactive"];
  const line = awsCommand(args);
  if (flags.json) {
    answerJson(terminal, "exec", { cluster, task, container, commandLine: line });
    return EXIT.done;
  }
  const missing = ["aws", "session-manager-plugin"].filter((program) => !isInstalled(program));
  if (flags.print || target === "local" || missing.length > 0 || !terminal.asks) {
    terminal.answer(line);
    if (target === "local")
      terminal.line("The simulated AWS has no containers to enter. On AWS, this command opens the shell.");
    else if (missing.length > 0) terminal.line(`To run it here, install ${missing.join(" and ")}.`);
    return EXIT.done;
  }
  return run(args);
}

const isInstalled = (program: string) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

function run(args: readonly string[]): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const child = spawn("aws", args, { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? EXIT.done : EXIT.failed));
  });
}
