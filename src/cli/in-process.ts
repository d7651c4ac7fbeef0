// The commands for programs: with a terminal that nobody reads, and answers and errors as values.
import { stripVTControlCharacters } from "node:util";
import { Shared } from "../aws/shared.ts";
import type { ChangeOptions, ChangePlan, Outcome, StackEvent, StackSource, Verb } from "../in-process.ts";
import { plan } from "./commands/plan.ts";
import { reconcile } from "./commands/reconcile.ts";
import { status } from "./commands/status.ts";
import { teardown } from "./commands/teardown.ts";
import type { CliContext, CommonFlags, PlannedAnswer } from "./context.ts";
import { EXIT, UsageError, type Exit } from "./exit.ts";
import { answerOf } from "./failure.ts";
import { TARGETS } from "./target.ts";
import type { Terminal } from "./terminal.ts";

/** What the runs of this process have in common on AWS: connections and rates. */
const shared = new Shared();

const COMMANDS: Readonly<Record<Verb, (flags: Flags, context: CliContext) => Promise<Exit>>> = {
  plan,
  reconcile: (flags, context) => reconcile(flags, context),
  status,
  teardown,
};

interface Flags extends CommonFlags {
  readonly yes?: boolean;
  readonly wait?: boolean;
}

/** Runs a command; never throws for what the command line would say in a sentence. */
export async function runInProcess(
  verb: Verb,
  stack: StackSource,
  options: ChangeOptions,
  emit: (event: StackEvent) => void,
): Promise<Outcome> {
  const { target = "local", env, region, confirm, yes, wait, signal } = options;
  const flags: Flags = {
    target,
    json: true,
    ...(env === undefined ? {} : { env }),
    ...(region === undefined ? {} : { region }),
    ...("file" in stack ? { config: stack.file } : {}),
    ...(wait === undefined || verb === "status" ? {} : { wait }),
    ...(yes === undefined ? {} : { yes }),
  };
  const { said, terminal } = silent(emit);
  const asked = { declined: false };
  const ask = async (planned: PlannedAnswer) => {
    // As a program that reads --json is shown it: without what is not set.
    const shown = JSON.parse(JSON.stringify(planned)) as ChangePlan;
    const agrees = yes === true || confirm === undefined || (await confirm(shown));
    asked.declined ||= !agrees;
    return agrees;
  };
  const context: CliContext = {
    directory: options.directory ?? process.cwd(),
    terminal,
    stop: signal ?? new AbortController().signal,
    ...("file" in stack ? {} : { loaded: { config: stack } }),
    confirm: ask,
    listen: emit,
    shared,
  };
  try {
    demandConsent(verb, options);
    const exit = await COMMANDS[verb](flags, context);
    const answer = said.answer === undefined ? {} : { answer: JSON.parse(said.answer) as unknown };
    if (exit === EXIT.done) return { exit, ...answer };
    const message = asked.declined ? "The plan was not confirmed. No changes were made." : said.last;
    return { exit, ...answer, message };
  } catch (error) {
    const { message, advice, problems = [], exit } = answerOf(error, flags).error;
    // What is not from a file has no place in one.
    const told = problems.map(({ place, ...problem }) => ("file" in stack ? { ...problem, place } : problem));
    return { exit, message, advice, problems: told, cause: error };
  }
}

/** Nothing on AWS is changed unless the program was shown the plan, or said that it need not be. */
function demandConsent(verb: Verb, { target = "local", confirm, yes, signal }: ChangeOptions): void {
  if (!TARGETS.includes(target))
    throw new UsageError(
      `There is no target ${JSON.stringify(target)}; allowed: "local", "aws". No changes were made.`,
    );
  if ((verb === "reconcile" || verb === "teardown") && target === "aws" && confirm === undefined && yes !== true)
    throw new UsageError(
      `${verb} changes AWS, so it needs confirm, a function that is shown the plan, or yes: true. No changes were made.`,
    );
  if (signal?.aborted) throw new UsageError(`The signal was aborted before ${verb} began. No changes were made.`);
}

/** A terminal that nobody reads: lines become events, and the answer is kept. */
function silent(emit: (event: StackEvent) => void) {
  const said: { answer?: string; last: string } = { last: "" };
  const line = (written = "") => {
    const text = stripVTControlCharacters(written);
    if (text === "") return;
    said.last = text;
    emit({ event: "said", text });
  };
  const terminal: Terminal = {
    line,
    error: line,
    answer: (text) => void (said.answer = text),
    draw: () => {},
    live: false,
    asks: false,
    confirm: () => Promise.resolve(false),
    choose: () => Promise.resolve(undefined),
    ask: () => Promise.resolve(undefined),
    hidden: () => Promise.resolve(undefined),
    piped: () => Promise.resolve(undefined),
  };
  return { said, terminal };
}
