import type { Operations } from "../sim.ts";
import { vpcOperations } from "./vpc.ts";

/** EC2, as far as the topology needs it. */
export const ec2: Operations = { ...vpcOperations };
