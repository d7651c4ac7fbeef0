import type { Operations } from "../sim.ts";

export const events: Operations = {};
