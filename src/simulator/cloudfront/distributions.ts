import type {
  CreateDistributionWithTagsCommandInput,
  CreateDistributionWithTagsCommandOutput,
  DeleteDistributionCommandInput,
  GetDistributionCommandInput,
  GetDistributionCommandOutput,
  GetDistributionConfigCommandOutput,
  ListDistributionsByWebACLIdCommandInput,
  ListDistributionsByWebACLIdCommandOutput,
  ListDistributionsCommandInput,
  ListDistributionsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateDistributionCommandInput,
} from "@aws-sdk/client-cloudfront";
import { dropCertificate } from "../acm/records.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList, tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { check } from "./checks.ts";
import { filledIn } from "./filled-in.ts";
import { checkMatch, distributions, dropWebAcl, newId, PAGES, type SimDistribution } from "./records.ts";
import { vpcOrigins } from "./vpc-origins.ts";

const distributionOf = (sim: Sim, id: string | undefined): SimDistribution =>
  distributions(sim)[id ?? ""] ?? refuse("NoSuchDistribution", "The specified distribution does not exist.", 404);

const byArn = (sim: Sim, arn: string | undefined): Pick<SimDistribution, "tags"> =>
  [...Object.values(distributions(sim)), ...vpcOrigins(sim)].find((resource) => resource.arn === arn) ??
  refuse("NoSuchResource", "The specified resource does not exist.", 404);

const statusOf = (sim: Sim, { readyAt }: SimDistribution) => (readyAt > sim.now ? "InProgress" : "Deployed");

const answerOf = (sim: Sim, distribution: SimDistribution) => ({
  Id: distribution.id,
  ARN: distribution.arn,
  Status: statusOf(sim, distribution),
  LastModifiedTime: new Date(distribution.changedAt),
  InProgressInvalidationBatches: 0,
  DomainName: distribution.domainName,
  DistributionConfig: distribution.config,
});

/** What a list tells of a config: not everything. */
const summaryOf = (config: SimDistribution["config"]) => ({
  Aliases: config.Aliases,
  Origins: config.Origins,
  OriginGroups: config.OriginGroups,
  DefaultCacheBehavior: config.DefaultCacheBehavior,
  CacheBehaviors: config.CacheBehaviors,
  CustomErrorResponses: config.CustomErrorResponses,
  Comment: config.Comment,
  PriceClass: config.PriceClass,
  Enabled: config.Enabled,
  ViewerCertificate: config.ViewerCertificate,
  Restrictions: config.Restrictions,
  WebACLId: config.WebACLId,
  HttpVersion: config.HttpVersion,
  IsIPV6Enabled: config.IsIPV6Enabled,
  Staging: config.Staging,
});

/** A page of distributions. */
function listOf(
  sim: Sim,
  all: readonly SimDistribution[],
  { Marker, MaxItems = PAGES.usual }: { Marker?: string | undefined; MaxItems?: number | undefined },
) {
  const { page, next } = pageOf(all, { token: Marker, size: MaxItems }, PAGES);
  return {
    Marker: Marker ?? "",
    MaxItems,
    IsTruncated: next !== undefined,
    NextMarker: next,
    Quantity: page.length,
    Items: page.map((distribution) => ({
      Id: distribution.id,
      ARN: distribution.arn,
      Status: statusOf(sim, distribution),
      LastModifiedTime: new Date(distribution.changedAt),
      DomainName: distribution.domainName,
      ...summaryOf(distribution.config),
    })),
  };
}

