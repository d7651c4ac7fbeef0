// Resources that can be in another region than the stack's: their id is their ARN, which names the region.
import type { Aws, Senders } from "./aws.ts";
import { GLOBAL_REGION } from "./tagging.ts";

/** The region in an ARN. */
const regionIn = (arn: string): string => arn.split(":")[3] ?? "";

/** Sends to the region that an ARN names. */
export const sendersFor = (aws: Aws, arn: string): Senders => aws.in(regionIn(arn));

/** The field `region` of an observed resource: `undefined` in the stack's own region, unless the config names it. */
export function observedRegion(aws: Aws, desired: string | undefined, arn: string): string | undefined {
  const region = regionIn(arn);
  return region === aws.region && desired !== region ? undefined : region;
}

/** The regions in which resources of a stack are. */
export const regionsOf = (aws: Aws): readonly string[] => [...new Set([aws.region, GLOBAL_REGION])];
