/**
 * Reads shared by everything that is observed together: each is made once however many resources ask for it, so that the
 * number of calls follows the number of kinds. A snapshot is never refreshed; whoever needs newer answers takes a new one.
 */
export class Snapshot {
  readonly #reads = new Map<string, Promise<unknown>>();
  readonly #batches = new Map<string, Batch>();

  /** The answer of `read`, made once under `key`. */
  once<T>(key: string, read: () => Promise<T>): Promise<T> {
    let answer = this.#reads.get(key) as Promise<T> | undefined;
    if (!answer) {
      answer = read();
      this.#reads.set(key, answer);
    }
    return answer;
  }

  /**
   * One item's answer out of a read that takes many: items asked for at about the same time go out in one `read`, at most
   * `size` at once. `read` answers a map; an item without an entry is `undefined`.
   */
  batch<T>(key: string, item: string, size: number, read: (items: string[]) => Promise<Map<string, T>>) {
    return this.once(`${key} ${item}`, async (): Promise<T | undefined> => {
      let batch = this.#batches.get(key);
      if (!batch || batch.items.length >= size) {
        const items: string[] = [];
        // The next turn of the event loop: by then all resources whose ids are known have asked.
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
