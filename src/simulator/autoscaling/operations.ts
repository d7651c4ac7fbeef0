import type { Operations } from "../sim.ts";

export const autoscaling: Operations = {};
