import type { Operations } from "../sim.ts";
import { alarmOperations } from "./alarms.ts";
import { dashboardOperations } from "./dashboards.ts";
import { metricOperations } from "./metrics.ts";

/** Amazon CloudWatch, as far as Fairlead asks it: alarms on metrics, of which the simulated one has those that a test writes. */
export const cloudwatch: Operations = { ...alarmOperations, ...dashboardOperations, ...metricOperations };
