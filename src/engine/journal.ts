import { isEmpty, type ResourceState, type State, type StateStore } from "../../state/state.ts";
import type { Clock } from "../clock.ts";

/**
 * The state during a run. Every change is written to disk before the run continues; changes that arrive during a write share the next
 * write, so that sixty concurrent resources do not wait for sixty writes.
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

  /** Records a resource; resolves when it is on disk. */
  put(id: string, resource: ResourceState): Promise<void> {
    return this.#change({ ...this.#state.resources, [id]: resource });
  }

  /** Removes a resource; resolves when that is on disk. */
  remove(id: string): Promise<void> {
    const { [id]: _gone, ...rest } = this.#state.resources;
    return this.#change(rest);
  }

  /** Records several resources in one write; resolves when it is on disk. */
  putAll(resources: State["resources"]): Promise<void> {
    return this.#change({ ...this.#state.resources, ...resources });
  }

  /**
   * Ends a run, in one write at most: records again what was recorded of `restored` before (`undefined`: nothing), and, where `isWhole`, that the
   * state has everything that the stack owns. Resolves when that is on disk.
   */
  async end(restored: ReadonlyMap<string, ResourceState | undefined>, isWhole: boolean): Promise<void> {
    const { incomplete, ...whole } = this.#state;
    const completes = isWhole && incomplete !== undefined;
    if (restored.size === 0 && !completes) return;
    if (completes) this.#state = whole;
    const kept = Object.entries(whole.resources).filter(([id]) => !restored.has(id));
    const former = [...restored].flatMap(([id, record]) => (record ? [[id, record] as const] : []));
    await this.#change(Object.fromEntries([...kept, ...former]));
  }

  #change(resources: State["resources"]): Promise<void> {
    const recordedAt = new Date(this.#clock.now()).toISOString();
    const begins = isEmpty(this.#state) ? ({ incomplete: true } as const) : {};
    this.#state = { ...this.#state, ...begins, serial: this.#state.serial + 1, recordedAt, resources };
    this.#next ??= this.#writeAfter(this.#writing);
    return this.#next;
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    const write = this.#clock.during(async () => {
      await previous.catch(() => {});
      // What happens at the same moment shares this write: the id of what was created, and the intents of what waited for it.
      await new Promise((resolve) => setImmediate(resolve));
      this.#next = undefined;
      await this.#store.write(this.#state);
    });
    this.#writing = write;
    return write;
  }
}
