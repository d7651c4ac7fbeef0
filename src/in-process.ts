// Commands for programs: what the command line does, without a process of its own. The code that does it is loaded with the first call,
// because a config file imports this module too and needs none of it.
import type { PlanAnswer, ReconcileAnswer, StatusAnswer, TeardownAnswer } from "./answers.ts";
import type { StackConfig } from "./define-stack.ts";
import type { RunEvent } from "./engine/events.ts";

/** A stack: its config, or the path of the file that exports it, from `directory`. */
export type StackSource = StackConfig | { readonly file: string };

/** What every command takes. */
export interface RunOptions {
  /** `local`, the default, is a simulated AWS that is kept below `directory`; `aws` is AWS, with the SDK's own credentials and endpoint. */
  readonly target?: "local" | "aws";
  /** One of the config's environments, instead of the config's own. */
  readonly env?: string;
  /** One region of a stack that is in two, or a region that it was in before. */
  readonly region?: string;
  /**
   * What paths start from; by default the current folder. The state is kept in `.fairlead` there, or beside `file`. Two stacks on the target
   * `local` that run at the same time need two folders: a folder has one simulated AWS, with one lock.
   */
  readonly directory?: string;
  /** Aborted: what is in progress is finished, and nothing new is started, as after Ctrl-C. The run is then rejected. */
  readonly signal?: AbortSignal;
}

/** A plan that is about to be applied: what `plan` answers, but for the releases that wait. */
export type ChangePlan = Omit<PlanAnswer, "waits" | "frozen">;

/** What a command that changes something takes. On the target `aws` it needs one of `confirm` and `yes`. */
export interface ChangeOptions extends RunOptions {
  /** Asked before anything is changed, with the account, the region, the plan and its cost; `false` ends the run. In two regions, asked for each. */
  readonly confirm?: (plan: ChangePlan) => boolean | Promise<boolean>;
  /** Change AWS without being asked. */
  readonly yes?: boolean;
  /** `false`: end once all calls are made, without waiting until everything is ready. */
  readonly wait?: boolean;
}

/** What happens in a run: an event of one of its resources or calls, or a line that the command line would print. Times are milliseconds. */
export type StackEvent = (RunEvent & { readonly region: string }) | { readonly event: "said"; readonly text: string };

/** What a command answers: of a stack in two regions, that of each. */
export type PerRegion<Answer> = Answer | { readonly regions: readonly Answer[] };

/**
 * A run that goes on: a promise of its answer, and its events for `for await`. Events are kept for an iteration from when it begins, so begin
 * it before anything else is awaited. Both the promise and an iteration throw `FairleadError` if the command fails.
 */
export interface Run<Answer> extends Promise<Answer>, AsyncIterable<StackEvent> {}

/** What is wrong with a setting. */
export interface Problem {
  /** Such as `container.cpu`. */
  readonly path: string;
  readonly message: string;
  /** File, line and column, where the config is a file. */
  readonly place?: string | undefined;
}

/** Why a run failed, as the command line says it. */
export class FairleadError extends Error {
  override readonly name = "FairleadError";
  /** What to do, if that is known. */
  readonly advice: string | undefined;
  /** The exit code of the command line: 1 failed, 2 wrong options or config, 4 the state is locked. */
  readonly exit: number;
  /** What is wrong in the config, setting by setting. */
  readonly problems: readonly Problem[];
  /** What was answered all the same, such as the actions of a run that failed in part. */
  readonly answer: unknown;

  constructor({ message, advice, exit, problems = [], answer, cause }: Omit<Outcome, "message"> & { message: string }) {
    super(message, { cause });
    this.advice = advice;
    this.exit = exit;
    this.problems = problems;
    this.answer = answer;
  }
}

/** What a command came to. */
export interface Outcome {
  /** 0 if it succeeded. */
  readonly exit: number;
  readonly answer?: unknown;
  /** Why it did not succeed. */
  readonly message?: string;
  readonly advice?: string | undefined;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** The commands that a program can run. */
export type Verb = "plan" | "reconcile" | "teardown" | "status";

/** Shows what a reconcile would do. Changes nothing. */
export const plan = (stack: StackSource, options: RunOptions = {}): Run<PerRegion<PlanAnswer>> =>
  begun("plan", stack, options);

/** Creates or updates AWS resources to match the config. */
export const reconcile = (stack: StackSource, options: ChangeOptions = {}): Run<PerRegion<ReconcileAnswer>> =>
  begun("reconcile", stack, options);

/** Deletes the stack: everything in the state and everything else with its owner tags. */
export const teardown = (stack: StackSource, options: ChangeOptions = {}): Run<PerRegion<TeardownAnswer>> =>
  begun("teardown", stack, options);

/** Tells how the resources of the stack are, and what runs. Changes nothing. */
export const status = (stack: StackSource, options: RunOptions = {}): Run<PerRegion<StatusAnswer>> =>
  begun("status", stack, options);

function begun<Answer>(verb: Verb, stack: StackSource, options: ChangeOptions): Run<Answer> {
  const streams = new Set<Events>();
  const emit = (event: StackEvent) => {
    for (const stream of streams) stream.push(event);
  };
  const answer = ended(verb, stack, options, emit) as Promise<Answer>;
  const iterate = () => {
    const stream = new Events(answer, () => streams.delete(stream));
    streams.add(stream);
    return stream;
  };
  return Object.assign(answer, { [Symbol.asyncIterator]: iterate });
}

async function ended(
  verb: Verb,
  stack: StackSource,
  options: ChangeOptions,
  emit: (event: StackEvent) => void,
): Promise<unknown> {
  const { runInProcess } = await import("./cli/in-process.ts");
  const outcome: Outcome = await runInProcess(verb, stack, options, emit);
  if (outcome.exit === 0) return outcome.answer;
  const { message = `${verb} failed.` } = outcome;
  throw new FairleadError({ ...outcome, message });
}

/** The events of a run from one moment on, in their order; throws what the run fails with once they are over. */
class Events implements AsyncIterableIterator<StackEvent> {
  readonly #kept: StackEvent[] = [];
  readonly #leave: () => void;
  #wake: () => void = () => {};
  #end: { readonly error?: unknown } | undefined;

  constructor(run: Promise<unknown>, leave: () => void) {
    this.#leave = leave;
    const end = (how: { readonly error?: unknown }) => {
      this.#end ??= how;
      this.#wake();
    };
    run.then(
      () => end({}),
      (error: unknown) => end({ error }),
    );
  }

  push(event: StackEvent): void {
    this.#kept.push(event);
    this.#wake();
  }

  async next(): Promise<IteratorResult<StackEvent>> {
    for (;;) {
      const value = this.#kept.shift();
      if (value) return { done: false, value };
      if (this.#end) {
        const { error } = this.#end;
        this.#end = {};
        if (error !== undefined) throw error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  return(): Promise<IteratorResult<StackEvent>> {
    this.#leave();
    this.#end = {};
    this.#kept.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
