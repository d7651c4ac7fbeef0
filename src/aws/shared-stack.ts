// A shared stack is found by the marks that it puts on its own resources, so it needs no registry, and what is read is what exists.
import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
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
  /** The value of the header that CloudFront sends: never shown. */
  readonly secret: string;
  /** The CDN's domain name; `undefined` if it does not exist yet. */
  readonly domain: string | undefined;
  readonly rules: readonly StandingRule[];
}

/** Reads a shared stack. A string says what is missing, as the end of a sentence. */
export async function readSharedStack(
  aws: Aws,
  snapshot: Snapshot,
  identity: Identity,
  { balancer: balancerName, comment }: { readonly balancer: string; readonly comment: string },
): Promise<SharedStack | string> {
  const [group, balancer, domain] = await Promise.all([
    sharingGroup(aws, identity),
    loadBalancerNamed(aws, balancerName),
    domainOf(aws, identity, comment),
  ]);
  if (!group) return "does not exist, or does not have `shareable: true`";
  if (!balancer?.LoadBalancerArn || balancer.VpcId !== group.vpc) return "has no load balancer yet";
  const listenerArn = (await listenerOn(aws, balancer.LoadBalancerArn, HTTPS_FIRST))?.ListenerArn;
  if (listenerArn === undefined) return "has no listener yet";
  const rules = (await rulesOf(aws, snapshot, listenerArn)) ?? [];
  const standing = await Promise.all(
    rules.filter(({ IsDefault }) => !IsDefault).map((rule) => read(aws, snapshot, rule)),
  );
  const own = standing.find(({ rule, secret }) => secret !== "" && rule.owner?.startsWith(markOf(identity, "")));
  const [balancerGroup] = balancer.SecurityGroups ?? [];
  if (!own || balancerGroup === undefined) return "does not have its listener rules yet";
  return {
    network: {
      vpc: group.vpc,
      publicSubnets: (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []).toSorted(),
      privateSubnets: group.privateSubnets,
    },
    sharingGroup: group.id,
    balancerGroup,
    balancerArn: balancer.LoadBalancerArn,
    balancerName,
    listenerArn,
    secret: own.secret,
    domain,
    rules: standing.map(({ rule }) => rule),
  };
}

const filtersOf = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));

async function sharingGroup(aws: Aws, identity: Identity) {
  const [found] = await groups.filtered(aws, filtersOf(ownerTags(identity, SHARING_GROUP)));
  if (found?.GroupId === undefined || found.VpcId === undefined) return undefined;
  const { [PRIVATE_SUBNETS_TAG]: subnets = "" } = tagsFrom(found.Tags);
  return { id: found.GroupId, vpc: found.VpcId, privateSubnets: subnets.split(" ").filter((id) => id !== "") };
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
