/** What stands for a secret in an error. */
const HIDDEN = "(secret)";

/** Takes a secret out of an error, and out of everything that caused it. */
export function hide(secret: string, error: unknown): void {
  if (secret === "") return;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    cause.message = cause.message.replaceAll(secret, HIDDEN);
    if (cause.stack !== undefined) cause.stack = cause.stack.replaceAll(secret, HIDDEN);
  }
}
