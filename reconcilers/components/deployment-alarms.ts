import type { AlarmSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

/** The names of the alarms of a service that a failed release sets off; ECS knows alarms by name. */
export const deploymentAlarms = (scope: Scope, { targetErrors, latencySeconds }: AlarmSettings): string[] => [
  ...(targetErrors === false ? [] : [scope.name("target-errors")]),
  ...(latencySeconds === false ? [] : [scope.name("latency")]),
];
