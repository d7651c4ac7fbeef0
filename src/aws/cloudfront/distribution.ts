// Every change of a distribution is slow, but little has to wait for it: its domain name is known immediately, and the origin's name is
// not resolved on create. A distribution must be disabled, and that change deployed everywhere, before it can be deleted.
import {
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  type GetDistributionConfigCommandOutput,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
  type Distribution as AwsDistribution,
  type DistributionConfig,
  type DistributionSummary,
} from "@aws-sdk/client-cloudfront";
import { UncertainAnswer, type Look } from "../../engine/resource-kind.ts";
import { answered } from "../answer.ts";
import { ahead, recordedArn } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import { awsCommand } from "../command-line.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { ownerOf, tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { bySize, configOf, driftedOf, specFrom, unmanagedOf } from "./distribution-config.ts";
import { ORIGIN_ID } from "./origins.ts";
import { onLatest } from "./shared.ts";
import type { DistributionSpec } from "./distribution-spec.ts";

export interface DistributionAttrs {
  distributionId: string;
  arn: string;
  domainName: string;
  /** The Route 53 zone that an alias record to the domain name needs: the same for all distributions. */
  hostedZoneId: string;
}

export const Distribution = defineKind<DistributionSpec, DistributionAttrs>({
  type: "cloudfront/distribution",
  fields: {
    comment: {},
    enabled: {},
    priceClass: {},
    originDomain: {},
    originProtocol: {},
    vpcOriginId: {},
    failoverDomain: {},
    failoverSecret: { secret: true },
    active: {},
    viewer: {},
    originSecretHeader: {},
    originSecret: { secret: true },
    headersPolicyId: {},
    behaviors: {},
    errorPages: {},
    httpVersion: {},
    ipv6: {},
    webAclArn: {},
    logsCookies: {},
    tags: {},
  },
  // Users are sent to it until the load balancer answers them itself.
  traits: { markedAtOnce: true, deletedLast: true },
  timing: { ready: 190, gone: 5, listed: 15 },
  inventory: { idIn: afterSlash("cloudfront", "distribution") },

  canonical: (spec) => ({
    ...spec,
    errorPages: bySize(spec.errorPages),
    ...(spec.viewer ? { viewer: { ...spec.viewer, aliases: spec.viewer.aliases.toSorted() } } : {}),
  }),

  async observe(aws, look) {
    const found = await findDistribution(aws, look);
    if (!found) return undefined;
    const { distribution, etag, tags } = found;
    const attrs = attrsOf(distribution);
    const config = answered(attrs.distributionId, distribution.DistributionConfig);
    return {
      id: attrs.distributionId,
      attrs,
      spec: { ...specFrom(config, look.spec), ...(tags && { tags }) },
      unmanaged: some(unmanagedOf(config, look.spec)),
      drifted: some(driftedOf(config)),
      handles: etag === undefined ? undefined : { etag, config: JSON.stringify(config) },
      ready: distribution.Status === "Deployed",
      status: distribution.Status,
      // Terraform waits for 90 minutes (internal/service/cloudfront/distribution.go, waitDistributionDeployed).
      within: distribution.Status === "Deployed" ? undefined : 5_400,
    };
  },

  async list(aws) {
    const candidates = (await listed(aws)).filter((summary) => mayBeOurs(aws, summary));
    return ownedAmong(
      aws,
      candidates.map(({ Id: id = "", ARN = "" }) => ({ id, tags: () => tagsOf(aws, ARN) })),
    );
  },

  async create(aws, spec, making) {
    // CloudFront never creates a second distribution for the same reference, so this call may be retried.
    const reference = `${making.owner}/${making.token}`;
    const create = new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: {
        DistributionConfig: configOf(spec, reference),
        Tags: { Items: tagList(spec.tags) },
      },
    });
    const options = { notYet: NOT_SEEN_YET, secret: spec.originSecret };
    const { Distribution: distribution } = await aws.cloudFront(create, options).catch((error: unknown) => {
      // It was created by an earlier call whose response was lost: only an observation finds its id.
      if (hasCode(error, "DistributionAlreadyExists"))
        throw new UncertainAnswer(`CreateDistributionWithTags: ${messageOf(error)}`, { cause: error });
      return refusedAlias(spec, error);
    });
    const attrs = attrsOf(distribution ?? {});
    await making.created(attrs.distributionId);
    return { id: attrs.distributionId, attrs };
  },

  async update(aws, observed, spec, changed) {
    const { id: Id, attrs } = observed;
    if ([...changed].some((field) => field !== "tags"))
      await onLatest(
        () => aws.cloudFront(new GetDistributionConfigCommand({ Id })),
        ({ ETag, DistributionConfig: live }) =>
          aws
            .cloudFront(
              new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: configOf(spec, "", live) }),
              { notYet: NOT_SEEN_YET, secret: spec.originSecret },
            )
            .catch((error: unknown) => refusedAlias(spec, error)),
      );
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    if (Object.keys(write).length > 0)
      await aws.cloudFront(new TagResourceCommand({ Resource: attrs.arn, Tags: { Items: tagList(write) } }));
    if (remove.length > 0)
      await aws.cloudFront(new UntagResourceCommand({ Resource: attrs.arn, TagKeys: { Items: remove } }));
  },

  async delete(aws, { id: Id, ready, handles: { etag, config } = {} }) {
    const seen: Live | undefined =
      config === undefined ? undefined : { ETag: etag, DistributionConfig: JSON.parse(config) as DistributionConfig };
    // Nothing needs to be asked after the call: it answers once the distribution is deleted, and terraform-provider-aws ends with it too.
    const step = onLatest(
      (): Promise<Live> => aws.cloudFront(new GetDistributionConfigCommand({ Id })),
      async ({ ETag: IfMatch, DistributionConfig: live }: Live) => {
        if (live?.Enabled) {
          const off = { ...live, Enabled: false };
          const secrets = live.Origins?.Items?.flatMap(({ CustomHeaders }) => CustomHeaders?.Items ?? []);
          const secret = secrets?.[0]?.HeaderValue ?? "";
          await aws.cloudFront(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: off }), { secret });
          return "again";
        }
        // What was deployed is the version that was seen. A newer one, which may be our own whose response was lost, is not everywhere yet.
        if (!ready || (seen && IfMatch !== etag)) return "again";
        await aws.cloudFront(new DeleteDistributionCommand({ Id, IfMatch }), {
          // The disabled state has not reached all of CloudFront yet. Terraform waits three minutes (resourceDistributionDelete).
          notYet: [{ code: "DistributionNotDisabled", budget: 300 }],
        });
        return "gone";
      },
      seen,
    );
    return absent(step, "NoSuchDistribution");
  },
});

