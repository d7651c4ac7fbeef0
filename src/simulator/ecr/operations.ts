import type { Operations } from "../sim.ts";

export const ecr: Operations = {};
