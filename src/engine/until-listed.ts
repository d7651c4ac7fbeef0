import type { ApplyContext } from "./apply-context.ts";
import type { Action } from "./action.ts";
import { lookSpec, observeOne } from "./observe.ts";
import { isOwned, notOwned } from "./ownership.ts";
import { compare } from "./plan.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";

/** How many seconds a read may miss what was just created, of kinds that do not say otherwise. */
export const LISTED_WITHIN = 5;

/** How many times a call with an unknown outcome is checked and retried before it counts as failed. */
export const UNCERTAIN_TRIES = 12;

/** A resource that may exist although no list shows it yet. */
export interface Late<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * What there is of a resource after a call with an unknown outcome: polls until it is found, or until lists would show it if it existed. Throws where
 * one that is not the stack's is found in its place, by its name: that may have come since the run was planned, and is why the provider refused to
 * create this one.
 */
export async function untilListed<Services>(
  ctx: ApplyContext<Services>,
  action: Pick<Action<Services>, "id" | "kind" | "order" | "observed">,
  desired: Late<Services>["spec"],
): Promise<AnyObserved | undefined> {
  const { clock, journal, owner } = ctx;
  const { id, kind } = action;
  const until = clock.now() + (kind.timing?.listed ?? LISTED_WITHIN) * 1000;
  for (let pause = 250; ; pause *= 2) {
    const known = journal.get(id);
    const found = await observeOne(ctx, kind, id, known, lookSpec(undefined, desired), new Snapshot());
    const seen = found && isFormer(action, desired, found) ? undefined : found;
    // It may be read some seconds before its mark.
    if (seen && isOwned(ctx, action, seen, known)) return seen;
    if (clock.now() >= until) {
      if (seen) throw new Error(notOwned(owner, id, kind, seen, known, "It was left as it is."));
      return undefined;
    }
    await clock.sleep(Math.min(pause, until - clock.now()));
  }
}

/** Whether it is the one that was deleted to make room for a new one: reads may show it for some seconds. */
const isFormer = <Services>(
  { kind, order, observed }: Pick<Action<Services>, "kind" | "order" | "observed">,
  desired: Late<Services>["spec"],
  seen: AnyObserved,
): boolean =>
  order === "delete-first" &&
  seen.id === observed?.id &&
  compare(kind, desired, undefined, seen).differences.some(({ replaces }) => replaces);
