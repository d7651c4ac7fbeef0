import type { Look } from "../engine/resource-kind.ts";

/**
 * Reads a resource that AWS identifies by name: first by the recorded name, then by the declared one if
 * it differs.
 */
export async function byName<T>(
  look: Look<{ name: string }>,
  find: (name: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { knownId, spec } = look;
  // A name that is known only after apply is not a string yet.
  const names = new Set([knownId, spec.name].filter((name) => typeof name === "string"));
  for (const name of names) {
    const found = await find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
