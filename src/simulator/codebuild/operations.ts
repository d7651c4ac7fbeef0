import type { Operations } from "../sim.ts";

export const codebuild: Operations = {};
