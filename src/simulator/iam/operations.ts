import type { Operations } from "../sim.ts";
import { policyOperations } from "./policies.ts";
import { profileOperations } from "./instance-profiles.ts";
import { roleOperations } from "./roles.ts";

/** IAM, as far as the topology needs it: roles and their policies. */
export const iam: Operations = { ...roleOperations, ...policyOperations, ...profileOperations };
