/** One page of a list: its items, and where the next page starts. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly next: string | undefined;
}

/** More pages than any list of an account has: AWS's pages hold fifty items and more. */
const MOST = 1000;

/** Every item of a paged list. `read` is called with no token first, then with each page's `next`. */
export async function everyPage<Item>(read: (token: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  const walk = new Walk();
  let token: string | undefined;
  do {
    const page: Page<Item> = await read(token);
    all.push(...(page.items ?? []));
    token = page.next === "" ? undefined : page.next;
    if (token !== undefined) walk.step(token);
  } while (token !== undefined);
  return all;
}

/** Tracks the pages of a list, to detect one that loops or never ends. */
export class Walk {
  readonly #been = new Set<string>();

  /** Records where the next page begins; throws if the list does not end. */
  step(to: string): void {
    if (this.#been.has(to)) throw new Error(`AWS's list does not end: page ${to} points to itself. Run again.`);
    this.#been.add(to);
    if (this.#been.size >= MOST)
      throw new Error(`AWS's list does not end: there are more than ${MOST} pages. Run again.`);
  }
}
