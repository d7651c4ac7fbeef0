/**
 * Waits until all of these have ended, and throws the first failure in their order: unlike `Promise.all`, which leaves the others at work
 * when one fails, so that calls would still be changing a resource that already counts as failed.
 */
export async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(works)) if (ended.status === "rejected") throw ended.reason;
}
