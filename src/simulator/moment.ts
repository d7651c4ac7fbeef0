import type { Sim } from "./sim.ts";

/** The same world at another moment: what was due while no one looked is carried out at its own time, not at that of the look. */
export const at = (sim: Sim, now: number): Sim => ({ ...sim, now, in: (seconds) => sim.in(seconds) - sim.now + now });

/** An id in the format of CodePipeline, CodeBuild and EventBridge. */
export const uuid = ({ world }: Sim): string => [8, 4, 4, 4, 12].map((length) => world.hex(length)).join("-");
