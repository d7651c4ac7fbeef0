// What several runs in one process have in common. All of them have the credentials of the process, and so one account, whose rates AWS counts
// together for all of them.
import type { Buckets } from "./rates.ts";

/** Connections and rates that are shared by the clients of several runs. */
export class Shared {
  readonly #buckets = new Map<string, Buckets>();
  /** What sends the requests and keeps connections open: that of the client that was created first. */
  requestHandler: object | undefined;

  /** What is left of the rates of a region. */
  bucketsOf(region: string): Buckets {
    const known: Buckets = this.#buckets.get(region) ?? new Map();
    this.#buckets.set(region, known);
    return known;
  }
}
