import { CommanderError } from "commander";
import { EXIT, type Exit } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { programOf } from "./program.ts";
import type { CliContext } from "./context.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** Runs one command line and answers the exit code. Never throws for a user's mistake. */
export async function main(argv: readonly string[], directory = process.cwd()): Promise<Exit> {
  const terminal = processTerminal(argv.includes("--json"));
  const stopping = stopOnInterrupt(terminal);
  const context: CliContext = { directory, terminal, stop: stopping.signal };
  let exit: Exit = EXIT.done;
  const program = programOf(context, (code) => (exit = code));
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

/** The first Ctrl-C lets what runs finish, the second ends at once; the state says where the next run goes on either way. */
function stopOnInterrupt(terminal: Terminal) {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      terminal.line("Stopped. The next run checks what was in progress.");
      process.exit(130);
    }
    terminal.line(
      "Stopping: finishing what is in progress, starting nothing new. Press Ctrl-C again to stop immediately.",
    );
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
