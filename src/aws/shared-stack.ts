// A shared stack is found by the marks that it puts on its own resources, so it needs no registry, and what is read is what exists.
import type { LoadBalancer, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetDistributionCommand, type Distribution } from "@aws-sdk/client-cloudfront";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { distributionOf } from "./cloudfront/by-owner.ts";
import { groups } from "./ec2/security-group.ts";
import { HTTPS_FIRST, listenerOn, loadBalancerNamed } from "./elb/by-name.ts";
import { conditionsFrom, rulesOf } from "./elb/listener-rule.ts";
import { tagsOf } from "./elb/shared.ts";
import { absent } from "./errors.ts";
import { markOf, type Identity } from "./owner.ts";
import { GLOBAL_REGION } from "./tagging.ts";
import { ownerOf, ownerTags, tagsFrom, type Tags } from "./tags.ts";

/** The security group of a shareable stack that the tasks of other stacks are in. Its tags carry what cannot be read elsewhere. */
export const SHARING_GROUP = "security/sharing-group";
/** The tag of that group with the ids of the private subnets, separated by spaces: a network that the stack does not own has no tags. */
export const PRIVATE_SUBNETS_TAG = "fairlead:private-subnets";
/** The tag of that group that says that the stack has no CDN, and where it is reached: its first domain name, or `OWN_ADDRESS`. */
export const OPEN_TAG = "fairlead:without-cdn";
/** The tag of that group with the name of the load balancer, where it is not the usual one. */
export const BALANCER_TAG = "fairlead:load-balancer";
const BALANCER_GROUP = "security/balancer-group";
/** The load balancer's own DNS name, by HTTP. */
export const OWN_ADDRESS = "load-balancer";
/** The tag on every resource of a stack that runs on a shared one: which one, `name/environment`. */
export const SHARED_TAG = "fairlead:shared";

/** A rule of the shared listener. */
export interface StandingRule {
  readonly priority: number;
  /** The owner mark; `undefined` for a rule that Fairlead did not create. */
  readonly owner: string | undefined;
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
}

/** What a stack uses of the stack that it shares. */
export interface SharedStack {
  readonly network: {
    readonly vpc: string;
    readonly publicSubnets: readonly string[];
    readonly privateSubnets: readonly string[];
  };
  readonly sharingGroup: string;
  readonly balancerGroup: string;
  readonly balancerArn: string;
  readonly balancerName: string;
  readonly listenerArn: string;
  /** The value of the header that CloudFront sends: never shown; `undefined` if there is no CDN. */
  readonly secret: string | undefined;
  /** The CDN's domain name; `undefined` if there is none, or it does not exist yet. */
  readonly domain: string | undefined;
  /** Whether it has no CDN, so that users reach the load balancer directly. */
  readonly isOpen: boolean;
  /** Where users reach it; `undefined` if that does not exist yet. */
  readonly url: string | undefined;
  readonly rules: readonly StandingRule[];
}

/** Reads a shared stack. A string says what is missing, as the end of a sentence. */
export async function readSharedStack(
  aws: Aws,
  snapshot: Snapshot,
  identity: Identity,
  { balancer: balancerName, comment }: { readonly balancer: string; readonly comment: string },
): Promise<SharedStack | string> {
  const [group, usual, cdn] = await Promise.all([
    sharingGroup(aws, identity),
    loadBalancerNamed(aws, balancerName),
    domainOf(aws, identity, comment),
  ]);
  if (!group) return "does not exist, or does not have `shareable: true`";
  const balancer = group.balancerName === undefined ? usual : await loadBalancerNamed(aws, group.balancerName);
  if (!balancer?.LoadBalancerArn || balancer.VpcId !== group.vpc) return "has no load balancer yet";
  const listenerArn = (await listenerOn(aws, balancer.LoadBalancerArn, HTTPS_FIRST))?.ListenerArn;
  if (listenerArn === undefined) return "has no listener yet";
  const rules = (await rulesOf(aws, snapshot, listenerArn)) ?? [];
  const standing = await Promise.all(
    rules.filter(({ IsDefault }) => !IsDefault).map((rule) => read(aws, snapshot, rule)),
  );
  const own = standing.find(({ rule, secret }) => secret !== "" && rule.owner?.startsWith(markOf(identity, "")));
  const isOpen = group.openAddress !== undefined;
  const balancerGroup = group.balancerGroup ?? balancer.SecurityGroups?.[0];
  if ((!own && !isOpen) || balancerGroup === undefined) return "does not have its listener rules yet";
  const subnets = (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []).toSorted();
  const domain = isOpen ? undefined : cdn;
  return {
    network: {
      vpc: group.vpc,
      publicSubnets: balancer.Scheme === "internal" ? [] : subnets,
      privateSubnets: group.privateSubnets,
    },
    sharingGroup: group.id,
    balancerGroup,
    balancerArn: balancer.LoadBalancerArn,
    balancerName: balancer.LoadBalancerName ?? balancerName,
    listenerArn,
    secret: isOpen ? undefined : own?.secret,
    isOpen,
    domain,
    url: urlOf(group.openAddress, balancer, domain),
    rules: standing.map(({ rule }) => rule),
  };
}

