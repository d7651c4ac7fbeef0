import { ec2 } from "./ec2/operations.ts";
import type { Operations } from "./sim.ts";

/** The simulated services by the name of the SDK's client without `Client`. */
export const services: Readonly<Record<string, Operations>> = {
  EC2: ec2,
};
