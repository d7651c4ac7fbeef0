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

declare const ofContainer: unique symbol;
/** The exit code of a container, which a command that runs one ends with. */
export type ContainerExit = number & { readonly [ofContainer]: true };

/** One of the exit codes. */
export type Exit = (typeof EXIT)[keyof typeof EXIT] | ContainerExit;

/** A process can end with a byte only; any other code is a failure. */
export const exitOfContainer = (code: number): Exit =>
  code >= 0 && code <= 255 ? (code as ContainerExit) : EXIT.failed;

/** A mistake in how a command was called: told in a sentence, without a stack trace, with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something that stopped the run, told in a sentence, without a stack trace, with exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
}