/** A distribution's config and the version that it is. */
type Live = Pick<GetDistributionConfigCommandOutput, "ETag" | "DistributionConfig">;

const HOSTED_ZONE = "Z2FDTNDATAQYW2";

/**
 * A web ACL (terraform-provider-aws, internal/service/cloudfront: the code InvalidWebACLId) or a response headers policy that was created a moment ago, or a certificate that was issued a moment ago (terraform-provider-aws,
 * internal/service/cloudfront/distribution.go, "ACM and IAM certificate eventual consistency").
 */
const NOT_SEEN_YET = [
  { code: "InvalidWebACLId", budget: 120 },
  { code: "NoSuchResponseHeadersPolicy", budget: 60 },
  // The same of a VPC origin.
  { code: "EntityNotFound", budget: 60 },
  { code: "InvalidViewerCertificate", says: "doesn't exist, isn't in us-east-1", budget: 60 },
] as const;

/** In the whole world, one distribution has a domain name: the error says nothing of which one, or what to do. */
function refusedAlias({ viewer }: DistributionSpec, error: unknown): never {
  if (!hasCode(error, "CNAMEAlreadyExists")) throw error;
  const { aliases = [] } = viewer ?? {};
  const command = awsCommand(["cloudfront", "list-conflicting-aliases", "--distribution-id", "ID", "--alias"]);
  throw new Error(
    `CNAMEAlreadyExists: another distribution, of this or another AWS account, already has ${aliases.join(" or ")} as an alternate domain name. Remove it there, then run again. To find that distribution, with the id of this stack's: ${command} ${aliases[0] ?? "NAME"}`,
    { cause: error },
  );
}

