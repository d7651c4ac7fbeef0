import { createHash } from "node:crypto";
import type { Clock } from "../../src/clock.ts";
import { UncertainWrite, holds, type Condition, type ObjectStore, type StoredObject } from "../../state/objects.ts";

/** What becomes of one write or removal: it is answered, or its answer is lost `after` it was carried out or `before` it would be. */
export interface Fate {
  readonly lost?: "before" | "after";
  /** What others do between that and the moment at which the caller hears of it. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** S3 as far as a state needs it, in memory: each call is carried out whole, and the clock that stamps the objects is the store's. */
export class MemoryObjects implements ObjectStore {
  readonly #clock: Clock;
  readonly #objects = new Map<string, StoredObject>();
  readonly #fates: Fate[] = [];
  /** Every call in order, as `put key`. */
  readonly calls: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What becomes of the next writes, one each; those after them are answered. */
  await(...fates: Fate[]): void {
    this.#fates.push(...fates);
  }

  /** What there is, by key. */
  get texts(): Record<string, string> {
    return Object.fromEntries([...this.#objects].map(([key, { text }]) => [key, text]));
  }

  async get(key: string): Promise<StoredObject | undefined> {
    this.calls.push(`get ${key}`);
    return this.#objects.get(key);
  }

  async put(key: string, text: string, when?: Condition): Promise<string | undefined> {
    this.calls.push(`put ${key}`);
    return this.#write(key, () => {
      if (when && !holds(when, this.#objects.get(key))) return undefined;
      const etag = `"${createHash("md5").update(text).digest("hex")}"`;
      // S3 tells no more than the second.
      this.#objects.set(key, { text, etag, changedAt: Math.floor(this.#clock.now() / 1000) * 1000 });
      return etag;
    });
  }

  async offer(key: string, text: string): Promise<void> {
    await this.put(key, text);
  }

  async remove(key: string, ifMatch?: string): Promise<boolean> {
    this.calls.push(`remove ${key}`);
    return this.#write(key, () => {
      const now = this.#objects.get(key);
      if (now && ifMatch !== undefined && now.etag !== ifMatch) return false;
      this.#objects.delete(key);
      return true;
    });
  }

  async list(prefix: string): Promise<{ key: string; changedAt: number }[]> {
    this.calls.push(`list ${prefix}`);
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { changedAt }]) => ({ key, changedAt }));
  }

  async #write<T>(key: string, applyPlan: () => T): Promise<T> {
    const { lost, meanwhile } = this.#fates.shift() ?? {};
    const answer = lost === "before" ? undefined : applyPlan();
    await meanwhile?.();
    if (lost !== undefined) throw new UncertainWrite(`${key}: the answer was lost`);
    return answer as T;
  }
}

/** One client's own way to a store: `cut`, nothing of it comes through; `deaf`, all of it does and no answer comes back. */
export class Wire implements ObjectStore {
  readonly #to: ObjectStore;
  way: "open" | "cut" | "deaf" = "open";

  constructor(to: ObjectStore) {
    this.#to = to;
  }

  get = (key: string) => this.#through(() => this.#to.get(key), new Error("no answer"));
  list = (prefix: string) => this.#through(() => this.#to.list(prefix), new Error("no answer"));
  put = (key: string, text: string, when?: Condition) =>
    this.#through(() => this.#to.put(key, text, when), new UncertainWrite("no answer"));
  offer = (key: string, text: string) => this.#through(() => this.#to.offer(key, text), new Error("no answer"));
  remove = (key: string, ifMatch?: string) =>
    this.#through(() => this.#to.remove(key, ifMatch), new UncertainWrite("no answer"));

  async #through<T>(call: () => Promise<T>, failure: Error): Promise<T> {
    const answer = this.way === "cut" ? undefined : await call();
    if (this.way !== "open") throw failure;
    return answer as T;
  }
}
