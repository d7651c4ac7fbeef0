/**
 * Reads shared by everything that is observed together: each read is made once however many resources need it, so that the number of calls
 * follows the number of kinds. A snapshot is never refreshed; take a new one for newer results.
 */
export class Snapshot {
  readonly #reads = new Map<string, Promise<unknown>>();
  readonly #batches = new Map<string, Batch>();

  /** The result of `read`, made once per `key`. */
  once<T>(key: string, read: () => Promise<T>): Promise<T> {
    let answer = this.#reads.get(key) as Promise<T> | undefined;
    if (!answer) {
      answer = read();
      this.#reads.set(key, answer);
    }
    return answer;
  }

  /**
   * One item of a batch read: items requested at about the same time share one `read`, with at most `size` items. `read` returns a map; an
   * item without an entry is `undefined`.
   */
  batch<T>(key: string, item: string, size: number, read: (items: string[]) => Promise<Map<string, T>>) {
    return this.once(`${key} ${item}`, async (): Promise<T | undefined> => {
      let batch = this.#batches.get(key);
      if (!batch || batch.items.length >= size) {
        const items: string[] = [];
        // Wait one turn of the event loop: by then all resources with known ids have made their request.
        const answer = new Promise((resolve) => setImmediate(resolve)).then(() => {
          if (this.#batches.get(key)?.items === items) this.#batches.delete(key);
          return read(items);
        });
        batch = { items, answer };
        this.#batches.set(key, batch);
      }
      batch.items.push(item);
      return ((await batch.answer) as Map<string, T>).get(item);
    });
  }
}

interface Batch {
  readonly items: string[];
  readonly answer: Promise<unknown>;
}
