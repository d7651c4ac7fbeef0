import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Ended, Failure, Runner } from "./child.ts";

export type { Failure };

/** What is known of one question: the last answer stays while it is asked again. */
export interface Known {
  readonly answer?: unknown;
  /** Why the last time that it was asked gave no answer. */
  readonly failure?: Failure;
  /** When that was, in milliseconds since the epoch. */
  readonly at?: number;
  /** When the question was asked that `answer` answers: what changed after it may be missing there. */
  readonly askedAt?: number;
  /** Being asked now, or about to be. */
  readonly isAsking: boolean;
}

interface Entry extends Known {
  readonly isStale: boolean;
  readonly isAsking: boolean;
  /** It has changed since the question was asked. */
  readonly isOutdated: boolean;
}

const FRESH: Entry = { isStale: true, isAsking: false, isOutdated: false };

/** What the answers are made with. */
export interface Asking {
  readonly run: Runner;
  /** The words of a question by its key. */
  readonly wordsOf: (key: string) => readonly string[];
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Told the key of a question of which more is known, or less. */
  readonly changed: (key: string) => void;
  /** Milliseconds between the end of a question and the same one again: while a run goes on, something changes all the time. */
  readonly pause: number;
  readonly stop: AbortSignal;
}

/** At most so many processes ask at once. */
const AT_ONCE = 2;

/**
 * The answers of commands, each asked once however many want it, and kept until something has changed. A question is a key, such as `plan`
 * or `run 12`.
 */
export class Answers {
  readonly #asking: Asking;
  readonly #entries = new Map<string, Entry>();
  readonly #queue: string[] = [];
  #running = 0;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** What is known now. */
  known(key: string): Known {
    return this.#entries.get(key) ?? FRESH;
  }

  /** Asks, unless the answer is there and nothing has changed since. */
  want(key: string): void {
    const entry = this.#entries.get(key) ?? FRESH;
    if (entry.isAsking || !entry.isStale) return;
    this.#entries.set(key, { ...entry, isAsking: true });
    const { clock, pause } = this.#asking;
    const since = entry.at === undefined ? pause : clock.now() - entry.at;
    const queue = () => {
      this.#queue.push(key);
      this.#next();
    };
    if (since >= pause) queue();
    else void clock.sleep(pause - since, this.#asking.stop).then(queue, () => {});
  }

  /** Asks for the first time, without a command unless `answering` fails: it is begun once whoever can do something meanwhile has begun. */
  begin(key: string, answering: () => Promise<unknown>): void {
    this.#entries.set(key, { ...FRESH, isAsking: true });
    const { run, wordsOf } = this.#asking;
    const ended = setImmediate()
      .then(answering)
      .then(
        (answer): Ended => ({ answer, said: "" }),
        () => run(wordsOf(key)),
      );
    void this.#ask(key, () => ended);
  }

  /** Something has changed: whatever is wanted next is asked again. */
  outdate(): void {
    for (const [key, entry] of this.#entries) this.#entries.set(key, { ...entry, isStale: true, isOutdated: true });
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const key = this.#queue.shift();
      if (key === undefined) return;
      this.#running++;
      void this.#ask(key).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  async #ask(key: string, answering = () => this.#asking.run(this.#asking.wordsOf(key))): Promise<void> {
    const { clock, changed } = this.#asking;
    const before = this.#entries.get(key) ?? FRESH;
    this.#entries.set(key, { ...before, isOutdated: false });
    const askedAt = clock.now();
    const { answer, failure } = await answering();
    const { isOutdated } = this.#entries.get(key) ?? FRESH;
    const at = clock.now();
    const { answer: last, askedAt: lastAskedAt } = before;
    const kept = last === undefined || lastAskedAt === undefined ? {} : { answer: last, askedAt: lastAskedAt };
    this.#entries.set(key, {
      ...(failure ? { ...kept, failure } : { answer, askedAt }),
      at,
      isStale: isOutdated,
      isAsking: false,
      isOutdated: false,
    });
    changed(key);
  }
}
