import type { Operations } from "../sim.ts";
import { bucketOperations } from "./buckets.ts";
import { listOperations } from "./list.ts";
import { objectOperations } from "./objects.ts";

/** S3, as far as the topology needs it. */
export const s3: Operations = { ...bucketOperations, ...listOperations, ...objectOperations };
