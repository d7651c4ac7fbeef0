import type { Applied } from "./apply.ts";
import type { ApplyContext } from "./apply-context.ts";
import { nameOf } from "./inventory.ts";
import type { AnyKind } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";

/** How long, in milliseconds, lists may still show deleted resources: Terraform polls for five minutes. */
export const LISTED_FOR = 300_000;

/** Milliseconds between lists: the first pause, and the longest. */
const SOON = 1_000;
const SLOWEST = 15_000;

/** The next pause after a pause of `ms`. */
export const longer = (ms: number): number => (ms === 0 ? SOON : Math.min(SLOWEST, ms * 2));

/** What a run deleted or found deleted, of the kinds whose lists lag and whose ids are never reused. */
export function deletedIn<Services>({ tasks, outcomes }: Applied<Services>): Gone<Services>[] {
  return tasks.flatMap((task) => {
    if (task.step !== "delete" || outcomes.get(task.key)?.state !== "done") return [];
    const { kind, observed } = task.generation ?? task.action;
    // A run that died may have deleted it a moment ago: then it was not found by its id, and lists may still show it.
    const id = observed?.id ?? (task.generation ? task.generation.generation.id : task.action.known?.id);
    return id !== undefined && kind.timing?.listed !== undefined && kind.list ? [{ kind, id }] : [];
  });
}

/** A deleted resource. */
interface Gone<Services> {
  readonly kind: AnyKind<Services>;
  readonly id: string;
}

/**
 * Waits until no list shows the deleted resources: the next reader would take them for unaccounted resources of the stack, or continue from
 * them. Gives up after five minutes, and if a list cannot be read; costs nothing if nothing was deleted.
 */
export async function untilUnlisted<Services>(
  { services, clock, stop }: ApplyContext<Services>,
  gone: readonly Gone<Services>[],
): Promise<void> {
  const until = clock.now() + LISTED_FOR;
  let left = gone;
  for (let pause = 0; clock.now() < until;) {
    if (left.length === 0 || stop?.aborted) return;
    const snapshot = new Snapshot();
    const lists = [...new Set(left.map(({ kind }) => kind))].map(async (kind) => {
      const owned = (await kind.list?.(services, [], snapshot)?.catch(() => [])) ?? [];
      return owned.map(({ id }) => nameOf({ type: kind.type, id }));
    });
    const shown = new Set((await Promise.all(lists)).flat());
    left = left.filter(({ kind, id }) => shown.has(nameOf({ type: kind.type, id })));
    if (left.length === 0) return;
    pause = longer(pause);
    // An interrupted run does not wait for lists.
    await clock.sleep(pause, stop).catch(() => {});
  }
}
