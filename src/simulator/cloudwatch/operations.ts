import type { Operations } from "../sim.ts";
import { alarmOperations } from "./alarms.ts";

/** Amazon CloudWatch, as far as Fairlead asks it: alarms on metrics, of which the simulated one has none. */
export const cloudwatch: Operations = { ...alarmOperations };
