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
   * One item of a batch read: items requested at about the same time share one `read`, or several with at most `size` items each. Items are
   * read in alphabetical order, whoever asked first. `read` returns a map; an item without an entry is `undefined`, and one whose entry
   * is a promise fails alone.
   */
  batch<T>(
    key: string,
    item: string,
    size: number,
    read: (items: string[]) => Promise<ReadonlyMap<string, T | Promise<T>>>,
  ) {
    return this.once(`${key} ${item}`, async (): Promise<T | undefined> => {
      let batch = this.#batches.get(key);
      if (!batch) {
        const items: string[] = [];
        // Wait one turn of the event loop: by then all resources with known ids have made their request.
        const parts = new Promise((resolve) => setImmediate(resolve)).then(() => {
          this.#batches.delete(key);
          return partsOf(items.toSorted(), size, read);
        });
        batch = { items, parts };
        this.#batches.set(key, batch);
      }
      batch.items.push(item);
      const part = (await batch.parts).get(item) as Promise<ReadonlyMap<string, T | Promise<T>>>;
      return (await part).get(item);
    });
  }
}

interface Batch {
  readonly items: string[];
  /** The read that each item is part of. */
  readonly parts: Promise<ReadonlyMap<string, Promise<unknown>>>;
}

function partsOf<T>(items: readonly string[], size: number, read: (items: string[]) => Promise<T>) {
  const parts = new Map<string, Promise<T>>();
  for (let from = 0; from < items.length; from += size) {
    const part = items.slice(from, from + size);
    const answer = read(part);
    for (const item of part) parts.set(item, answer);
  }
  return parts;
}
