import { isDeepStrictEqual } from "node:util";
import type { Holder, State } from "../../state/state.ts";

/** Everything that was written to a state and its lock, the oldest first: the bucket keeps all versions. */
export interface Versions {
  readonly states: readonly State[];
  /** Each holder once; the deletions are not in it. */
  readonly holders: readonly Holder[];
}

/** What the versions say about how the state came about. */
export interface Account {
  readonly wrong: readonly string[];
  /** The versions that only made pending writes of a dead process fail, which are no writes of anybody. */
  readonly fences: number;
}

/**
 * Accounts for each version of the state: it adds one resource, or is the one fence of a lock that was removed by force, which had a dead
 * holder. `late`: how many processes died of a write that was carried out nevertheless.
 */
export function account({ states, holders }: Versions, dead: ReadonlySet<number>, late: number): Account {
  const wrong: string[] = [];
  let fences = 0;
  for (const [n, { serial, resources }] of states.entries()) {
    const { serial: last, resources: before } = states[n - 1] ?? { serial: serial - 1, resources: undefined };
    if (serial !== last + 1) wrong.push(`serial ${serial} was written after ${last}`);
    if (before === undefined) continue;
    const added = Object.keys(resources).filter((name) => !(name in before));
    const kept = Object.fromEntries(Object.entries(resources).filter(([name]) => name in before));
    if (!isDeepStrictEqual(kept, before)) wrong.push(`serial ${serial} lost what was there`);
    if (added.length > 1) wrong.push(`serial ${serial} added ${added.join(" and ")}`);
    if (added.length === 0) fences++;
  }
  const victims = holders.flatMap(({ verb }, n) => (verb === "state unlock" ? [holders[n - 1]] : []));
  for (const victim of victims)
    if (!victim || !dead.has(victim.pid)) wrong.push(`the lock of ${victim?.pid} was taken away, which did not die`);
  if (fences > victims.length) wrong.push(`${fences} fences for ${victims.length} locks that were taken away`);
  // Nothing is to be fenced where there is no state, or where the dead one's write came first; who died unlocking may not have got that far.
  const died = victims.filter((victim) => victim?.verb === "state unlock").length;
  const beforeTheFirst = Object.keys(states[0]?.resources ?? {}).length === 1 ? victims.length : 0;
  if (fences < victims.length - late - died - beforeTheFirst)
    wrong.push(`${fences} fences for ${victims.length} locks that were taken away, of which ${died} died unlocking`);
  return { wrong, fences };
}
