import { createHash } from "node:crypto";
import type { Clock } from "../src/clock.ts";
import { putConfirmed, removeConfirmed, type Content, type ObjectStore } from "./objects.ts";
import { parseState } from "./parse.ts";
import { newHolder, type Held } from "./holder.ts";
import { ProgressWriter, type ProgressPlace } from "./progress-writer.ts";
import { progressIn } from "./progress-in.ts";
import { isEmpty, StateError, type Died, type Holder, type ProgressOf, type State, type StateStore } from "./state.ts";

/** The location of a store: the part that differs between stores. */
export interface Place extends Pick<StateStore, "where" | "holder" | "record" | "runs"> {
  /** As in `StateStore`, where it takes a call. */
  readonly prepareRecord?: () => void;
  readonly objects: ObjectStore;
  /** The state's key. */
  readonly key: string;
  /** The machine's own clock. */
  readonly clock: Clock;
  /** Where the progress of a run or a release is written, and what is there. */
  readonly progress: (of: ProgressOf) => ProgressPlace;
  /** Whether a holder that was considered dead may still be alive on another machine, and write. */
  readonly outlived: boolean;
  /** The key prefix of its backups; ends with a slash. */
  readonly backups: string;
  hold(verb: string, died?: Died): Promise<Held>;
  /** `StateStore.unlock`; calls `fence` before another process can acquire the lock. */
  unlock(token: string | undefined, fence: () => Promise<void>): Promise<Holder | undefined>;
}

/** How many earlier states are kept. */
const KEPT = 20;

