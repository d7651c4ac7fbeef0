import type { Operations } from "../sim.ts";

export const elb: Operations = {};
