import type { Operations } from "../sim.ts";
import { deliveryOperations } from "./deliveries.ts";
import { eventOperations } from "./events.ts";
import { groupOperations } from "./groups.ts";
import { tagOperations } from "./tags.ts";

/** CloudWatch Logs, as far as the topology needs it. */
export const logs: Operations = {
  ...deliveryOperations,
  ...eventOperations,
  ...groupOperations,
  ...tagOperations,
};
