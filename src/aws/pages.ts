/** One page of a list: its items, and where the next page starts. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly next: string | undefined;
}

/** Every item of a paged list. `read` is called with no token first, then with each page's `next`. */
export async function everyPage<Item>(read: (token: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const page: Page<Item> = await read(token);
    all.push(...(page.items ?? []));
    // Whoever is sent where they came from would go round for ever.
    if (page.next !== undefined && page.next === token)
      throw new Error(`AWS's list has no end: ${token} leads to itself.`);
    token = page.next === "" ? undefined : page.next;
  } while (token !== undefined);
  return all;
}
