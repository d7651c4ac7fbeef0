import type { Clock } from "../clock.ts";
import type { Listener } from "./events.ts";
import type { Journal } from "./journal.ts";
import type { World } from "./observe.ts";

/** What an apply needs. */
export interface ApplyContext<Services> extends World<Services> {
  readonly journal: Journal;
  readonly clock: Clock;
  /** A new client token of 32 characters. */
  readonly token: () => string;
  /** A new secret of 40 letters and digits. */
  readonly secret: () => string;
  readonly tell: Listener;
  /** Once aborted, nothing new is started. */
  readonly stop?: AbortSignal | undefined;
  /** The apply ends once all of its calls are made: what nothing else waits for is then still in progress. */
  readonly noWait?: boolean;
  /** How many actions may make calls at the same time. */
  readonly limit: number;
}
