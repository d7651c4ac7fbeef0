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
  /** It existed and is about to be deleted: if it is gone, no other resource takes its place. */
  readonly leaving?: true;
  /** The last observation is compared with what is desired, or shown: it has to be complete, and so have the polls. */
  readonly complete?: true;
  /** Whether the observed resource shows what was written, for reads that lag behind writes; omit if they do not. */
  readonly shows?: (observed: AnyObserved) => boolean;
}

/**
 * Waits until the resource is ready; throws the provider's own reason if it never will be. Returns the last observation, which is brief (see
 * `Look`) unless `shows` or `complete` asks for more; `undefined` if the resource disappeared during the wait.
 */
export function untilReady<Services>(ctx: ApplyContext<Services>, poller: Poller, subject: Subject<Services>) {
  const { tell, clock } = ctx;
  const { id, kind, knownId, shows } = subject;
  // What was written can only be compared with all that is there.
  const brief = !shows && !subject.complete;
  const name = `${kind.type} ${id} (${knownId ?? "no id yet"})`;
  const usual = kind.timing?.ready ?? kind.timing?.consistent ?? 60;
  const since = clock.now();
  let was = subject.leaving ?? false;
  const observe = subject.leaving ? observeExactly : observeOne;
  return poller.until({
    what: `Waiting for ${name} to be ready`,
    usual,
    unhurried: onlyLags(kind),
    observe: (snapshot) => observe(ctx, kind, id, { ...known(ctx, subject), brief }, subject.spec, snapshot),
    over: (observed) => {
      const reason = observed?.failed ?? observed?.stuck;
      if (reason !== undefined) throw new Error(`${name} cannot become ready: ${reason}`);
      if (observed) was = true;
      return observed ? observed.ready && (shows?.(observed) ?? true) : was;
    },
    waited: (observed) => {
      const status = observed?.ready ? "new settings not visible yet" : observed?.status;
      tell({ event: "waiting", id, for: "ready", status, usual, since, at: clock.now() });
    },
  });
}

/** Whether the resource is what was asked for once the call returns, and only reads lag behind. */
const onlyLags = <Services>({ timing }: AnyKind<Services>) =>
  timing?.ready === undefined && timing?.consistent !== undefined;

/** Waits until the resource is deleted. */
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
    unhurried: onlyLags(kind),
    observe: (snapshot) =>
      observeExactly(ctx, kind, id, { ...known(ctx, subject), brief: true }, subject.spec, snapshot),
    over: (observed) => observed === undefined,
    waited: (observed) =>
      tell({ event: "waiting", id, for: "gone", status: observed?.status, usual, since, at: clock.now() }),
  });
}

/** How long to wait for an accepted create or update, and the longest pause between checks; milliseconds. */
const CREATED_WITHIN = 300_000;
const SLOWEST = 5_000;

/** Polls until there is a result. */
export async function polled<T>(
  { clock, stop }: Pick<ApplyContext<never>, "clock" | "stop">,
  what: string,
  look: () => Promise<T | undefined>,
  being: "created" | "updated" = "created",
): Promise<T> {
  const until = clock.now() + CREATED_WITHIN;
  for (let pause = 250; ; pause = Math.min(SLOWEST, pause * 2)) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (clock.now() >= until)
      throw new Error(
        `${what} is still being ${being} after ${CREATED_WITHIN / 60_000} minutes. Run again to keep waiting.`,
      );
    await clock.sleep(pause, stop);
  }
}

/** What is recorded of it, and the earlier generations that must not be mistaken for it while no list shows it yet. */
function known<Services>({ journal }: ApplyContext<Services>, { id, knownId }: Subject<Services>) {
  const recorded = journal.get(id);
  const { old = [] } = recorded ?? {};
  if (knownId === undefined) return { old };
  const { status, attrs } = recorded?.id === knownId ? recorded : {};
  const rest = old.filter((generation) => generation.id !== knownId);
  return { id: knownId, old: rest, ...(status && attrs ? { status, attrs } : {}) };
}
