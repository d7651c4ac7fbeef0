import type { Operations } from "../sim.ts";

export const s3: Operations = {};
