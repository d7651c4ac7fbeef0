import type { ApplyContext } from "./apply-context.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { observeExactly, observeOne } from "./observe.ts";
import type { Poller } from "./wait.ts";

/** A resource that is waited for. */
export interface Subject<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly knownId: string | undefined;
  readonly spec: Readonly<Record<string, unknown>>;
  /** It was there and is about to be deleted: where it is gone, nothing else takes its place. */
  readonly leaving?: true;
  /** Whether what is seen is what was written, where reads lag behind writes; left out: they do not. */
  readonly shows?: (observed: AnyObserved) => boolean;
}

/**
 * Waits until the resource is ready; throws with the provider's own reason where it never will be. Answers what was seen last,
 * `undefined` where it is gone although it was there before.
 */
export function untilReady<Services>(ctx: ApplyContext<Services>, poller: Poller, subject: Subject<Services>) {
  const { tell, clock } = ctx;
  const { id, kind, knownId, shows = () => true } = subject;
  const name = `${kind.type} ${id} (${knownId ?? "no id yet"})`;
  const usual = kind.timing?.ready ?? kind.timing?.consistent ?? 60;
  const since = clock.now();
  let was = subject.leaving ?? false;
  const observe = subject.leaving ? observeExactly : observeOne;
  return poller.until({
    what: `Waiting for ${name} to be ready`,
    usual,
    observe: (snapshot) => observe(ctx, kind, id, known(ctx, subject), subject.spec, snapshot),
    over: (observed) => {
      const reason = observed?.failed ?? observed?.stuck;
      if (reason !== undefined) throw new Error(`${name} cannot become ready: ${reason}`);
      if (observed) was = true;
      return observed ? observed.ready && shows(observed) : was;
    },
    waited: (observed) => {
      const status = observed?.ready ? "new settings not visible yet" : observed?.status;
      tell({ event: "waiting", id, for: "ready", status, usual, since, at: clock.now() });
    },
  });
}

/** Waits until the resource is gone. */
export async function untilGone<Services>(
  ctx: ApplyContext<Services>,
  poller: Poller,
  subject: Subject<Services>,
): Promise<void> {
  const { tell, clock } = ctx;
  const { id, kind, knownId } = subject;
  const usual = kind.timing?.gone ?? 60;
  const since = clock.now();
  await poller.until({
    what: `Waiting for ${kind.type} ${id} (${knownId ?? "no id"}) to be deleted`,
    usual,
    observe: (snapshot) => observeExactly(ctx, kind, id, known(ctx, subject), subject.spec, snapshot),
    over: (observed) => observed === undefined,
    waited: (observed) =>
      tell({ event: "waiting", id, for: "gone", status: observed?.status, usual, since, at: clock.now() }),
  });
}

/** How long a create that was taken on is waited for, and how long between two looks at most; milliseconds. */
const CREATED_WITHIN = 300_000;
const SLOWEST = 5_000;

/** Looks until there is an answer. */
export async function polled<T>(
  { clock, stop }: Pick<ApplyContext<never>, "clock" | "stop">,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const until = clock.now() + CREATED_WITHIN;
  for (let pause = 250; ; pause = Math.min(SLOWEST, pause * 2)) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (clock.now() >= until)
      throw new Error(
        `${what} is still being created after ${CREATED_WITHIN / 60_000} minutes. Run again to keep waiting.`,
      );
    await clock.sleep(pause, stop);
  }
}

/** Its id, and the earlier generations that must not be taken for it while no list shows it yet. */
function known<Services>({ journal }: ApplyContext<Services>, { id, knownId }: Subject<Services>) {
  const { old = [] } = journal.get(id) ?? {};
  return knownId === undefined ? { old } : { id: knownId, old: old.filter((generation) => generation.id !== knownId) };
}
