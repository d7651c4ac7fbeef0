import { isDead } from "../../state/file-lock.ts";
import { LAPSE } from "../../state/s3-lock.ts";
import type { Holder } from "../../state/state.ts";
import { realClock } from "../clock.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { inStore } from "./in-store.ts";
import { paste } from "./paste.ts";
import { howFar, progressIn } from "./progress-text.ts";
import { readStack } from "./session.ts";
import { stateDirectoryOf } from "./state-directory.ts";
import { worldLock } from "./stores.ts";
import { LONGEST } from "./until-ready.ts";
import { duration } from "./words.ts";

/** Milliseconds between two looks at the locks: a read of a file or two, or of an object in S3. */
const PAUSES = { local: 250, aws: 2_000 } as const;
/** How often a log is told of what is waited for. */
const AGAIN = 30_000;

/**
 * Waits, in real time and for at most `timeout` milliseconds, until no run in another terminal holds the stack's lock, nor that of the simulated
 * world; answers whether none does. One whose process is gone holds none: the next run takes its lock over. Ends early where the command is to stop.
 */
export async function untilUnlocked(flags: CommonFlags, context: CliContext, timeout = LONGEST): Promise<boolean> {
  const { terminal, stop, directory } = context;
  const { target } = flags;
  const stack = await readStack(flags, context);
  return inStore(flags, stack, context, undefined, async (store) => {
    const locks = target === "local" ? [worldLock(stateDirectoryOf(flags, directory)), store] : [store];
    const startedAt = realClock.now();
    let toldAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const held = await Promise.all(locks.map((lock) => lock.holder()));
      const holder = held.find((one) => one !== undefined && !isGone(one));
      if (holder === undefined) return true;
      if (stop.aborted) return false;
      const now = realClock.now();
      const what = told(holder);
      if (now - startedAt >= timeout) {
        terminal.line(
          `Still in progress after ${duration(timeout)}: ${what}. To keep waiting: ${paste(flags, "status", "--wait")}`,
          "failure",
        );
        return false;
      }
      if (now - toldAt >= AGAIN) {
        toldAt = now;
        const run = (await progressIn(store)).find(
          ({ pid, host, isAlive }) => isAlive && pid === holder.pid && host === holder.host,
        );
        terminal.line(`Waiting for ${what}${run ? `: ${howFar(run, now)}` : ""}`);
      }
      await realClock.sleep(Math.min(PAUSES[target], timeout - (now - startedAt)), stop).catch(() => {});
    }
  });
}

/** Whether the next run takes its lock over: its process is gone, or it has not renewed a lock in S3 for too long. */
const isGone = (holder: Holder): boolean =>
  isDead(holder) || (holder.renewed !== undefined && realClock.now() - Date.parse(holder.renewed) > LAPSE);

const told = ({ verb, who, pid, since }: Holder) =>
  `the ${verb} by ${who} (process ${pid}) since ${since.replace(/\.\d{3}Z$/, "Z")}`;
