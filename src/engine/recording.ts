import type { ResourceState } from "../../state/state.ts";
import type { Journal } from "./journal.ts";

/**
 * Records what was done to resources. Nothing that depends on one waits for that: the intent to create it is on disk, and what a dependent
 * resource records before its own create is written with this or after it. So a state at the other end of a slow network costs a create
 * one write, of its intent.
 */
export class Recording {
  readonly #journal: Journal;
  readonly #writes = new Map<string, Promise<void>>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Records a resource; `written` says when that is on disk. */
  put(id: string, resource: ResourceState): void {
    const write = this.#journal.put(id, resource);
    // Whoever waits for it is told that it failed; until then nobody may.
    write.catch(() => {});
    this.#writes.set(id, write);
  }

  /** Resolves when everything recorded of a resource is on disk: each write includes those before it. Throws what the last one failed with. */
  async written(id: string): Promise<void> {
    await this.#writes.get(id);
  }
}

/**
 * The record of the resource with provider id `id`. If a create returns a retired resource (some creates are idempotent), that one is no
 * longer an earlier generation.
 */
export function current({ old = [], ...record }: ResourceState, id: string): ResourceState {
  const earlier = old.filter((generation) => generation.id !== id);
  return { ...record, id, ...(earlier.length > 0 ? { old: earlier } : {}) };
}
