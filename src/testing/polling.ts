import { Busy } from "../engine/resource-kind.ts";
import type { Simulated } from "./simulated.ts";

/** How often a check looks for something before it gives up. */
export const TRIES = 300;

/** The pause after so many tries, in milliseconds: short at first, and long for what takes minutes, as the engine does in its way. */
export const pauseAfter = (tries: number) => (tries < 10 ? 1_000 : 10_000);

/** Looks once a second of the clock, as the engine does in its way. */
export const polling =
  ({ clock }: Simulated) =>
  async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await look();
      if (answer !== undefined) return answer;
      await clock.sleep(1_000);
    }
    throw new Error("It was never created.");
  };

/** Does it, again while it says that another owner is at work, as the engine does. */
export async function whenFree<T>({ clock }: Simulated, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Busy) || tries >= TRIES) throw error;
      await clock.sleep(pauseAfter(tries));
    }
}
