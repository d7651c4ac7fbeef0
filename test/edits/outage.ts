import type { Plan } from "../../src/engine/action.ts";
import type { Sim } from "../../src/simulator/sim.ts";
import { brokenAt } from "../support/request-path.ts";

/** Looks at the way of a request again and again while a run is at work, and adds up for how long it was broken. */
export class Outage {
  readonly #path: string;
  /** Milliseconds for which it certainly was: from the first look of each interruption to the last one. */
  lasted = 0;
  /** When it was broken first, and where. */
  first: string | undefined;
  #since: number | undefined;
  #last = 0;

  /** `path`: what the request asks for. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Whether it was broken at the last look. */
  get goesOn(): boolean {
    return this.#since !== undefined;
  }

  look(sim: Sim): void {
    const why = brokenAt(sim, [], this.#path);
    if (why === undefined) {
      this.#since = undefined;
      return;
    }
    this.first ??= `${new Date(sim.now).toISOString()} ${this.#path}: ${why}`;
    if (this.#since !== undefined) this.lasted += sim.now - this.#last;
    this.#since ??= sim.now;
    this.#last = sim.now;
  }
}

/** For how many milliseconds a plan says that requests are not answered; `undefined` where it says nothing of it. */
export function announced({ actions }: Plan<never> | Plan): number | undefined {
  const times = actions.flatMap(({ interrupts }) => (interrupts ? [interrupts.seconds * 1000] : []));
  return times.length === 0 ? undefined : Math.max(...times);
}
