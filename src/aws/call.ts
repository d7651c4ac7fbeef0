import pRetry, { AbortError } from "p-retry";
import type { Clock } from "../clock.ts";
import { UncertainAnswer } from "../engine/resource-kind.ts";
import { markAfterLoss } from "./after-loss.ts";
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

/** An error that means "not yet"; the source for each is documented in the resource kind that uses it. */
export interface NotYet {
  /** The error's code, with or without its `Exception`. */
  readonly code: string;
  /** A fragment of the message, if the code alone would also match permanent errors. */
  readonly says?: string;
  /** For how many seconds to retry; 120 if omitted. */
  readonly budget?: number;
  /**
   * Called before the first wait for this error, and again after every ten seconds of waiting, with the milliseconds waited so
   * far: it checks what is blocking, and may clear it. The returned text is shown to the user. If waiting is pointless it throws, and
   * the call fails with that error instead of AWS's. See `unlessHeld` in obstacles.ts.
   */
  readonly meanwhile?: (waited: number) => Promise<string | void>;
}

/** How one call is to be retried. */
export interface CallOptions {
  /**
   * The call creates something and is not idempotent: it is never retried after an unknown outcome (a 5xx, a lost
   * connection), which is thrown as `UncertainAnswer` so that the engine observes before it creates again.
   */
  readonly once?: true;
  /** Nothing depends on the call: it is sent once, whatever AWS answers. */
  readonly unimportant?: true;
  /** The call reads or writes the state or its lock, which the guard of all other calls depends on. */
  readonly ofState?: true;
  /** Called before each attempt, to renew what an attempt uses up: a body that is a stream. */
  readonly renew?: () => void;
  /** Errors that mean "not yet" for this call. */
  readonly notYet?: readonly NotYet[];
  /**
   * A secret in the request. AWS quotes rejected input in its errors, and errors are printed and logged: the secret is removed
   * from the error first.
   */
  readonly secret?: string;
}

/** The environment of the retry layer. */
export interface Retrying {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Called before each wait: the call's name, the reason, and the wait in milliseconds. */
  readonly retried?: (call: string, why: string, ms: number) => void;
  /** Called once for each obstacle that blocks a call and does not disappear by itself: a sentence. */
  readonly obstructed?: (call: string, by: string) => void;
  readonly signal?: AbortSignal;
  /** Whether the user has asked the run to stop: from then on nothing is retried. */
  readonly stopping?: (() => boolean) | undefined;
}

/** For how many milliseconds to retry when a host name does not resolve or the network is down: about as long as a laptop takes to wake. */
const UNREACHABLE_FOR = 60_000;

/** For how many milliseconds to retry a call that gets no response: each attempt may wait for its time-out. */
const UNANSWERED_FOR = 240_000;

/** Attempts in a row of a call that AWS throttles or that fails with a 5xx; with full jitter up to 20 s that is about two minutes. */
const ATTEMPTS = 14;

/** Why a call is retried after its signature was rejected, and what to do about it. */
function clockWrong(error: unknown): string {
  const offset = clockOffsetOf(error);
  const wrong =
    offset === undefined
      ? "differs from AWS's by minutes"
      : `is ${Math.round(Math.abs(offset) / 60_000)} minutes ${offset > 0 ? "behind" : "ahead of"} AWS's`;
  return `this machine's clock ${wrong}; AWS's time is used from here on. Set the clock (timedatectl set-ntp true)`;
}

/** Milliseconds between two checks for obstacles. */
const LOOK_AGAIN = 10_000;

/**
 * Sends a call and retries it: the only place in Fairlead that does (the SDK's own retries are off, since retries
 * multiply). Throttling, 5xx and broken connections back off with full jitter; "not yet" errors are retried within
 * their budget of seconds; everything else is thrown immediately. What is refused after an attempt that may have been carried out is marked as that:
 * see `certainly`.
 */
export async function retrying<T>(
  name: string,
  send: () => Promise<T>,
  options: CallOptions,
  around: Retrying,
): Promise<T> {
  const { clock, random } = around;
  const started = clock.now();
  const failing: Failing = { attempts: 0, since: started, isLost: false };
  let looked = Number.NEGATIVE_INFINITY;
  const told = new Set<string>();
  let corrected = false;
  return pRetry(
    async (attempt) => {
      // Checked here and not by p-retry, which would discard the response of a call in progress.
      if (around.signal?.aborted) throw new AbortError(around.signal.reason as Error);
      try {
        return withoutNulls(await send());
      } catch (error) {
        const notYet = notYetIn(options, error);
        const waited = { call: clock.now() - started, answer: clock.now() - failing.since };
        failing.attempts++;
        const judged = verdict(error, options, notYet, waited, failing.attempts, corrected);
        const again = around.stopping?.() && judged !== "uncertain" && judged !== "clock" ? "no" : judged;
        if (again === "uncertain")
          throw new AbortError(new UncertainAnswer(`${name}: ${wordsOf(error)}`, { cause: error }));
        if (again === "no") {
          const refusal = telling(name, error) as Error;
          // It may be refused for what an earlier attempt has done.
          if (failing.isLost && !isUncertain(error)) markAfterLoss(refusal);
          throw new AbortError(refusal);
        }
        failing.isLost ||= isUncertain(error);
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
          again === "not yet" ? Math.min(5_000, 500 * 1.5 ** attempt) : Math.min(20_000, 100 * 2 ** failing.attempts);
        const ms = again === "not yet" ? ceiling * (0.5 + random() / 2) : ceiling * random();
        around.retried?.(name, whyOf(error), ms);
        await clock.sleep(ms, around.signal);
        // That was an answer: what fails after it has not failed for as long as it was waited for.
        if (again === "not yet") [failing.attempts, failing.since] = [0, clock.now()];
        throw error;
      }
    },
    // The waiting is done above, on the engine's clock; p-retry counts attempts and rethrows the last error.
    { retries: Number.POSITIVE_INFINITY, minTimeout: 0, maxTimeout: 0 },
  );
}

/** The attempts in a row that AWS did not answer, or throttled. */
interface Failing {
  attempts: number;
  /** When the first of them was sent, in milliseconds. */
  since: number;
  /** Whether an attempt, of all that there were, may have been carried out without an answer. */
  isLost: boolean;
}

/** The "not yet" that an error matches. */
const notYetIn = (options: CallOptions, error: unknown): NotYet | undefined =>
  options.notYet?.find(
    ({ code, says }) => hasCode(error, code) && (says === undefined || messageOf(error).includes(says)),
  );

function verdict(
  error: unknown,
  options: CallOptions,
  notYet: NotYet | undefined,
  waited: { readonly call: number; readonly answer: number },
  attempt: number,
  corrected: boolean,
) {
  if (options.unimportant) return "no";
  if (notYet) return waited.call < (notYet.budget ?? 120) * 1000 ? "not yet" : "no";
  if (isThrottled(error)) return attempt < ATTEMPTS ? "again" : "no";
  // A request with a rejected signature was certainly not executed. The SDK now uses AWS's time; if one retry fails, it is not the clock.
  if (isClockCorrected(error)) return corrected ? "no" : "clock";
  // If nothing listens on this machine now, nothing will in a minute.
  if (hasCode(error, "ECONNREFUSED")) return attempt < 3 ? "again" : "no";
  if (isUnreachable(error)) return waited.answer < UNREACHABLE_FOR ? "again" : "no";
  if (isUncertain(error)) {
    if (options.once) return "uncertain";
    return attempt < ATTEMPTS && waited.answer < UNANSWERED_FOR ? "again" : "no";
  }
  return "no";
}
