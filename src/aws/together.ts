import { hasCode, isDenied } from "./errors.ts";

/**
 * Reads several resources with one call. AWS answers such a call as a whole: one that does not exist, or that the credentials may not
 * read, fails it for all. Each is then read alone, so that what AWS said concerns only the one that it was about. `gone` are the codes that mean
 * that a resource does not exist; it has no entry in the result.
 */
export async function readTogether<T>(
  items: readonly string[],
  read: (items: string[]) => Promise<ReadonlyMap<string, T>>,
  ...gone: readonly string[]
): Promise<ReadonlyMap<string, T | Promise<T>>> {
  try {
    return await read([...items]);
  } catch (error) {
    const isGone = hasCode(error, ...gone);
    if (!isGone && !isDenied(error)) throw error;
    if (items.length > 1) return each(items, read, gone);
    if (isGone) return new Map();
    throw error;
  }
}

/** Those that exist, and the failures of those that could not be read. */
async function each<T>(
  items: readonly string[],
  read: (items: string[]) => Promise<ReadonlyMap<string, T>>,
  gone: readonly string[],
): Promise<ReadonlyMap<string, T | Promise<T>>> {
  const found = await Promise.all(
    items.map((item) =>
      readTogether([item], read, ...gone).catch(
        (error: unknown): ReadonlyMap<string, Promise<T>> => new Map([[item, failing<T>(error)]]),
      ),
    ),
  );
  return new Map(found.flatMap((one) => [...one]));
}

/** A failure that someone will await. */
function failing<T>(error: unknown): Promise<T> {
  const failed = Promise.reject<T>(error);
  failed.catch(() => {});
  return failed;
}
