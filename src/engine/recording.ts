import type { ResourceState } from "../../state/state.ts";
import type { Journal } from "./journal.ts";

/** Work that is over, and when what came of it is on disk; `written` rejects where it could not be written. */
export interface Recorded {
  readonly written: Promise<void>;
}

/** Nothing was left to record. */
export const NOTHING_LEFT: Recorded = { written: Promise.resolve() };

/**
 * Records what was done to resources. Nothing that depends on one waits for that: the intent to create it is on disk, so that a run that finds no
 * id recorded looks for it. Where a write fails, nothing more is begun until one succeeds, see `isBehind`.
 */
export class Recording {
  readonly #journal: Journal;
  readonly #writes = new Map<string, Promise<void>>();
  #isBehind = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Records a resource; `written` says when that is on disk. */
  put(id: string, resource: ResourceState): void {
    const write = this.#journal.put(id, resource);
    // Whoever waits for it is told that it failed; until then nobody may. Each write includes those before it.
    write.then(
      () => (this.#isBehind = false),
      () => (this.#isBehind = true),
    );
    this.#writes.set(id, write);
  }

  /** Whether the last write failed: what was done since the last one that succeeded is not on disk. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Resolves when everything recorded of a resource is on disk. Throws what its last write failed with, unless a later one has succeeded. */
  async written(id: string): Promise<void> {
    try {
      await this.#writes.get(id);
    } catch (error) {
      if (this.#isBehind) throw error;
    }
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
