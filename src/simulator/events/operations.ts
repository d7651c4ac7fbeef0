import type { Operations } from "../sim.ts";
import { ruleOperations } from "./rules.ts";
import { targetOperations } from "./targets.ts";

/** EventBridge, as far as the topology needs it: the rules of the default bus, and where they send events. */
export const events: Operations = { ...ruleOperations, ...targetOperations };
