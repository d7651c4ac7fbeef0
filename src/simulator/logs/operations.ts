import type { Operations } from "../sim.ts";
import { eventOperations } from "./events.ts";
import { groupOperations } from "./groups.ts";

/** CloudWatch Logs, as far as the topology needs it. */
export const logs: Operations = { ...eventOperations, ...groupOperations };