const filtersOf = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));

/** Where users reach a stack, by its tag if it has no CDN. */
function urlOf(openAddress: string | undefined, { DNSName }: LoadBalancer, domain: string | undefined) {
  if (openAddress !== undefined) return openAddress === OWN_ADDRESS ? `http://${DNSName}` : `https://${openAddress}`;
  return domain === undefined ? undefined : `https://${domain}`;
}

/** The security group of a shareable stack that tells others of it, and that of its load balancer, in one call. */
async function sharingGroup(aws: Aws, identity: Identity) {
  const [one, other] = [SHARING_GROUP, BALANCER_GROUP].map((id) => ownerTags(identity, id));
  const filters = Object.entries(one ?? {}).map(([key, value]) => ({
    Name: `tag:${key}`,
    Values: [...new Set([value, other?.[key] ?? value])],
  }));
  const all = await groups.filtered(aws, filters);
  const marked = (id: string) => all.find(({ Tags }) => ownerOf(tagsFrom(Tags)) === markOf(identity, id));
  const found = marked(SHARING_GROUP);
  if (found?.GroupId === undefined || found.VpcId === undefined) return undefined;
  const tags = tagsFrom(found.Tags);
  return {
    id: found.GroupId,
    vpc: found.VpcId,
    privateSubnets: (tags[PRIVATE_SUBNETS_TAG] ?? "").split(" ").filter((id) => id !== ""),
    openAddress: tags[OPEN_TAG],
    balancerName: tags[BALANCER_TAG],
    balancerGroup: marked(BALANCER_GROUP)?.GroupId,
  };
}

/** Whether a shareable stack has no CDN, and the name of its load balancer, where it is not the usual one. */
export async function sharedEdge(aws: Aws, identity: Identity) {
  const group = await sharingGroup(aws, identity);
  return { isOpen: group?.openAddress !== undefined, balancerName: group?.balancerName };
}

async function read(aws: Aws, snapshot: Snapshot, rule: Rule) {
  const { pathPatterns = [], hosts, secret } = conditionsFrom(rule.Conditions);
  const owner = ownerOf(await tagsOf(aws, snapshot, rule.RuleArn ?? ""));
  const standing: StandingRule = { priority: Number(rule.Priority), owner, paths: pathPatterns, hosts };
  return { rule: standing, secret };
}

/**
 * CloudFront lists distributions only for the whole account, so the tagging API is asked first, in us-east-1 (see `tagging.ts`). It lags, and
 * the credentials may not be allowed to call it.
 */
async function domainOf(aws: Aws, identity: Identity, comment: string): Promise<string | undefined> {
  const tagged = await taggedDomain(aws, identity).catch(() => undefined);
  return tagged ?? nameOf(await distributionOf(aws, identity, comment));
}

/** The domain name that users reach a distribution by: one of its aliases, or its own. */
const nameOf = (distribution: Distribution | undefined): string | undefined =>
  distribution?.DistributionConfig?.Aliases?.Items?.find((alias) => !alias.startsWith("*.")) ??
  distribution?.DomainName;

async function taggedDomain(aws: Aws, identity: Identity): Promise<string | undefined> {
  const TagFilters = Object.entries(ownerTags(identity, "edge/distribution")).map(([Key, value]) => ({
    Key,
    Values: [value],
  }));
  const command = new GetResourcesCommand({ TagFilters, ResourceTypeFilters: ["cloudfront:distribution"] });
  const { ResourceTagMappingList: found = [] } = await aws.in(GLOBAL_REGION).tagging(command);
  const domains = await Promise.all(
    found.map(async ({ ResourceARN = "" }) => {
      const Id = ResourceARN.slice(ResourceARN.lastIndexOf("/") + 1);
      // The tagging API lists a deleted resource for a while.
      const answer = await absent(aws.cloudFront(new GetDistributionCommand({ Id })), "NoSuchDistribution");
      return nameOf(answer?.Distribution);
    }),
  );
  return domains.find((domain) => domain !== undefined);
}

/** The stacks that run on this one, as `name/environment`, sorted: by the security groups of their tasks, which EC2 finds by tag. */
export async function stacksSharing(aws: Aws, { name, environment }: Identity): Promise<string[]> {
  const found = await groups.filtered(aws, filtersOf({ [SHARED_TAG]: sharedValue({ name, environment }) }));
  const stacks = found.flatMap(({ Tags }) => {
    const owner = ownerOf(tagsFrom(Tags))?.split("/");
    return owner === undefined ? [] : `${owner[0]}/${owner[1]}`;
  });
  return [...new Set(stacks)].toSorted();
}

/** `platform/prod`: how a shared stack is named in a config, a tag and a message. */
export const sharedValue = ({ name, environment }: Omit<Identity, "region">): string => `${name}/${environment}`;
