import { explain } from "../aws/advice.ts";
import { Unsimulated } from "../aws/unsimulated.ts";
import { maskedProse } from "../masking.ts";
import { ConfigError, lineOf, type ConfigProblem } from "../config/errors.ts";
import { LockedError, StateError } from "../../state/state.ts";
import { EXIT, RunError, UsageError, type Exit } from "./exit.ts";
import { paint, type Terminal } from "./terminal.ts";

/** How a failure is told. */
export interface Telling {
  /** Whether the stack trace is shown. */
  readonly debug?: boolean;
  /** Whether programs read the answer, which says then what failed. */
  readonly json?: boolean;
}

/** The answer of a command that failed before it had one. */
interface FailureAnswer {
  readonly message: string;
  /** What to do. */
  readonly advice?: string;
  /** What is wrong in the config, setting by setting. */
  readonly problems?: readonly ConfigProblem[];
}

const INVALID = "The config is invalid. No changes were made.";

/** Tells why a command ended early, in sentences, and answers the exit code that says so. */
export function tellFailure(error: unknown, terminal: Terminal, { debug = false, json = false }: Telling = {}): Exit {
  if (error instanceof ConfigError) {
    terminal.error(paint.red(INVALID));
    for (const problem of error.problems) terminal.error(`  ${lineOf(problem)}`);
    if (json) terminal.answer(JSON.stringify(answerOf(error)));
    return EXIT.usage;
  }
  const { what, advice } = explain(error);
  terminal.error(`${paint.red("Error:")} ${what}`);
  if (advice !== undefined) terminal.error(advice);
  const ours = [UsageError, RunError, StateError, LockedError, Unsimulated].some((own) => error instanceof own);
  if (debug && error instanceof Error) terminal.error(maskedProse(error.stack ?? ""));
  else if (!ours && advice === undefined) terminal.error("Run again with FAIRLEAD_DEBUG=1 to see the stack trace.");
  if (json) terminal.answer(JSON.stringify(answerOf(error)));
  return exitOf(error);
}

/** An error as the answer of a command that it has ended. */
export function answerOf(error: unknown): { readonly error: FailureAnswer & { readonly exit: Exit } } {
  if (error instanceof ConfigError)
    return { error: { message: INVALID, problems: error.problems, exit: exitOf(error) } };
  const { what, advice } = explain(error);
  return { error: { message: what, ...(advice === undefined ? {} : { advice }), exit: exitOf(error) } };
}

/** On one line, because some commands answer with one object per line. */
export const failureAnswer = (said: FailureAnswer, exit: Exit): string => JSON.stringify({ error: { ...said, exit } });

function exitOf(error: unknown): Exit {
  if (error instanceof LockedError) return EXIT.locked;
  const isUsage = [UsageError, Unsimulated, ConfigError].some((one) => error instanceof one);
  return isUsage ? EXIT.usage : EXIT.failed;
}
