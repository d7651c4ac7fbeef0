import type { Operations } from "../sim.ts";

export const codepipeline: Operations = {};
