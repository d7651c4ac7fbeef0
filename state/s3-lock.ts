import type { Clock } from "../src/engine/clock.ts";
import { heldBy, newHolder, parseHolder, unreadable } from "./holder.ts";
import { putConfirmed, removeConfirmed, type ObjectStore } from "./objects.ts";
import { LockedError, type Died, type Holder } from "./state.ts";
import type { Held } from "./store.ts";

/** How often a holder says that it is still there. */
const RENEWAL = 60_000;
/** For how long what was seen of the lock is believed. */
const FRESH = 5_000;
/** After how long without a word a lock may be taken over. */
const LAPSE = 600_000;

/** Where a lock lies, and the clock that tells its holder when to say again that it is there. */
export interface LockPlace {
  readonly objects: ObjectStore;
  readonly key: string;
  /** Where it is, for people. */
  readonly where: string;
  readonly clock: Clock;
}

/**
 * Takes the lock for `command`, or throws `LockedError` naming who holds it. The lock is an object that can only be written where there
 * is none. No one can look at the process that holds it, so the holder writes every minute that it is still there; one of which
 * nothing was heard for ten minutes is replaced under the condition that it is still that very object, which only one can do.
 */
export async function takeLock(place: LockPlace, verb: string, died?: Died): Promise<Held> {
  const { objects, key, where, clock } = place;
  for (let tries = 0; tries < 5; tries++) {
    const holder = newHolder(verb, clock.now());
    const made = await putConfirmed(objects, key, JSON.stringify(holder), { ifNoneMatch: "*" });
    if (made !== undefined) return keepUp(place, holder, made);
    const found = await objects.get(key);
    if (found === undefined) continue;
    const other = parseHolder(found.text);
    if (other === undefined) throw new LockedError(unreadable(where));
    const now = await storeTime(place, holder.token);
    if (now === undefined || now - found.changedAt <= LAPSE) throw new LockedError(heldBy(other), other);
    const taken = await putConfirmed(objects, key, JSON.stringify(holder), { ifMatch: found.etag });
    if (taken === undefined) continue;
    const held = keepUp(place, holder, taken);
    await died?.(other);
    return held;
  }
  throw new LockedError(`Another run is acquiring the lock ${where} right now. Try again.`);
}

/** What time it is by the store's own clock, which stamps the locks: those of two machines may differ by more than a lapse. */
async function storeTime({ objects, key }: LockPlace, token: string): Promise<number | undefined> {
  const probe = `${key}.${token}`;
  await objects.put(probe, token);
  const written = await objects.get(probe);
  await objects.remove(probe);
  return written?.changedAt;
}

/** Renews the lock until it is given back or taken away. */
function keepUp({ objects, key, where, clock }: LockPlace, holder: Holder, made: string): Held {
  const end = new AbortController();
  let etag = made;
  let heard = clock.now();
  let seen = heard;
  let lost = false;
  let looking: Promise<void> | undefined;
  let renewing: Promise<void> | undefined;

  async function renewOnce() {
    const now = clock.now();
    const text = JSON.stringify({ ...holder, renewed: new Date(now).toISOString() });
    let renewed = await putConfirmed(objects, key, text, { ifMatch: etag });
    if (renewed === undefined) {
      // An earlier renewal may have been carried out whose answer never came: the token tells whose lock it is.
      const found = await objects.get(key);
      if (found && parseHolder(found.text)?.token === holder.token)
        renewed = await putConfirmed(objects, key, text, { ifMatch: found.etag });
    }
    if (renewed !== undefined) [etag, heard, seen] = [renewed, now, now];
    else lose();
  }
  function lose() {
    lost = true;
    end.abort();
  }
  /** Whether the lock is still there, and still this one: someone may have taken it away by force. */
  async function lookOnce() {
    const now = clock.now();
    const found = await objects.get(key);
    if (found && parseHolder(found.text)?.token === holder.token) seen = now;
    else lose();
  }
  const renew = () => (renewing ??= renewOnce().finally(() => (renewing = undefined)));

  async function goOn() {
    while (!end.signal.aborted) {
      try {
        await clock.sleep(RENEWAL, end.signal);
      } catch {
        return;
      }
      // What stands blocking now may be gone in a minute; whoever writes next asks for itself.
      await renew().catch(() => {});
    }
  }
  const going = goOn();

  return {
    async check() {
      // The machine may have slept: only the lock itself knows whether it is still ours.
      if (!lost && clock.now() - heard > LAPSE - RENEWAL) await renew();
      else if (!lost && clock.now() - seen > FRESH) await (looking ??= lookOnce().finally(() => (looking = undefined)));
      if (lost)
        throw new LockedError(
          `This run lost the lock ${where}: it was removed by force, or it was not renewed for ten minutes. What was done so far is recorded in the state. Run again to continue.`,
        );
    },
    async release() {
      end.abort();
      await going;
      await renewing?.catch(() => {});
      if (!lost && !(await removeConfirmed(objects, key, etag))) await takeAway({ objects, key }, holder.token);
    },
  };
}

/** Who holds the lock, if anyone does. */
export async function lockHolder({ objects, key, where }: LockPlace): Promise<Holder | undefined> {
  const found = await objects.get(key);
  const holder = found && parseHolder(found.text);
  if (found && !holder) throw new LockedError(unreadable(where));
  return holder;
}

/** Takes the lock away from whoever holds it, or only from the holder of `token`; answers who that was. */
export async function takeAway(
  { objects, key }: Pick<LockPlace, "objects" | "key">,
  token?: string,
): Promise<Holder | undefined> {
  for (;;) {
    const found = await objects.get(key);
    const holder = found && parseHolder(found.text);
    if (!found || (token !== undefined && holder?.token !== token)) return undefined;
    // Its holder may renew it at this moment, and it is the same lock all the same.
    if (await removeConfirmed(objects, key, found.etag)) return holder;
  }
}
