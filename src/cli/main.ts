import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT, type Exit } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { CONFIG_FILE } from "./load.ts";
import type { Surroundings } from "./session.ts";
import { TARGETS } from "./target.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { outputs } from "./verbs/outputs.ts";
import { plan } from "./verbs/plan.ts";
import { reconcile } from "./verbs/reconcile.ts";
import { status } from "./verbs/status.ts";
import { teardown } from "./verbs/teardown.ts";

const EXIT_CODES = `
Exit codes: 0 done, 1 failed or only partly done, 2 wrong flag or configuration (nothing was touched),
3 changes pending (plan --check), 4 somebody else holds the lock.`;

/** Runs one command line and answers the exit code. Never throws for a user's mistake. */
export async function main(argv: readonly string[], directory = process.cwd()): Promise<Exit> {
  const terminal = processTerminal(argv.includes("--json"));
  const stopping = stopOnInterrupt(terminal);
  const surroundings: Surroundings = { directory, terminal, stop: stopping.signal };
  let exit: Exit = EXIT.done;
  const program = programOf(surroundings, (code) => (exit = code));
  try {
    await program.parseAsync(argv, { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return tellFailure(error, terminal, process.env["FAIRLEAD_DEBUG"] !== undefined);
  } finally {
    stopping.end();
  }
}

function programOf(surroundings: Surroundings, ended: (exit: Exit) => void): Command {
  const program = new Command("fairlead")
    .description(
      `Stands a container service up on AWS from one typed file (${CONFIG_FILE}), keeps it there, and takes it down again.`,
    )
    .exitOverride()
    .addHelpText("after", EXIT_CODES);
  const verb = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(
        new Option("--target <target>", "the built-in simulated AWS, or AWS itself (AWS_ENDPOINT_URL is honoured)")
          .choices([...TARGETS])
          .default("local"),
      )
      .option("--env <name>", "the environment of the file to work on")
      .option("--config <file>", "the file that declares the stack", CONFIG_FILE)
      .option("--json", "print one JSON object; everything else goes to stderr")
      .option("--log <file>", "write every call to a file, one JSON line each")
      .exitOverride();

  verb("plan", "show what a reconcile would do; changes nothing")
    .option("--check", "exit with 3 where there are changes")
    .option("--full", "show every field of what is created, and long values whole")
    .action(async (flags) => ended(await plan(flags, surroundings)));
  verb("reconcile", "lead AWS to what the file declares")
    .option("--yes", "do not ask; needed on AWS where there is no terminal")
    .option("--watch <interval>", "go on reconciling, with a pause such as 60s, 5m or 1h in between", interval)
    .action(async (flags) => ended(await reconcile(flags, surroundings)));
  verb("teardown", "delete everything of the stack, its data included")
    .option("--yes", "do not ask; needed on AWS where there is no terminal")
    .action(async (flags) => ended(await teardown(flags, surroundings)));
  verb("status", "tell how each layer is, what has drifted and which revision runs").action(async (flags) =>
    ended(await status(flags, surroundings)),
  );
  verb("outputs", "print the stack's outputs, or the bare value of one")
    .argument("[name]", "such as application_url")
    .action(async (name: string | undefined, flags) => ended(await outputs(name, flags, surroundings)));
  return program;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `60s`, `5m`, `1h` in milliseconds. */
function interval(text: string): number {
  const [, number = "", unit = ""] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError("It is a number with s, m or h, such as 60s.");
  return ms;
}

/** The first Ctrl-C lets what runs finish, the second ends at once; the state says where the next run goes on either way. */
function stopOnInterrupt(terminal: Terminal) {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      terminal.line("Stopped at once. The next run looks at what was under way.");
      process.exit(130);
    }
    terminal.line("Stopping: what runs is finished, nothing new starts. Press Ctrl-C again to stop at once.");
    controller.abort(new Error("the run was stopped"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const end = () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  return { signal: controller.signal, end };
}