/** The store of a state, the same for every location. */
export function storeIn(place: Place): StateStore {
  const { where, objects, key } = place;
  /** The stored content as far as this store knows; `sure` is false if a write failed and may still have been carried out. */
  let known: { readonly found: Content | undefined; readonly sure: boolean; readonly tried?: string } | undefined;
  let backed = false;
  /** The copy that is made ahead of the first write, and whether it was. */
  let kept: { readonly found: Content; readonly done: Promise<boolean> } | undefined;
  let held: Held | undefined;
  /** Whether the last read found a state. */
  let isThere = false;
  /** Counts the locks acquired here: what a read begun before the last one found is no base for a write. */
  let locks = 0;
  /** What has to have ended before the lock held here is released. */
  let leaving: Promise<void>[] = [];

  const lost = () =>
    new StateError(
      `Another process wrote the state ${where} during this run. Its version was kept, and the last changes of this run are not in it. Run again, which checks what exists and continues from there.`,
    );

  async function look(): Promise<Content | undefined> {
    if (known?.sure) return known.found;
    const before = known;
    const found = await objects.get(key);
    if (before && found?.text !== before.found?.text && found?.text !== before.tried) throw lost();
    known = { found, sure: true };
    return found;
  }

  /** Replaces `found` with the state. */
  async function change(state: State, found: Content | undefined): Promise<void> {
    const text = isEmpty(state) ? undefined : `${JSON.stringify(state, undefined, 2)}\n`;
    known = { found, sure: false, ...(text === undefined ? {} : { tried: text }) };
    if (text === undefined) {
      if (found && !(await removeConfirmed(objects, key, found.etag))) throw lost();
      known = { found: undefined, sure: true };
      return;
    }
    const etag = await putConfirmed(objects, key, text, found ? { ifMatch: found.etag } : { ifNoneMatch: "*" });
    if (etag === undefined) throw lost();
    known = { found: { text, etag }, sure: true };
  }

  const backupKey = (name: string | number) => `${place.backups}${name}.json`;

  const keep = ({ text }: Content, name: string | number) => objects.put(backupKey(name), text);

  /** Keeps the state that a run is about to overwrite, unless exactly that was kept ahead. */
  async function keepBefore(found: Content): Promise<void> {
    const isKept = kept?.found.etag === found.etag && (await kept.done);
    if (!isKept) await keep(found, parseState(found.text, where).serial);
  }

  async function removeOldBackups(): Promise<void> {
    for (const { serial } of (await backups()).slice(KEPT)) await objects.remove(backupKey(serial));
  }

  async function backups() {
    const all = (await objects.list(place.backups)).flatMap((one) => {
      const [, serial] = /^(\d+)\.json$/.exec(one.key.slice(place.backups.length)) ?? [];
      return serial === undefined ? [] : [{ serial: Number(serial), when: new Date(one.changedAt).toISOString() }];
    });
    return all.toSorted((a, b) => b.serial - a.serial);
  }

  /**
   * Makes pending writes of the former lock holder fail: they depend on the version that it read, which changes here. Only the serial of
   * the state changes. Does nothing if another process is writing right now, which has the same effect.
   */
  async function fence(): Promise<void> {
    const found = place.outlived ? await objects.get(key) : undefined;
    const serial = found && serialOf(found, where);
    if (!found || serial === undefined) return;
    const text = `${JSON.stringify({ ...parseState(found.text, where), serial: serial + 1 }, undefined, 2)}\n`;
    await putConfirmed(objects, key, text, { ifMatch: found.etag });
  }

  return {
    where,
    async read() {
      const before = locks;
      const found = await objects.get(key, isThere ? undefined : true);
      isThere = found !== undefined;
      // Later reads add nothing: one that overlaps a write of this run may even be older.
      if (before === locks) known ??= { found, sure: true };
      return found && parseState(found.text, where);
    },
    async write(state) {
      await held?.check();
      const found = await look();
      const backsUp = found !== undefined && !backed;
      // The earlier state is kept before it is overwritten; which backups are too many can be found out meanwhile.
      if (backsUp) await keepBefore(found);
      backed = true;
      await besides(change(state, found), backsUp ? removeOldBackups() : undefined);
    },
    prepareWrite() {
      const serial = known?.found && serialOf(known.found, where);
      if (!held || backed || !known?.sure || !known.found || serial === undefined) return;
      kept = {
        found: known.found,
        done: keep(known.found, serial).then(
          () => true,
          () => false,
        ),
      };
    },
    async replace(state) {
      await held?.check();
      const found = await objects.get(key);
      if (found) await keep(found, serialOf(found, where) ?? damagedName(found));
      backed = true;
      await besides(change(state, found), found ? removeOldBackups() : undefined);
    },
    async lock(verb, died) {
      const own = await place.hold(verb, async (other) => {
        await fence();
        await died?.(other);
      });
      // A run begins by acquiring its lock.
      [held, known, kept, backed, leaving] = [own, undefined, undefined, false, []];
      locks++;
      const last = leaving;
      return async () => {
        if (held === own) held = undefined;
        await Promise.allSettled(last);
        await own.release();
      };
    },
    check: async () => held?.check(),
    holder: () => place.holder(),
    unlock: (token) => place.unlock(token, fence),
    backups,
    async readBackup(serial) {
      const found = await objects.get(backupKey(serial));
      return found && parseState(found.text, backupKey(serial));
    },
    prepareRecord: () => place.prepareRecord?.(),
    record: (run) => place.record(run),
    runs: (limit) => place.runs(limit),
    async progress(of) {
      if (of !== undefined) return progressIn(place, of);
      return (await progressIn(place, "run")) ?? progressIn(place, "release");
    },
    reporting(of, verb, now) {
      const at = place.progress(of);
      const holder = of === "run" ? held?.holder : undefined;
      const writer = new ProgressWriter(at, holder ?? newHolder(verb, place.clock.now()), place.clock, now);
      if (holder === undefined || at.isQuick) return writer;
      // It goes on beside what the run still has to say.
      const last = leaving;
      return {
        start: (beats) => writer.start(beats),
        changed: () => writer.changed(),
        end: async () => void last.push(writer.end()),
      };
    },
  };
}

const serialOf = ({ text }: Content, where: string): number | undefined => {
  try {
    return parseState(text, where).serial;
  } catch {
    return undefined;
  }
};

const damagedName = ({ text }: Content) => `damaged-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;

/** Both, and the failure of either, but never before the write has ended: a later one would overtake it. */
async function besides(write: Promise<void>, removal: Promise<void> | undefined): Promise<void> {
  for (const one of await Promise.allSettled([write, removal])) if (one.status === "rejected") throw one.reason;
}
