/** The replacement for a secret in an error. */
const HIDDEN = "(secret)";

/** Removes a secret from an error and its causes. */
export function hide(secret: string, error: unknown): void {
  if (secret === "") return;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    cause.message = cause.message.replaceAll(secret, HIDDEN);
    if (cause.stack !== undefined) cause.stack = cause.stack.replaceAll(secret, HIDDEN);
  }
}
