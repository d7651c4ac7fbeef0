import { explain } from "../aws/advice.ts";
import { realClock } from "../clock.ts";
import { whoAmI } from "../../state/holder.ts";
import type { Holder, Run, StateStore } from "../../state/state.ts";
import type { TargetName } from "./target.ts";
import type { Terminal } from "./terminal.ts";

/** Where runs are remembered, and who is told where that cannot be done. */
interface Memory {
  readonly store: Pick<StateStore, "record">;
  readonly terminal: Terminal;
}

/** Adds a run to the history. One that cannot be written is told, and takes nothing back of what was done. */
export async function remember({ store, terminal }: Memory, run: Omit<Run, "number">): Promise<void> {
  try {
    await store.record(run);
  } catch (failure) {
    terminal.line(`Could not write the history: ${explain(failure).what}`);
  }
}

/**
 * Adds a run that died, which only its lock tells of: whoever took that away says so in its place, as `command`. What holds the lock of
 * the simulated world alone is not told of: that lock does not say which stack its run was for.
 */
export const rememberDeath =
  (memory: Memory, target: TargetName, verb: string) =>
  ({ who, verb: theirs, since, renewed }: Holder): Promise<void> =>
    remember(memory, {
      when: since,
      who,
      verb: theirs,
      target,
      outcome: "died",
      // All that is known: it may even have told what it came to, and died before it gave the lock back.
      error: `It never released its lock${renewed === undefined ? "" : ` and last renewed it at ${renewed}`}: a ${verb} by ${whoAmI()} took the lock over at ${new Date(realClock.now()).toISOString()}. The state shows how far it had come.`,
      summary: {},
      actions: [],
      calls: {},
    });
