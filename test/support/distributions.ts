import type { World } from "../../src/simulator/world.ts";

/** Takes the distributions out of a world: without one, which takes minutes to go, everything else was deleted a moment ago when a teardown ends. */
export function withoutDistributions(world: World): void {
  const distributions = world.table("cloudfront.distributions");
  for (const id of Object.keys(distributions)) delete distributions[id];
}
