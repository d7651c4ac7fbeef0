import { stripVTControlCharacters } from "node:util";
import { CommanderError } from "commander";
import { EXIT, type Exit } from "./exit.ts";
import { failureAnswer, tellFailure } from "./failure.ts";
import { failureMarkdown } from "./plan-markdown.ts";
import { programOf } from "./program.ts";
/** For programs: `src/in-process.ts` of a package runs what this build has. */
export { runInProcess } from "./in-process.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { typedAgain } from "./paste.ts";
import { answersPrograms, asksForJson, asksForMarkdown, processTerminal, type Terminal } from "./terminal.ts";

/** Runs one command line on the process's terminal and answers the exit code. Never throws for a user's mistake. */
export async function main(argv: readonly string[], directory = process.cwd()): Promise<Exit> {
  const terminal = processTerminal(answersPrograms(argv));
  const stopping = stopOnInterrupt(terminal);
  try {
    return await runCommandLine(argv, { directory, terminal, stop: stopping.signal });
  } finally {
    stopping.end();
  }
}

/** Runs one command line. With `--markdown`, one that fails before it has answered answers a comment that says so. */
export async function runCommandLine(argv: readonly string[], context: CliContext): Promise<Exit> {
  if (!asksForMarkdown(argv) || asksForJson(argv)) return runToEnd(argv, context);
  const { terminal, said } = noting(context.terminal);
  const exit = await runToEnd(argv, { ...context, terminal });
  if (exit !== EXIT.done && !said.answered) context.terminal.answer(failureMarkdown(said.errors));
  return exit;
}

/** Runs one command line. With `--json`, a command that fails before it has answered answers what failed. */
async function runToEnd(argv: readonly string[], context: CliContext): Promise<Exit> {
  const { terminal, said } = noting(context.terminal);
  const mayAnswer = () => asksForJson(argv) && !said.answered;
  let exit: Exit = EXIT.done;
  const program = programOf({ ...context, terminal }, (code) => (exit = code));
  let flags: CommonFlags | undefined;
  program.hook("preAction", (_, called) => {
    const its = called.opts<Partial<CommonFlags>>();
    // Commands without a target have no stack either, and mean something else by flags of the same names.
    if (its.target === undefined) return;
    said.quiet = its.quiet ?? false;
    called.setOptionValue("again", typedAgain(argv));
    flags = { ...called.opts(), target: its.target };
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    if (exit !== EXIT.done && mayAnswer()) terminal.answer(failureAnswer({ message: said.last }, exit));
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError))
      return tellFailure(error, terminal, {
        debug: process.env["FAIRLEAD_DEBUG"] !== undefined,
        json: mayAnswer(),
        flags: flags ?? { target: "local", again: typedAgain(argv) },
      });
    if (error.exitCode === 0) return EXIT.done;
    if (mayAnswer()) terminal.answer(failureAnswer({ message: error.message.replace(/^error: /, "") }, EXIT.usage));
    return EXIT.usage;
  }
}

/** A terminal that knows whether the command has answered, what it said last, and why it ended early; it says less once `quiet` is set. */
function noting(terminal: Terminal) {
  const said = { answered: false, last: "", errors: new Array<string>(), quiet: false };
  const noted: Terminal = {
    ...terminal,
    get quiet() {
      return said.quiet;
    },
    get live() {
      return terminal.live && !said.quiet;
    },
    // A question would be about what was not shown.
    get asks() {
      return terminal.asks && !said.quiet;
    },
    line(text = "", part) {
      if (text !== "") said.last = stripVTControlCharacters(text);
      if (!said.quiet || (part !== undefined && part !== "failure")) terminal.line(text, part);
      else if (part === "failure") terminal.error(text);
    },
    draw(lines) {
      if (!said.quiet) terminal.draw(lines);
    },
    error(text) {
      said.errors.push(text);
      terminal.error(text);
    },
    answer(text) {
      said.answered = true;
      terminal.answer(text);
    },
  };
  return { terminal: noted, said };
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
