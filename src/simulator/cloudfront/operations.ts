import type { Operations } from "../sim.ts";

export const cloudfront: Operations = {};
