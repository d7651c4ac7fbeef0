/** The content of an object. */
export interface Content {
  readonly text: string;
  /** Identifies these exact bytes. */
  readonly etag: string;
}

/** An object as it was read. */
export interface StoredObject extends Content {
  /** When it was written, on the store's own clock, in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** The precondition of a write: that nothing exists, or that the existing object has this ETag. */
export type Condition = { readonly ifNoneMatch: "*" } | { readonly ifMatch: string };

/** A store of texts by key in which a write can be conditional. */
export interface ObjectStore {
  /** `unsure`: nothing is known yet of whether there is one, so that what an absence takes to be certain is asked at once. */
  get(key: string, unsure?: true): Promise<StoredObject | undefined>;
  /**
   * Returns the new ETag, or `undefined` if `when` does not hold. Throws `UncertainWrite` if no response came; an unconditional write may
   * simply be repeated.
   */
  put(key: string, text: string, when?: Condition): Promise<string | undefined>;
  /** Writes a text that nothing depends on: sent once, whatever comes of it. Throws if it was not answered. */
  offer(key: string, text: string): Promise<void>;
  /** Returns whether the object is gone; `false` if it has another ETag. Throws `UncertainWrite` if no response came. */
  remove(key: string, ifMatch?: string): Promise<boolean>;
  /** The keys that start with `prefix`, which ends with a slash, and when each was written, in milliseconds since the epoch. */
  list(prefix: string): Promise<{ readonly key: string; readonly changedAt: number }[]>;
}

/** A write or delete that may or may not have been carried out. */
export class UncertainWrite extends Error {
  override readonly name = "UncertainWrite";
}

/** How many times a write without a response is sent. */
const TRIES = 5;

/** Whether the precondition of a write holds. */
export const holds = (when: Condition, now: Content | undefined): boolean =>
  "ifMatch" in when ? now?.etag === when.ifMatch : now === undefined;

/** `put` that reads the object if no response came: whether it was written is never guessed, and it is never written twice. */
export async function putConfirmed(
  objects: Pick<ObjectStore, "get" | "put">,
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
    // There was no response at first: this call may have written it, even if the next attempt was rejected.
    const now = await objects.get(key);
    if (now?.text === text) return now.etag;
    if (!holds(when, now) || tries >= TRIES) return undefined;
  }
}

/** `remove` that reads the object if no response came. */
export async function removeConfirmed(
  objects: Pick<ObjectStore, "get" | "remove">,
  key: string,
  ifMatch: string,
): Promise<boolean> {
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
