/** What stands for a secret in an error. */
const HIDDEN = "(secret)";

/**
 * Awaits a call whose input holds `secret`. AWS quotes what it was sent when it refuses it, and errors are printed and kept in
 * logs: the secret is taken out of the error, and of everything that caused it, before anybody else sees it.
 */
export async function hiding<T>(secret: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (secret !== "")
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
        cause.message = cause.message.replaceAll(secret, HIDDEN);
        if (cause.stack !== undefined) cause.stack = cause.stack.replaceAll(secret, HIDDEN);
      }
    throw error;
  }
}
