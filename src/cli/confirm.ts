import { UsageError } from "./exit.ts";
import type { Session } from "./session.ts";

/** Asks before something is done; `yes` was said beforehand. Where nobody can be asked on AWS, it refuses. */
export async function agreed(
  { terminal, target }: Pick<Session, "terminal" | "target">,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes) return true;
  if (!terminal.asks) {
    // What is simulated can be had again.
    if (target === "local") return true;
    throw new UsageError("There is no terminal to ask for confirmation: run again with --yes. No changes were made.");
  }
  return terminal.confirm(question);
}
