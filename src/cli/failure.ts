import { explain } from "../aws/advice.ts";
import { Unsimulated } from "../aws/unsimulated.ts";
import { maskedProse } from "../masking.ts";
import { ConfigError, lineOf } from "../config/errors.ts";
import { LockedError, StateError } from "../../state/state.ts";
import { EXIT, RunError, UsageError, type Exit } from "./exit.ts";
import { paint, type Terminal } from "./terminal.ts";

/** Tells why a command ended early, in sentences, and answers the exit code that says so. */
export function tellFailure(error: unknown, terminal: Terminal, debug: boolean): Exit {
  if (error instanceof ConfigError) {
    terminal.line(paint.red("The config is invalid. No changes were made."));
    for (const problem of error.problems) terminal.line(`  ${lineOf(problem)}`);
    return EXIT.usage;
  }
  const { what, advice } = explain(error);
  terminal.line(`${paint.red("Error:")} ${what}`);
  if (advice !== undefined) terminal.line(advice);
  const ours = [UsageError, RunError, StateError, LockedError, Unsimulated].some((own) => error instanceof own);
  if (debug && error instanceof Error) terminal.line(maskedProse(error.stack ?? ""));
  else if (!ours && advice === undefined) terminal.line("Run again with FAIRLEAD_DEBUG=1 to see the stack trace.");
  if (error instanceof LockedError) return EXIT.locked;
  return error instanceof UsageError || error instanceof Unsimulated ? EXIT.usage : EXIT.failed;
}
