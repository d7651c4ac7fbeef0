/**
 * Changes `constants` in place, which every file that shares a worker sees, and returns what gives them their values back: to be called
 * before the file that changed them ends.
 */
export function changed<T extends object>(constants: T, changes: Partial<T>): () => void {
  const before = { ...constants };
  Object.assign(constants, changes);
  return () => void Object.assign(constants, before);
}
