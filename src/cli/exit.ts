/** What the process answers with. */
export const EXIT = {
  done: 0,
  /** Something failed, or only a part was done. */
  failed: 1,
  /** A wrong flag, or a configuration that is refused; no changes were made. */
  usage: 2,
  /** `plan --check` found changes. */
  changes: 3,
  /** Somebody else holds the lock. */
  locked: 4,
} as const;

/** One of the exit codes. */
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** A mistake in how a command was called: told in a sentence, without a stack trace, with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something that stopped the run, told in a sentence, without a stack trace, with exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
}
