import type { Checker } from "./checker.ts";
import { show } from "./show.ts";

/** Settings that name what is in one region, or that several stacks meet at. */
const ONE_REGION = [
  ["network.vpc", "is in one region; allowed: a network that each region creates"],
  ["network.zones", "are of one region; allowed: omit it, then each region has its own"],
  ["shared", "is a stack in one region; allowed: without regions"],
  ["shareable", "is for stacks in the same region; allowed: without regions"],
] as const;

/**
 * Rules for a stack in two regions. `given` is the region that the config names in addition; `anyHasTwo` says whether any environment of the
 * file runs in two: what the top level says of two regions means nothing to an environment with one, and is no mistake then.
 */
export function checkRegions(check: Checker, given: string | undefined, anyHasTwo: boolean): void {
  const { regions, edge, services, shareable, replicate, leftBehind } = check.stack;
  if (
    regions === undefined &&
    replicate.secrets &&
    !leftBehind &&
    (!anyHasTwo || check.overrides("replicate.secrets", "regions")) &&
    check.usable("replicate.secrets") &&
    check.usable("regions")
  )
    check.report("replicate.secrets", true, "has no second region to replicate to; allowed: with regions");
  if (regions === undefined || !check.usable("regions")) return;
  const [primary, secondary] = regions;
  if (primary === secondary) check.report("regions", regions, "names one region twice; allowed: two different regions");
  // An environment may run in two regions where the others have one.
  if (given !== undefined && given !== primary && check.usable("region") && !check.overrides("regions", "region"))
    check.report("region", given, `is not the first of regions; allowed: omit it, or ${show(primary)}`);
  for (const [path, rest] of ONE_REGION)
    if (check.isSet(path) && check.usable(path) && (path !== "shareable" || shareable))
      check.report(path, valueOf(check, path), rest);
  if (!check.usable("edge")) return;
  if (edge === undefined)
    check.report(
      "edge",
      false,
      "leaves out the CDN, which sends requests to both regions; allowed: the CDN, or one region",
    );
  if (edge?.origin === "vpc")
    check.report(
      "edge.origin",
      edge.origin,
      'is not supported with two regions: a VPC origin belongs to the stack of one region; allowed: "public"',
    );
  const isPublic = services.some((service) => service.type === "web" && !service.internal);
  if (!isPublic && !shareable && check.usable("services"))
    check.report(
      "regions",
      regions,
      "has nothing to fail over: no service is public; allowed: a stack with a web service that is not internal",
    );
}

function valueOf(check: Checker, path: (typeof ONE_REGION)[number][0]): unknown {
  const { network, shared, shareable } = check.stack;
  if (path === "shared") return shared && `${shared.name}/${shared.environment}`;
  if (path === "shareable") return shareable;
  return path === "network.vpc" ? network.vpc : network.zones;
}
