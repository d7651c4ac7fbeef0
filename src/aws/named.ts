import type { Look } from "../engine/resource-kind.ts";

/**
 * Asks for a resource that AWS finds by its name: by the name that the state file knows first, then by the declared one where
 * that is another.
 */
export async function byName<T>(
  look: Look<{ name: string }>,
  find: (name: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { knownId, spec } = look;
  // A name that only an apply can tell is no text yet.
  const names = new Set([knownId, spec.name].filter((name) => typeof name === "string"));
  for (const name of names) {
    const found = await find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
