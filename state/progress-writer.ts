import type { Clock } from "../src/clock.ts";
import { parseProgress, progressText } from "./progress.ts";
import type { Holder, Progress, Reporting } from "./state.ts";

/** Where a progress is written, without any guarantee. */
export interface ProgressPlace {
  /** Writes it once; a failure is not repeated. */
  put(text: string): Promise<void>;
  remove(): Promise<void>;
  get(): Promise<string | undefined>;
  /** The shortest time between the starts of two writes, in milliseconds. */
  readonly every: number;
  /** Whether a write takes so little time that a run may wait for its first one. */
  readonly isQuick: boolean;
}

/** How often a progress is written although nothing has changed, in milliseconds, where no lock is renewed. */
const HEARTBEAT = 60_000;

/**
 * Writes how far a run is while it goes on, so that others can see it. It never slows the run or fails it: there is one write at a time, what
 * changes meanwhile is written together, and a write that fails is forgotten.
 */
export class ProgressWriter implements Reporting {
  readonly #place: ProgressPlace;
  readonly #holder: Holder;
  readonly #clock: Clock;
  readonly #now: () => Progress;
  readonly #end = new AbortController();
  #changed = false;
  #writing: Promise<void> | undefined;
  #pausing = false;
  #beat: Promise<void> | undefined;

  /** `now`: how far the run is at the moment of a write; `clock` is this machine's, by which writes are counted. */
  constructor(place: ProgressPlace, holder: Holder, clock: Clock, now: () => Progress) {
    this.#place = place;
    this.#holder = holder;
    this.#clock = clock;
    this.#now = now;
  }

  async start(beats = false): Promise<void> {
    this.changed();
    if (beats) this.#beat = this.#goOn();
    if (this.#place.isQuick) await this.#writing;
  }

  changed(): void {
    this.#changed = true;
    if (this.#writing || this.#pausing || this.#end.signal.aborted) return;
    this.#changed = false;
    this.#writing = this.#write().finally(() => (this.#writing = undefined));
    this.#pausing = true;
    void this.#pause();
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#writing;
    await this.#beat;
    const isOurs = async () => parseProgress((await this.#place.get()) ?? "")?.token === this.#holder.token;
    try {
      // The same release may be followed in another terminal, which goes on.
      if (this.#beat === undefined || (await isOurs())) await this.#place.remove();
    } catch {
      // Whoever reads it sees that nobody holds the lock.
    }
  }

  async #write(): Promise<void> {
    try {
      const text = progressText(this.#holder, this.#now());
      if (text !== undefined) await this.#place.put(text);
    } catch {
      // The next write says it again, and the history has the last word.
    }
  }

  async #pause(): Promise<void> {
    try {
      await this.#clock.sleep(this.#place.every, this.#end.signal);
      await this.#writing;
    } catch {
      return;
    }
    this.#pausing = false;
    if (this.#changed) this.changed();
  }

  async #goOn(): Promise<void> {
    try {
      for (;;) {
        await this.#clock.sleep(HEARTBEAT, this.#end.signal);
        this.changed();
      }
    } catch {
      // It has ended.
    }
  }
}
