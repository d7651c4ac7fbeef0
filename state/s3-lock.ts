import type { Clock } from "../src/clock.ts";
import { heldBy, newHolder, parseHolder, unreadable, type Held } from "./holder.ts";
import { putConfirmed, removeConfirmed, type Content, type ObjectStore } from "./objects.ts";
import { LockedError, type Died, type Holder } from "./state.ts";

/** How often a holder renews its lock. */
const RENEWAL = 60_000;
/** How long a check of the lock is considered valid. */
const FRESH = 5_000;
/** How old a check is when the next one is begun, so that nobody has to wait for it. */
const AGING = 4_000;
/** How long without a renewal until a lock may be taken over. */
export const LAPSE = 600_000;

/** The location of a lock, and the clock for its renewals. */
export interface LockPlace {
  readonly objects: ObjectStore;
  readonly key: string;
  /** The location to show to users. */
  readonly where: string;
  readonly clock: Clock;
}

/**
 * Acquires the lock for `command`, or throws `LockedError` naming its holder. The lock is an object that can only be created if there is
 * none. Other machines cannot check the holder's process, so the holder renews the lock every minute; a lock that was not renewed for ten
 * minutes is replaced on the condition that it is unchanged, which only one process can do.
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
    try {
      await died?.(other);
    } catch (error) {
      // Nobody would ever release it, and it would be renewed for as long as this process exists.
      await held.release().catch(() => {});
      throw error;
    }
    return held;
  }
  throw new LockedError(`Another run is acquiring the lock ${where} right now. Run again.`);
}

/** The current time of the store's own clock, which timestamps the locks: the clocks of two machines may differ by more than the limit. */
async function storeTime({ objects, key }: LockPlace, token: string): Promise<number | undefined> {
  const probe = `${key}.${token}`;
  await objects.put(probe, token);
  const written = await objects.get(probe);
  await objects.remove(probe);
  return written?.changedAt;
}

/** Renews the lock until it is released or taken away. */
function keepUp(place: LockPlace, holder: Holder, made: string): Held {
  const { objects, key, where, clock } = place;
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
      // An earlier renewal without a response may have succeeded: the token tells whose lock it is.
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
  /** Whether the lock still exists and is still this one: it may have been removed by force. */
  async function lookOnce() {
    const now = clock.now();
    const found = await objects.get(key);
    if (found && parseHolder(found.text)?.token === holder.token) seen = now;
    else lose();
  }
  const look = () => (looking ??= lookOnce().finally(() => (looking = undefined)));
  const renew = () => (renewing ??= renewOnce().finally(() => (renewing = undefined)));

  async function goOn() {
    while (!end.signal.aborted) {
      try {
        await clock.sleep(RENEWAL, end.signal);
      } catch {
        return;
      }
      // A conflict may be gone in a minute, so the next writer checks again.
      await renew().catch(() => {});
    }
  }
  const going = goOn();

  return {
    holder,
    async check() {
      // The machine may have been asleep: only the lock itself shows whether it is still ours.
      if (!lost && clock.now() - heard > LAPSE - RENEWAL) await renew();
      else if (!lost && clock.now() - seen > FRESH) await look();
      // One that gets no answer is repeated by whoever needs it.
      else if (!lost && clock.now() - seen > AGING) look().catch(() => {});
      if (lost)
        throw new LockedError(
          `This run lost the lock ${where}: it was removed by force, or it was not renewed for ten minutes. What was done so far is recorded in the state. Run again to continue.`,
        );
    },
    async release() {
      end.abort();
      await going;
      await renewing?.catch(() => {});
      if (!lost && !(await removeConfirmed(objects, key, etag))) await removeOwn(place, holder.token);
    },
  };
}

/** The holder of the lock, if any. */
export async function lockHolder({ objects, key, where }: LockPlace): Promise<Holder | undefined> {
  const found = await objects.get(key);
  const holder = found && parseHolder(found.text);
  if (found && !holder) throw new LockedError(unreadable(where));
  return holder;
}

/**
 * Removes the lock by force: whatever lock there is at first, or only that of the holder of `token`; returns the former holder. Of several
 * processes that do this at once only one gets it, and `fence` is called while that one holds the lock itself, before the next holder reads
 * the state. A DELETE alone could not tell whose it was: the response may be lost, and with If-Match it is a 409 or a 404 if another one was
 * faster (Amazon S3 User Guide, "How to perform conditional deletes"), after which nothing is there either way. A PUT with If-Match succeeds
 * once, and its own text shows whether it was carried out; otherwise it is a 412 or 409, and a 404 if the lock is gone (the same, "How to
 * prevent object overwrites with conditional writes"). If this process dies in between, its own lock is removed or taken over like any.
 */
export async function forceUnlock(
  { objects, key, clock }: LockPlace,
  token: string | undefined,
  fence: () => Promise<void>,
): Promise<Holder | undefined> {
  const own = JSON.stringify(newHolder("state unlock", clock.now()));
  for (let wanted = token; ;) {
    const found = await objects.get(key);
    // Its holder may be renewing it right now, and it is still the same lock.
    wanted ??= found && identityOf(found);
    if (!found || identityOf(found) !== wanted) return undefined;
    const etag = await putConfirmed(objects, key, own, { ifMatch: found.etag });
    if (etag === undefined) continue;
    await fence();
    await removeConfirmed(objects, key, etag);
    return parseHolder(found.text);
  }
}

/** The token of a lock, or its text if it cannot be read. */
const identityOf = ({ text }: Content) => parseHolder(text)?.token ?? text;

/** Removes the lock if its holder is still that of `token`: a renewal without a response may have changed it. */
async function removeOwn({ objects, key }: LockPlace, token: string): Promise<void> {
  for (;;) {
    const found = await objects.get(key);
    if (!found || identityOf(found) !== token || (await removeConfirmed(objects, key, found.etag))) return;
  }
}
