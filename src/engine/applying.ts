import type { Intents } from "./intents.ts";
import type { Unfinished } from "./unfinished.ts";
import type { Poller } from "./wait.ts";

/** What all tasks of one apply share. */
export interface Applying<Services> {
  readonly poller: Poller;
  readonly intents: Intents;
  readonly unfinished: Unfinished<Services>;
}
