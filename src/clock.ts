/** Time as the engine sees it. It is passed in, so that a run can be replayed and the local target can run fast. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of this clock's time; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs work that takes real time (a call, a file access); a virtual clock stops meanwhile. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** The machine's own clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
  during: (work) => work(),
};

/**
 * A clock that advances only while everything sleeps: it jumps to the next sleeper as soon as no work is in progress. Waits of minutes take
 * no time, and the order of events does not depend on the speed of the machine.
 */
export class VirtualClock implements Clock {
  #now: number;
  #working = 0;
  #scheduled = false;
  #sequence = 0;
  readonly #sleepers: { at: number; sequence: number; wake: () => void }[] = [];

  /** `now`: where the clock starts, in milliseconds since the epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  now() {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal) {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { at: this.#now + Math.max(0, ms), sequence: this.#sequence++, wake: resolve };
      const stop = () => {
        const index = this.#sleepers.indexOf(sleeper);
        if (index >= 0) this.#sleepers.splice(index, 1);
        reject(signal?.reason);
      };
      sleeper.wake = () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#sleepers.push(sleeper);
      this.#advanceSoon();
    });
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
      this.#advanceSoon();
    }
  }

  #advanceSoon() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Wait a few turns, so that follow-up calls of the last response have been made.
    this.#advanceAfter(4);
  }

  #advanceAfter(turns: number) {
    setImmediate(() => (turns > 0 ? this.#advanceAfter(turns - 1) : this.#advance()));
  }

  #advance() {
    this.#scheduled = false;
    if (this.#working > 0 || this.#sleepers.length === 0) return;
    let next = this.#sleepers[0];
    for (const sleeper of this.#sleepers)
      if (next && (sleeper.at < next.at || (sleeper.at === next.at && sleeper.sequence < next.sequence)))
        next = sleeper;
    if (!next) return;
    this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
    this.#now = Math.max(this.#now, next.at);
    next.wake();
    this.#advanceSoon();
  }
}
