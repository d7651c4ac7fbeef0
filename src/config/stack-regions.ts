import type { Stack } from "./stack.ts";

type InRegions = Pick<Stack, "region" | "regions">;

/** The two regions of a stack: the one that has the distribution, and the one that takes over. */
export interface TwoRegions {
  readonly primary: Stack["region"];
  readonly secondary: Stack["region"];
}

/** The regions of a stack that runs in two; `undefined` for any other. */
export function twoRegionsOf({ regions = [] }: Pick<Stack, "regions">): TwoRegions | undefined {
  const [primary, secondary] = regions;
  return primary === undefined || secondary === undefined ? undefined : { primary, secondary };
}

/** The region that takes over, from the perspective of the one that has the distribution; `undefined` from that of any other. */
export function standbyOf(stack: InRegions): Stack["region"] | undefined {
  const two = twoRegionsOf(stack);
  return two?.primary === stack.region ? two.secondary : undefined;
}

/** The region that has the distribution, from the perspective of the one that takes over; `undefined` from that of any other. */
export function primaryOf(stack: InRegions): Stack["region"] | undefined {
  const two = twoRegionsOf(stack);
  return two?.secondary === stack.region ? two.primary : undefined;
}

/** Whether a stack has a CDN of its own: in its second region, that of the first one sends it requests. */
export const hasOwnCdn = (stack: InRegions & Pick<Stack, "edge">): boolean =>
  stack.edge !== undefined && primaryOf(stack) === undefined;
