// A stack in two regions: what the distribution of the first one has to know of the second one is read there, as of a stack that is shared.
import { GetDistributionConfigCommand, ListTagsForResourceCommand } from "@aws-sdk/client-cloudfront";
import { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { distributionOf } from "./cloudfront/by-owner.ts";
import { FAILOVER_ID } from "./cloudfront/origins.ts";
import { listenerOn, loadBalancerNamed } from "./elb/by-name.ts";
import { conditionsFrom, rulesOf } from "./elb/listener-rule.ts";
import { tagsOf } from "./elb/shared.ts";
import { absent } from "./errors.ts";
import { markOf } from "./owner.ts";
import { ownerOf, tagsFrom, type Tags } from "./tags.ts";

/** The tag of a distribution whose requests all go to the second region: its name. `failover` writes it, and every checkout knows it. */
export const ACTIVE_TAG = "fairlead:active-region";

/** The tags of a distribution that says so. */
export const activeTags = (region: string | undefined): Tags => (region === undefined ? {} : { [ACTIVE_TAG]: region });

/** The load balancer that takes over. */
export interface FailoverOrigin {
  readonly region: string;
  readonly dnsName: string;
  /** The value of the header that its rules require: never shown. */
  readonly secret: string;
  /** Whether all requests go there, as `failover` has said. */
  readonly isActive: boolean;
  /** Why its region could not be asked; the rest is then what the distribution has. */
  readonly unread?: string | undefined;
}

/** How a stack is found in another of its regions. */
export interface Standby {
  readonly region: string;
  /** The name of its load balancer. */
  readonly balancer: string;
  /** Whether it is reached by HTTPS. */
  readonly isSecure: boolean;
}

/** The same stack in another region. */
export const awsIn = (aws: Aws, region: string): Aws => ({
  ...aws,
  ...aws.in(region),
  region,
  owner: { ...aws.owner, region },
});

/** Reads the load balancer of the stack in its second region; `undefined` until it can serve. */
export async function readStandby(
  aws: Aws,
  { region, balancer: name, isSecure }: Standby,
): Promise<Omit<FailoverOrigin, "isActive"> | undefined> {
  const there = awsIn(aws, region);
  const snapshot = new Snapshot();
  const balancer = await loadBalancerNamed(there, name);
  if (balancer?.LoadBalancerArn === undefined || balancer.DNSName === undefined) return undefined;
  const owner = ownerOf(await tagsOf(there, snapshot, balancer.LoadBalancerArn));
  if (owner !== markOf(there.owner, "balancer/load-balancer")) return undefined;
  const listener = await listenerOn(there, balancer.LoadBalancerArn, [isSecure ? 443 : 80]);
  const rules = listener?.ListenerArn === undefined ? [] : await rulesOf(there, snapshot, listener.ListenerArn);
  for (const { RuleArn = "", IsDefault, Conditions } of rules ?? []) {
    const { secret } = conditionsFrom(Conditions);
    if (IsDefault || secret === "") continue;
    const mark = ownerOf(await tagsOf(there, snapshot, RuleArn));
    if (mark?.startsWith(markOf(there.owner, ""))) return { region, dnsName: balancer.DNSName, secret };
  }
  return undefined;
}

/** The region that a distribution sends all requests to; `undefined` if it is as declared. `id`: as recorded, if it is. */
export async function activeRegion(aws: Aws, id: string | undefined, comment: string): Promise<string | undefined> {
  // If the state is lost, the distribution is found by its owner tags.
  const known = id ?? (await distributionOf(aws, aws.owner, comment))?.Id;
  if (known === undefined) return undefined;
  const Resource = `arn:${aws.partition}:cloudfront::${aws.account}:distribution/${known}`;
  const answer = await absent(aws.cloudFront(new ListTagsForResourceCommand({ Resource })), "NoSuchResource");
  return tagsFrom(answer?.Tags?.Items)[ACTIVE_TAG];
}

/** A distribution: by the id that is recorded, or else by its owner tags. */
interface Recorded {
  readonly id: string | undefined;
  readonly comment: string;
}

/**
 * What the distribution itself has of the second region; `undefined` if it has none. CloudFront is global, so this is known while that region is
 * down. GetDistributionConfig returns the values of custom headers (CloudFront API Reference, OriginCustomHeader).
 */
export async function recordedFailoverOrigin(
  aws: Aws,
  region: string,
  { id, comment }: Recorded,
): Promise<FailoverOrigin | undefined> {
  const Id = id ?? (await distributionOf(aws, aws.owner, comment))?.Id;
  if (Id === undefined) return undefined;
  const found = await absent(aws.cloudFront(new GetDistributionConfigCommand({ Id })), "NoSuchDistribution");
  const origin = found?.DistributionConfig?.Origins?.Items?.find((one) => one.Id === FAILOVER_ID);
  const secret = origin?.CustomHeaders?.Items?.[0]?.HeaderValue;
  if (origin?.DomainName === undefined || secret === undefined) return undefined;
  return { region, dnsName: origin.DomainName, secret, isActive: (await activeRegion(aws, Id, comment)) === region };
}

/** What the distribution has to know of the second region; `undefined` if it can send nothing there yet. */
export async function readFailoverOrigin(
  aws: Aws,
  standby: Standby,
  distribution: Recorded,
): Promise<FailoverOrigin | undefined> {
  const [found, active] = await Promise.all([
    readStandby(aws, standby),
    activeRegion(aws, distribution.id, distribution.comment),
  ]);
  return found && { ...found, isActive: active === standby.region };
}
