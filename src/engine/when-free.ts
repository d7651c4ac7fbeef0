import type { ApplyContext } from "./apply-context.ts";
import { Busy } from "./resource-kind.ts";

/** How long to wait for another owner's change of a resource, and how long to pause between checks; milliseconds. */
const BUSY_LIMIT = 3_600_000;
const BUSY_PAUSE = 5_000;

/** Retries `update` while another owner is changing the resource; `note` is told what is waited for. */
export async function whenFree<T>(
  { clock, stop }: Pick<ApplyContext<never>, "clock" | "stop">,
  note: (text: string) => void,
  update: () => Promise<T>,
): Promise<T> {
  const since = clock.now();
  for (;;) {
    try {
      return await update();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      const waited = clock.now() - since;
      if (waited >= BUSY_LIMIT)
        throw new Error(`${error.message} Gave up after ${waited / 60_000} minutes. Run again.`, { cause: error });
      note(error.message);
      await clock.sleep(BUSY_PAUSE, stop);
    }
  }
}
