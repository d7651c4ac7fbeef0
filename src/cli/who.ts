import { hostname, userInfo } from "node:os";

/** Who runs this, as `user@host`. */
export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A process may run as a user that the machine has no name for.
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}
