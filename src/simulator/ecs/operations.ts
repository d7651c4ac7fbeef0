import type { Operations } from "../sim.ts";

export const ecs: Operations = {};
