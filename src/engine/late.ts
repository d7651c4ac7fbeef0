import type { ResourceState } from "../../state/state.ts";
import type { Applying } from "./applying.ts";
import type { AnyKind, AnyObserved } from "./kind.ts";
import { observeOne } from "./observe.ts";
import { isOurs } from "./ours.ts";
import { Snapshot } from "./snapshot.ts";

/** A resource that may be there although no list shows it yet. */
interface Late<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Looks until it is seen, or until lists would show it if it were there. */
export async function lookAgain<Services>(
  around: Applying<Services>,
  { id, kind, spec }: Late<Services>,
): Promise<AnyObserved | undefined> {
  const { clock, journal } = around;
  const until = clock.now() + (kind.lag ?? 5) * 1000;
  for (let pause = 250; ; pause *= 2) {
    const seen = await observeOne(around, kind, id, journal.get(id), spec, new Snapshot());
    if (seen || clock.now() >= until) return seen;
    await clock.sleep(Math.min(pause, until - clock.now()));
  }
}

/**
 * What a run that died made and never came to know the id of. It may have died a moment ago, so that no list shows it yet: who takes
 * it for absent makes it twice, or leaves it behind for ever.
 */
export async function leftBehind<Services>(
  around: Applying<Services>,
  late: Late<Services>,
  known: ResourceState | undefined,
): Promise<AnyObserved | undefined> {
  if (!known || known.id !== undefined || known.status === "created") return undefined;
  const seen = await lookAgain(around, late);
  return seen && isOurs(around, late, seen, known) ? seen : undefined;
}
