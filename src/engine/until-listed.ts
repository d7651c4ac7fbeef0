import type { ApplyContext } from "./apply-context.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { observeOne } from "./observe.ts";
import { isOwned, notOwned } from "./ownership.ts";
import { Snapshot } from "./snapshot.ts";

/** How many seconds a read may miss what was just created, of kinds that do not say otherwise. */
export const LISTED_WITHIN = 5;

/** A resource that may exist although no list shows it yet. */
export interface Late<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Whether what is found is the one that was deleted to make room for it, which reads may show for some seconds. */
  readonly isFormer?: (seen: AnyObserved) => boolean;
}

/**
 * Polls until the resource is found, or until lists would show it if it existed. Throws where one that is not the stack's is found in its place, by its
 * name: that may have come since the run was planned, and is why the provider refused to create this one.
 */
export async function untilListed<Services>(
  ctx: ApplyContext<Services>,
  { id, kind, spec, isFormer }: Late<Services>,
): Promise<AnyObserved | undefined> {
  const { clock, journal } = ctx;
  const until = clock.now() + (kind.timing?.listed ?? LISTED_WITHIN) * 1000;
  for (let pause = 250; ; pause *= 2) {
    const known = journal.get(id);
    const found = await observeOne(ctx, kind, id, known, spec, new Snapshot());
    const seen = found && isFormer?.(found) ? undefined : found;
    // It may be read some seconds before its mark.
    const isOurs = seen !== undefined && isOwned(ctx, { id, kind }, seen, known);
    if (isOurs) return seen;
    if (clock.now() >= until) {
      if (seen) throw new Error(notOwned(ctx.owner, id, kind, seen, known, "It was left as it is."));
      return undefined;
    }
    await clock.sleep(Math.min(pause, until - clock.now()));
  }
}
