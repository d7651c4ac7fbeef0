import type { DistributionConfig, ResponseHeadersPolicyConfig } from "@aws-sdk/client-cloudfront";
import { refuse } from "../errors.ts";
import type { Cut } from "../pages.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

export interface SimDistribution {
  id: string;
  arn: string;
  domainName: string;
  etag: string;
  config: DistributionConfig;
  /** What the edge locations that do not have the last change yet go by, until `readyAt`. */
  former?: DistributionConfig;
  changedAt: number;
  /** When the last change has reached all of CloudFront. */
  readyAt: number;
  /** When all of CloudFront has heard that it is disabled. */
  deletableAt?: number;
  tags: SimTags;
}

export interface SimHeadersPolicy {
  id: string;
  etag: string;
  config: ResponseHeadersPolicyConfig;
  changedAt: number;
}

/** How CloudFront cuts its lists. */
export const PAGES: Cut = { usual: 100, code: "InvalidArgument" };

export const distributions = (sim: Sim) => sim.global<SimDistribution>("cloudfront.distributions");
export const headersPolicies = (sim: Sim) => sim.global<SimHeadersPolicy>("cloudfront.headersPolicies");

/** Refuses a change that is not made on top of the newest version. */
export function checkMatch(etag: string, given: string | undefined): void {
  if (given === undefined)
    refuse("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.");
  if (given !== etag)
    refuse(
      "PreconditionFailed",
      "The precondition given in one or more of the request-header fields evaluated to false.",
      412,
    );
}

/** Identifiers as CloudFront makes them: `E` and 13 capital letters and digits. */
export const newId = (sim: Sim) => `E${sim.world.hex(13).toUpperCase()}`;

const dropped = (sim: Sim) => sim.global<{ until: number }>("~cloudfront.droppedWebAcls");

/** Remembers the web ACL of a distribution that it is taken off: WAF takes its time to hear of it (`until`: when CloudFront is done). */
export function dropWebAcl(sim: Sim, arn: string | undefined, until: number): void {
  if (arn) dropped(sim)[arn] = { until: until + sim.world.random() * TIMING.webAclRelease * 1000 };
}

/** Whether WAF counts a web ACL as attached. */
export const isAttached = (sim: Sim, arn: string): boolean =>
  Object.values(distributions(sim)).some(({ config }) => config.WebACLId === arn) ||
  (dropped(sim)[arn]?.until ?? 0) > sim.now;
