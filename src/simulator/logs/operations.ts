import type { Operations } from "../sim.ts";

export const logs: Operations = {};
