// A stack in two regions: what the distribution of the first one has to know of the second one is read there, as of a stack that is shared.
import { ListTagsForResourceCommand } from "@aws-sdk/client-cloudfront";
import { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { distributionOf } from "./cloudfront/by-owner.ts";
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

/** What the distribution has to know of the second region; `undefined` if it can send nothing there yet. */
export async function readFailoverOrigin(
  aws: Aws,
  standby: Standby,
  distribution: { readonly id: string | undefined; readonly comment: string },
): Promise<FailoverOrigin | undefined> {
  const [found, active] = await Promise.all([
    readStandby(aws, standby),
    activeRegion(aws, distribution.id, distribution.comment),
  ]);
  return found && { ...found, isActive: active === standby.region };
}
