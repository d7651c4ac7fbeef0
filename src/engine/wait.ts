import type { Clock } from "../clock.ts";
import type { AnyObserved } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";

/** A condition to wait for. */
export interface Waiting {
  /** What it is, for the timeout error. */
  readonly what: string;
  /** How long it usually takes, in seconds. */
  readonly usual: number;
  /** Observes it; the snapshot is shared with everything that is due at the same time. */
  readonly observe: (snapshot: Snapshot) => Promise<AnyObserved | undefined>;
  /** Whether the wait is over; throws if it will never be. */
  readonly over: (observed: AnyObserved | undefined) => boolean;
  /** Little waits for it: after the first poll it is polled less often. */
  readonly unhurried?: boolean;
  /** Called after each observation that did not end the wait. */
  readonly waited?: (observed: AnyObserved | undefined) => void;
}

interface Sleeper extends Waiting {
  readonly since: number;
  due: number;
  /** How many milliseconds sooner it may be polled together with others. */
  slack: number;
  resolve(observed: AnyObserved | undefined): void;
  reject(error: unknown): void;
}

/** What is usually ready within this many seconds often is by the time it is asked for: it is polled at once. */
const PROMPT = 5;
/** Otherwise the first poll comes this soon, in milliseconds: a service without tasks, for one, is steady by then. */
const FIRST = 100;
/** The next one comes this soon, later ones after three hundredths of the time waited, at most `SLOWEST`. Milliseconds. */
const SOONEST = 250;
const SLOWEST = 5_000;
const SHARE = 0.03;
/** What usually takes this many seconds or more is polled half as often in its first seconds. */
const LONG = 60;
const SOONEST_OF_LONG = 500;
/**
 * What is not ready after this many milliseconds hardly ever is before half of the usual time has passed. Until then it is polled after a tenth of the
 * time waited, and one that is ready all the same is noticed no more than `SLOWEST` later.
 */
const SEEN_BY_NOW = 25_000;
const SHARE_BEFORE_HALF = 0.1;
/** The same for what little waits for. */
const UNHURRIED = { soonest: 1_000, share: 0.1 };
/** A poll is made together with others up to this many milliseconds before it is due, or this share of the pause before it, if that is more. */
const TOGETHER = 100;
const TOGETHER_SHARE = 0.1;
/** For this many milliseconds the next polls wait for those under way. One that is retried for longer, or throttled, holds up no other wait. */
const PATIENCE = 1_000;

/** How long to pause after a poll, all in milliseconds. */
function pauseAfter({ usual, unhurried = false }: Waiting, waited: number): number {
  const soonest = usual >= LONG ? SOONEST_OF_LONG : SOONEST;
  const isEarly = waited >= SEEN_BY_NOW && waited < usual * 500;
  const own = { soonest, share: isEarly ? SHARE_BEFORE_HALF : SHARE };
  const { soonest: least, share } = unhurried ? UNHURRIED : own;
  return Math.min(SLOWEST, Math.max(least, waited * share));
}

/**
 * The poller for all kinds. It polls often at first and backs off, and makes all polls that are due together through one snapshot, so that
 * two NAT gateways cost one call.
 */
export class Poller {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #sleepers = new Set<Sleeper>();
  #running = false;
  /** Ends the pause until the next poll. */
  #wake: (() => void) | undefined;

  constructor(clock: Clock, signal?: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Resolves with the observation that ended the wait; rejects if it will never end, or after the longer of six times the usual time and
   * the time that the resource announced, plus five minutes.
   */
  until(waiting: Waiting): Promise<AnyObserved | undefined> {
    return new Promise((resolve, reject) => {
      const since = this.#clock.now();
      const due = since + (waiting.usual <= PROMPT ? 0 : FIRST);
      this.#sleepers.add({ ...waiting, since, due, slack: TOGETHER, resolve, reject });
      this.#wake?.();
      if (!this.#running) void this.#run();
    });
  }

  async #run() {
    this.#running = true;
    try {
      while (this.#sleepers.size > 0) {
        await this.#pause();
        const now = this.#clock.now();
        const due = [...this.#sleepers].filter(({ due: at, slack }) => at <= now + slack);
        if (due.every((sleeper) => sleeper.due > now)) continue;
        const snapshot = new Snapshot();
        await this.#briefly(Promise.all(due.map((sleeper) => this.#look(sleeper, snapshot))));
      }
    } catch (error) {
      for (const sleeper of this.#sleepers) sleeper.reject(error);
      this.#sleepers.clear();
    } finally {
      this.#running = false;
    }
  }

  /** Sleeps until the next poll is due. A new wait, or a poll that has ended, may be due before that, and so wakes it. */
  async #pause() {
    // What is polled right now is not due again; that it has ended wakes this.
    const next = Math.min(this.#clock.now() + PATIENCE, ...[...this.#sleepers].map(({ due }) => due));
    const over = new AbortController();
    const end = () => over.abort();
    this.#signal?.addEventListener("abort", end, { once: true });
    this.#wake = end;
    const pause = this.#clock.sleep(Math.max(0, next - this.#clock.now()), over.signal);
    await pause.catch(() => {});
    this.#wake = undefined;
    this.#signal?.removeEventListener("abort", end);
    this.#signal?.throwIfAborted();
  }

  /** Waits for the work, but no longer than `PATIENCE`; the work goes on then. */
  async #briefly(work: Promise<unknown>) {
    const over = new AbortController();
    const patience = this.#clock.sleep(PATIENCE, over.signal).catch(() => {});
    await Promise.race([work, patience]);
    over.abort();
  }

  async #look(sleeper: Sleeper, snapshot: Snapshot) {
    // Not a second time meanwhile.
    sleeper.due = Number.POSITIVE_INFINITY;
    try {
      const observed = await sleeper.observe(snapshot);
      if (sleeper.over(observed)) {
        this.#sleepers.delete(sleeper);
        return sleeper.resolve(observed);
      }
      const now = this.#clock.now();
      const waited = now - sleeper.since;
      const limit = Math.max(sleeper.usual * 6_000, (observed?.within ?? 0) * 1_000) + 300_000;
      if (waited > limit)
        throw new Error(
          `${sleeper.what}: still ${observed?.status ?? "not visible"} after ${Math.round(waited / 1000)} s (usually ${sleeper.usual} s). It may still succeed: run again to keep waiting.`,
        );
      const pause = pauseAfter(sleeper, waited);
      sleeper.due = now + pause;
      sleeper.slack = Math.max(TOGETHER, pause * TOGETHER_SHARE);
      sleeper.waited?.(observed);
    } catch (error) {
      this.#sleepers.delete(sleeper);
      sleeper.reject(error);
    } finally {
      this.#wake?.();
    }
  }
}
