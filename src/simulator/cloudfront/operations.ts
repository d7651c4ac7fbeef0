import type { Operations } from "../sim.ts";
import { distributionOperations } from "./distributions.ts";
import { headersPolicyOperations } from "./headers-policies.ts";
import { vpcOriginOperations } from "./vpc-origins.ts";

/** CloudFront, as far as the topology needs it. */
export const cloudfront: Operations = { ...distributionOperations, ...headersPolicyOperations, ...vpcOriginOperations };
