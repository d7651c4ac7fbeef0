import { explain, type Explained } from "../aws/advice.ts";
import { Unsimulated } from "../aws/unsimulated.ts";
import { maskedProse } from "../masking.ts";
import { ConfigError, lineOf, type ConfigProblem } from "../config/errors.ts";
import { LockedError, StateError } from "../../state/state.ts";
import type { CommonFlags } from "./context.ts";
import { EXIT, RunError, UsageError, type Exit } from "./exit.ts";
import { pasted } from "./paste.ts";
import { paint, type Terminal } from "./terminal.ts";

/** How a failure is told. */
export interface Telling {
  /** Whether the stack trace is shown. */
  readonly debug?: boolean;
  /** Whether programs read the answer, which says then what failed. */
  readonly json?: boolean;
  /** The flags of the command, for the commands that are told; none where it could not be read. */
  readonly flags?: CommonFlags;
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
export function tellFailure(
  error: unknown,
  terminal: Terminal,
  { debug = false, json = false, flags = PLAIN }: Telling = {},
): Exit {
  if (error instanceof ConfigError) {
    terminal.error(paint.red(INVALID));
    for (const problem of error.problems) terminal.error(`  ${pasted(lineOf(problem), flags)}`);
    if (json) terminal.answer(JSON.stringify(answerOf(error, flags)));
    return EXIT.usage;
  }
  const { what, advice } = explained(error, flags);
  terminal.error(`${paint.red("Error:")} ${what}`);
  if (advice !== undefined) terminal.error(advice);
  const ours = [UsageError, RunError, StateError, LockedError, Unsimulated].some((own) => error instanceof own);
  if (debug && error instanceof Error) terminal.error(maskedProse(error.stack ?? ""));
  else if (!ours && advice === undefined)
    terminal.error(
      flags.again === undefined
        ? "To see the stack trace, set FAIRLEAD_DEBUG=1."
        : `To see the stack trace: FAIRLEAD_DEBUG=1 ${flags.again}`,
    );
  if (json) terminal.answer(JSON.stringify(answerOf(error, flags)));
  return exitOf(error);
}

const PLAIN: CommonFlags = { target: "local" };

/** An error in words, with commands that can be pasted. */
export function explained(error: unknown, flags: CommonFlags): Explained {
  const { what, advice } = explain(error);
  return { what: pasted(what, flags), advice: advice === undefined ? undefined : pasted(advice, flags) };
}

/** An error as the answer of a command that it has ended. */
export function answerOf(
  error: unknown,
  flags: CommonFlags,
): { readonly error: FailureAnswer & { readonly exit: Exit } } {
  if (error instanceof ConfigError)
    return {
      error: {
        message: INVALID,
        problems: error.problems.map((one) => ({ ...one, message: pasted(one.message, flags) })),
        exit: exitOf(error),
      },
    };
  const { what, advice } = explained(error, flags);
  return { error: { message: what, ...(advice === undefined ? {} : { advice }), exit: exitOf(error) } };
}

/** On one line, because some commands answer with one object per line. */
export const failureAnswer = (said: FailureAnswer, exit: Exit): string => JSON.stringify({ error: { ...said, exit } });

function exitOf(error: unknown): Exit {
  if (error instanceof LockedError) return EXIT.locked;
  const isUsage = [UsageError, Unsimulated, ConfigError].some((one) => error instanceof one);
  return isUsage ? EXIT.usage : EXIT.failed;
}
