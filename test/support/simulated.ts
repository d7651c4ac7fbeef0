import { simulatedAws, type Simulated } from "../../src/testing/simulated.ts";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";

export type { Simulated } from "../../src/testing/simulated.ts";

/** A simulated AWS in memory, the same each time for the same `seed`. */
export const simulated = (seed = 1, intercept?: SimulatorOptions["intercept"]): Simulated =>
  simulatedAws({ seed, ...(intercept ? { intercept } : {}) });