export const distributionOperations = {
  CreateDistributionWithTags(
    input: CreateDistributionWithTagsCommandInput,
    sim,
  ): Answer<CreateDistributionWithTagsCommandOutput> {
    const { DistributionConfig: given, Tags } = input.DistributionConfigWithTags ?? {};
    const config = filledIn(check(sim, given));
    const twin = Object.values(distributions(sim)).find(
      (other) => other.config.CallerReference === config.CallerReference,
    );
    if (twin)
      refuse(
        "DistributionAlreadyExists",
        `The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ${twin.id}`,
        409,
      );
    const id = newId(sim);
    const distribution: SimDistribution = {
      id,
      arn: sim.arn("cloudfront", `distribution/${id}`, ""),
      domainName: `d${sim.world.hex(13)}.cloudfront.net`,
      etag: newId(sim),
      config,
      changedAt: sim.now,
      readyAt: sim.in(TIMING.distribution),
      tags: tagsOfInput(Tags?.Items, "InvalidTagging"),
    };
    distributions(sim)[id] = distribution;
    return { Distribution: answerOf(sim, distribution), ETag: distribution.etag };
  },

  GetDistribution(input: GetDistributionCommandInput, sim): Answer<GetDistributionCommandOutput> {
    const distribution = distributionOf(sim, input.Id);
    return { Distribution: answerOf(sim, distribution), ETag: distribution.etag };
  },

  GetDistributionConfig(input: GetDistributionCommandInput, sim): Answer<GetDistributionConfigCommandOutput> {
    const { config, etag } = distributionOf(sim, input.Id);
    return { DistributionConfig: config, ETag: etag };
  },

  ListDistributions(input: ListDistributionsCommandInput, sim): Answer<ListDistributionsCommandOutput> {
    onlyKnown("ListDistributions", input, "Marker", "MaxItems");
    return { DistributionList: listOf(sim, Object.values(distributions(sim)), input) };
  },

  ListDistributionsByWebACLId(
    input: ListDistributionsByWebACLIdCommandInput,
    sim,
  ): Answer<ListDistributionsByWebACLIdCommandOutput> {
    const all = Object.values(distributions(sim)).filter(({ config }) => config.WebACLId === input.WebACLId);
    return { DistributionList: listOf(sim, all, input) };
  },

  UpdateDistribution(input: UpdateDistributionCommandInput, sim) {
    const distribution = distributionOf(sim, input.Id);
    checkMatch(distribution.etag, input.IfMatch);
    const config = filledIn(check(sim, input.DistributionConfig, distribution));
    if (config.CallerReference !== distribution.config.CallerReference)
      refuse("IllegalUpdate", "The caller reference cannot be changed.");
    const before = distribution.config.ViewerCertificate?.ACMCertificateArn;
    if (before !== config.ViewerCertificate?.ACMCertificateArn) dropCertificate(sim, before);
    distribution.former = distribution.config;
    distribution.config = config;
    distribution.etag = newId(sim);
    distribution.changedAt = sim.now;
    distribution.readyAt = sim.in(TIMING.distribution);
    if (distribution.former.WebACLId !== config.WebACLId)
      dropWebAcl(sim, distribution.former.WebACLId, distribution.readyAt);
    distribution.deletableAt = distribution.readyAt + sim.world.random() * TIMING.release * 1000;
    return { Distribution: answerOf(sim, distribution), ETag: distribution.etag };
  },

  DeleteDistribution(input: DeleteDistributionCommandInput, sim) {
    const distribution = distributionOf(sim, input.Id);
    checkMatch(distribution.etag, input.IfMatch);
    // terraform-provider-aws, internal/service/cloudfront/distribution.go, resourceDistributionDelete: once it is disabled and Deployed, the delete
    // is asked again for three minutes on DistributionNotDisabled.
    if (distribution.config.Enabled || sim.now < (distribution.deletableAt ?? distribution.readyAt))
      refuse("DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.", 409);
    dropCertificate(sim, distribution.config.ViewerCertificate?.ACMCertificateArn);
    dropWebAcl(sim, distribution.config.WebACLId, sim.now);
    delete distributions(sim)[distribution.id];
    return {};
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: { Items: tagList(byArn(sim, input.Resource).tags) },
  }),

  TagResource(input: TagResourceCommandInput, sim) {
    const distribution = byArn(sim, input.Resource);
    distribution.tags = withTags(distribution.tags, tagsOfInput(input.Tags?.Items, "InvalidTagging"));
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const distribution = byArn(sim, input.Resource);
    distribution.tags = withoutTags(distribution.tags, input.TagKeys?.Items);
    return {};
  },
} satisfies Operations;