type Found = { distribution: AwsDistribution; etag: string | undefined; tags?: Tags };

/**
 * By known id; otherwise by the tags of those that may be the stack's, which no list returns: first those with the same comment, so that
 * usually only one call for tags is needed.
 */
async function findDistribution(aws: Aws, look: Look<DistributionSpec>): Promise<Found | undefined> {
  const { knownId, owner, formerOwner, spec, snapshot, excludeIds, brief } = look;
  if (knownId !== undefined && brief) return describedBriefly(aws, knownId);
  const tagsIn = ahead(look, recordedArn(look), (arn) => tagsOf(aws, arn));
  const known = knownId === undefined ? undefined : await read(aws, knownId, tagsIn);
  if (known) return known;
  const all = await snapshot.once("cloudfront/distributions", () => listed(aws));
  const same = all.filter(({ Comment }) => Comment === spec.comment);
  const others = all.filter((summary) => !same.includes(summary) && mayBeOurs(aws, summary));
  for (const { Id = "", ARN = "" } of [...same, ...others]) {
    if (excludeIds.includes(Id)) continue;
    const tags = await snapshot.once(`cloudfront/tags ${ARN}`, () => tagsOf(aws, ARN));
    const mark = tags && ownerOf(tags);
    if (mark !== undefined && (mark === owner || mark === formerOwner)) return read(aws, Id, async () => tags);
  }
  return undefined;
}

/** Every distribution of the account, without its tags. */
const listed = (aws: Aws): Promise<DistributionSummary[]> =>
  everyPage(async (Marker) => {
    const { DistributionList: page } = await aws.cloudFront(new ListDistributionsCommand({ Marker }));
    return { items: page?.Items, next: page?.NextMarker };
  });

/** Without its tags. A poll is for this one alone, so that one that is gone is looked for nowhere else. */
async function describedBriefly(aws: Aws, Id: string): Promise<Found | undefined> {
  const found = await absent(aws.cloudFront(new GetDistributionCommand({ Id })), "NoSuchDistribution");
  return found && { distribution: answered(Id, found.Distribution), etag: found.ETag };
}

async function read(
  aws: Aws,
  Id: string,
  tagsIn: (arn: string) => Promise<Tags | undefined>,
): Promise<Found | undefined> {
  const found = await describedBriefly(aws, Id);
  if (!found) return undefined;
  const tags = await tagsIn(answered(Id, found.distribution.ARN));
  return tags && { ...found, tags };
}

async function tagsOf(aws: Aws, Resource: string): Promise<Tags | undefined> {
  const found = await absent(aws.cloudFront(new ListTagsForResourceCommand({ Resource })), "NoSuchResource");
  return found && tagsFrom(found.Tags?.Items);
}

/**
 * Whether a distribution may be the stack's: its comment begins like the stack's names, or its origin is a load balancer that does, in the
 * stack's region. A load balancer's DNS name is `<name>-<number>.<region>.elb.<suffix>` (Elastic Load Balancing User Guide), so that of all
 * the distributions that Fairlead created in the account, tags are read only for the stack's own. A summary without
 * origins may be the stack's as well: one extra call is better than a second distribution.
 */
export const mayBeOurs = (
  { stack, region }: Pick<Aws, "stack" | "region">,
  { Comment, Origins }: DistributionSummary,
) =>
  (Comment?.startsWith(`${stack} `) ?? false) ||
  namedAfter(stack, Comment) ||
  (Origins?.Items?.some(
    ({ Id, DomainName = "" }) =>
      Id === ORIGIN_ID &&
      DomainName.replace(/^internal-/, "").startsWith(`${stack}-`) &&
      DomainName.includes(`.${region}.`),
  ) ??
    true);

const attrsOf = ({ Id = "", ARN = "", DomainName = "" }: Partial<AwsDistribution>): DistributionAttrs => ({
  distributionId: Id,
  arn: ARN,
  domainName: DomainName,
  hostedZoneId: HOSTED_ZONE,
});
