import pRetry, { AbortError } from "p-retry";
import type { Clock } from "../engine/clock.ts";
import { UncertainAnswer } from "../engine/resource-kind.ts";
import { telling, whyOf, withoutNulls, wordsOf } from "./answer.ts";
import {
  clockOffsetOf,
  hasCode,
  isClockCorrected,
  isThrottled,
  isUncertain,
  isUnreachable,
  messageOf,
} from "./errors.ts";

/** An answer that means "not yet": `aws-facts` of this house, each with its source in the kind that names it. */
export interface NotYet {
  /** The error's code, with or without its `Exception`. */
  readonly code: string;
  /** A fragment of the message, where the code alone would also match real refusals. */
  readonly says?: string;
  /** For how many seconds it is worth asking again; 120 when left out. */
  readonly budget?: number;
  /**
   * Called before the first wait for this answer, and again after every ten seconds of waiting, with the milliseconds that were waited so
   * far: it looks at what is in the way, and may clear it. What it answers is told to the user. Where waiting is of no use it throws, and
   * the call fails with that in the place of AWS's answer. See `unlessHeld` in obstacles.ts.
   */
  readonly meanwhile?: (waited: number) => Promise<string | void>;
}

/** How one call is to be retried. */
export interface CallOptions {
  /**
   * The call makes something and is not idempotent: it is never repeated after an uncertain answer (a 5xx, a lost
   * connection), which is thrown as `UncertainAnswer` so that the engine looks before it makes again.
   */
  readonly once?: true;
  /** The call keeps the state or its lock, which the guard of all other calls depends on. */
  readonly ofState?: true;
  /** Answers that mean "not yet" for this call. */
  readonly notYet?: readonly NotYet[];
  /**
   * A secret in what is sent. AWS quotes what it was sent when it refuses it, and errors are printed and kept in logs: it is taken out
   * of the error before anybody sees it.
   */
  readonly secret?: string;
}

/** What a retry layer works with. */
export interface Retrying {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told before each wait: the call's name, why, and for how long in milliseconds. */
  readonly retried?: (call: string, why: string, ms: number) => void;
  /** Told once of each thing that was found in the way of a call and does not go by itself: a sentence. */
  readonly obstructed?: (call: string, by: string) => void;
  readonly signal?: AbortSignal;
  /** Whether the user has asked the run to stop: from then on nothing is tried again. */
  readonly stopping?: (() => boolean) | undefined;
}

/** For how many milliseconds a name that has no address, or a network that is away, is tried again: about as long as a laptop takes to wake. */
const UNREACHABLE_FOR = 60_000;

/** For how many milliseconds a call that gets no answer is tried again: each attempt may wait for its time-out. */
const UNANSWERED_FOR = 240_000;

/** Attempts of a call that AWS throttles or answers with a 5xx; with full jitter up to 20 s that is about two minutes. */
const ATTEMPTS = 14;

/** Why a call is sent again after its signature was refused, and what is to be done about it. */
function clockWrong(error: unknown): string {
  const offset = clockOffsetOf(error);
  const wrong =
    offset === undefined
      ? "differs from AWS's by minutes"
      : `is ${Math.round(Math.abs(offset) / 60_000)} minutes ${offset > 0 ? "behind" : "ahead of"} AWS's`;
  return `the clock of this machine ${wrong}; AWS's time is used from here on. Set the clock (timedatectl set-ntp true)`;
}

/** Milliseconds from one look at what stands in the way to the next. */
const LOOK_AGAIN = 10_000;

/**
 * Sends a call and retries it: the one place in Fairlead that does (the SDK's own retries are off, since retries
 * multiply). Throttling, 5xx and broken connections back off with full jitter; "not yet" answers are asked again within
 * their budget of seconds; everything else is thrown at once.
 */
export async function retrying<T>(
  name: string,
  send: () => Promise<T>,
  options: CallOptions,
  around: Retrying,
): Promise<T> {
  const { clock, random } = around;
  const started = clock.now();
  let looked = Number.NEGATIVE_INFINITY;
  const told = new Set<string>();
  let corrected = false;
  return pRetry(
    async (attempt) => {
      // Here and not by p-retry, which would throw the answer of a call away that was under way.
      if (around.signal?.aborted) throw new AbortError(around.signal.reason as Error);
      try {
        return withoutNulls(await send());
      } catch (error) {
        const notYet = notYetIn(options, error);
        const judged = verdict(error, options, notYet, clock.now() - started, attempt, corrected);
        const again = around.stopping?.() && judged !== "uncertain" && judged !== "clock" ? "no" : judged;
        if (again === "uncertain")
          throw new AbortError(new UncertainAnswer(`${name}: ${wordsOf(error)}`, { cause: error }));
        if (again === "no") throw new AbortError(telling(name, error) as Error);
        if (notYet?.meanwhile && clock.now() - looked >= LOOK_AGAIN) {
          const by = await notYet.meanwhile(clock.now() - started).catch((reason: unknown) => {
            throw new AbortError(reason as Error);
          });
          looked = clock.now();
          if (by !== undefined && !told.has(by)) around.obstructed?.(name, by);
          if (by !== undefined) told.add(by);
        }
        if (again === "clock") {
          corrected = true;
          around.retried?.(name, clockWrong(error), 0);
          throw error;
        }
        const ceiling =
          again === "not yet" ? Math.min(5_000, 500 * 1.5 ** attempt) : Math.min(20_000, 100 * 2 ** attempt);
        const ms = again === "not yet" ? ceiling * (0.5 + random() / 2) : ceiling * random();
        around.retried?.(name, whyOf(error), ms);
        await clock.sleep(ms, around.signal);
        throw error;
      }
    },
    // The waiting is done above, on the engine's clock; p-retry counts, and hands the last error on.
    { retries: Number.POSITIVE_INFINITY, minTimeout: 0, maxTimeout: 0 },
  );
}

/** The "not yet" that an answer means. */
const notYetIn = (options: CallOptions, error: unknown): NotYet | undefined =>
  options.notYet?.find(
    ({ code, says }) => hasCode(error, code) && (says === undefined || messageOf(error).includes(says)),
  );

function verdict(
  error: unknown,
  options: CallOptions,
  notYet: NotYet | undefined,
  elapsed: number,
  attempt: number,
  corrected: boolean,
) {
  if (notYet) return elapsed < (notYet.budget ?? 120) * 1000 ? "not yet" : "no";
  if (isThrottled(error)) return attempt < ATTEMPTS ? "again" : "no";
  // What a wrong signature asked for was certainly not done. The SDK has taken AWS's time over; once is enough, or it is not the clock.
  if (isClockCorrected(error)) return corrected ? "no" : "clock";
  // Where nothing listens on this very machine, nothing will in a minute.
  if (hasCode(error, "ECONNREFUSED")) return attempt < 3 ? "again" : "no";
  if (isUnreachable(error)) return elapsed < UNREACHABLE_FOR ? "again" : "no";
  if (isUncertain(error)) {
    if (options.once) return "uncertain";
    return attempt < ATTEMPTS && elapsed < UNANSWERED_FOR ? "again" : "no";
  }
  return "no";
}
