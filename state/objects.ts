/** What an object holds. */
export interface Content {
  readonly text: string;
  /** Names these very bytes. */
  readonly etag: string;
}

/** One object as it was read. */
export interface StoredObject extends Content {
  /** When it was written, on the store's own clock, in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** What must hold for a write to be carried out: that nothing is there, or that what is there has this ETag. */
export type Condition = { readonly ifNoneMatch: "*" } | { readonly ifMatch: string };

/** A place for texts by their key in which a write can depend on what is there. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Answers the new ETag, or `undefined` where `when` does not hold. Throws `UncertainWrite` where no answer came; without a condition
   * it may as well write again, which is the same.
   */
  put(key: string, text: string, when?: Condition): Promise<string | undefined>;
  /** Answers whether the object is gone; `false` where it has another ETag. Throws `UncertainWrite` where no answer came, as above. */
  remove(key: string, ifMatch?: string): Promise<boolean>;
  /** The keys that begin with `prefix`, which ends with a slash, and when each was written, in milliseconds since the epoch. */
  list(prefix: string): Promise<{ readonly key: string; readonly changedAt: number }[]>;
}

/** A write or a removal that may or may not have been carried out. */
export class UncertainWrite extends Error {
  override readonly name = "UncertainWrite";
}

/** How often a write is sent whose answer does not come. */
const TRIES = 5;

/** Whether a write under this condition would be carried out. */
export const holds = (when: Condition, now: Content | undefined): boolean =>
  "ifMatch" in when ? now?.etag === when.ifMatch : now === undefined;

/** `put` that looks what is there where no answer came: whether it was carried out is never guessed, and never done twice. */
export async function putConfirmed(
  objects: ObjectStore,
  key: string,
  text: string,
  when: Condition,
): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      const etag = await objects.put(key, text, when);
      if (etag !== undefined || tries === 1) return etag;
    } catch (error) {
      if (!(error instanceof UncertainWrite) || tries >= TRIES) throw error;
    }
    // No answer came at first: the one who wrote may well have been this call, also where the next one was refused.
    const now = await objects.get(key);
    if (now?.text === text) return now.etag;
    if (!holds(when, now) || tries >= TRIES) return undefined;
  }
}

/** `remove` that looks what is there where no answer came. */
export async function removeConfirmed(objects: ObjectStore, key: string, ifMatch: string): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await objects.remove(key, ifMatch);
    } catch (error) {
      if (!(error instanceof UncertainWrite) || tries >= TRIES) throw error;
      const now = await objects.get(key);
      if (now?.etag !== ifMatch) return now === undefined;
    }
  }
}
