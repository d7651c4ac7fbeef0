import type { ResourceState, State, StateStore } from "../../state/state.ts";
import type { Clock } from "./clock.ts";

/**
 * The state of a run while it runs. Every change is asked to be on disk before the run goes on; changes that come while a write
 * is under way share the next one, so that sixty resources at once do not wait for sixty writes.
 */
export class Journal {
  readonly #store: Pick<StateStore, "write">;
  readonly #clock: Clock;
  #state: State;
  #next: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Pick<StateStore, "write">, clock: Clock, state: State) {
    this.#store = store;
    this.#clock = clock;
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  get(id: string): ResourceState | undefined {
    return this.#state.resources[id];
  }

  /** Remembers a resource; resolves when it is on disk. */
  put(id: string, resource: ResourceState): Promise<void> {
    return this.#change({ ...this.#state.resources, [id]: resource });
  }

  /** Forgets a resource; resolves when that is on disk. */
  remove(id: string): Promise<void> {
    const { [id]: _gone, ...rest } = this.#state.resources;
    return this.#change(rest);
  }

  #change(resources: State["resources"]): Promise<void> {
    this.#state = { ...this.#state, serial: this.#state.serial + 1, resources };
    this.#next ??= this.#writeAfter(this.#writing);
    return this.#next;
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    const write = this.#clock.during(async () => {
      await previous.catch(() => {});
      this.#next = undefined;
      await this.#store.write(this.#state);
    });
    this.#writing = write;
    return write;
  }
}
