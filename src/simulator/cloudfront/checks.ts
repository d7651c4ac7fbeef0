import type { DistributionConfig, ViewerCertificate } from "@aws-sdk/client-cloudfront";
import { isFor, stateOf, type SimCertificate } from "../acm/records.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import { attachable } from "../wafv2/records.ts";
import { distributions, headersPolicies, type SimDistribution } from "./records.ts";
import { deployedOrigin } from "./vpc-origins.ts";

/** AWS's own cache policies and origin request policies: "Use managed cache policies" and "... origin request policies" in its developer guide. */
const CACHE_POLICIES = new Set([
  "2e54312d-136d-493c-8eb9-b001f22f67d2",
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  "658327ea-f89d-4fab-a63d-7e88639e58f6",
  "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
  "08627262-05a9-4f76-9ded-b50ca2e3a84f",
  "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
  "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
]);
const ORIGIN_REQUEST_POLICIES = new Set([
  "216adef6-5c7f-47e4-b989-5492eafa07d3",
  "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  "33f36d7e-f396-46d9-90e0-52428a34d9dc",
  "59781a5b-3903-41f3-afcb-af62929ccde1",
  "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
  "bf0718e1-ba1e-49d1-88b1-f726733018ae",
  "775133bc-15f2-49f9-abea-afb2e0bf67d2",
  "acba4595-bd28-49b8-b9fe-13317c0390fa",
]);

/** The response headers policies that a config attaches. */
export const policiesIn = ({ DefaultCacheBehavior, CacheBehaviors }: DistributionConfig): string[] =>
  [DefaultCacheBehavior, ...(CacheBehaviors?.Items ?? [])].flatMap(
    (behavior) => behavior?.ResponseHeadersPolicyId ?? [],
  );

/** Every list of CloudFront's in a config, with where it is: it counts its own items. */
function listsIn(value: unknown, path: string): [string, { Quantity: number; Items?: unknown[] }][] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.entries(value).flatMap(([member, item]) => listsIn(item, `${path}.${member}`));
  return "Quantity" in value ? [[path, value as { Quantity: number; Items?: unknown[] }], ...below] : below;
}

/**
 * What CloudFront refuses of a config, with the errors that CreateDistribution and UpdateDistribution document in its API reference.
 * `own`: the distribution that is updated.
 */
export function check(sim: Sim, config: DistributionConfig | undefined, own?: SimDistribution): DistributionConfig {
  if (!config) return refuse("InvalidArgument", "The distribution's config is missing.");
  for (const [path, { Quantity, Items = [] }] of listsIn(config, "DistributionConfig"))
    if (Items.length !== Quantity)
      refuse(
        "InconsistentQuantities",
        `The value of Quantity and the size of Items don't match in ${path}: ${Quantity} and ${Items.length}.`,
      );
  if ((config.Comment ?? "").length > 128) refuse("InvalidArgument", "The parameter Comment is too big.");
  checkOrigins(sim, config);
  checkOriginGroups(config);
  checkBehaviors(sim, config);
  checkWebAcl(sim, config, own);
  checkAliases(sim, config, own);
  return config;
}

function checkOrigins(sim: Sim, { Origins }: DistributionConfig) {
  const ids = (Origins?.Items ?? []).map(({ Id }) => Id);
  if (ids.length === 0) refuse("InvalidArgument", "The parameter Origins is required.");
  if (new Set(ids).size < ids.length)
    refuse("InvalidArgument", "Two or more origins have the same Id; an origin's Id must be unique.");
  for (const { VpcOriginConfig: vpc, CustomOriginConfig, DomainName = "" } of Origins?.Items ?? []) {
    if (!vpc) continue;
    if (CustomOriginConfig)
      refuse(
        "InvalidArgument",
        "An origin can have only one of CustomOriginConfig, S3OriginConfig and VpcOriginConfig.",
      );
    const origin =
      deployedOrigin(sim, vpc.VpcOriginId ?? "") ?? refuse("EntityNotFound", "The entity was not found.", 404);
    // "Restrict access with VPC origins", CloudFront Developer Guide: the domain name of the load balancer.
    if (!DomainName.startsWith(`internal-${nameIn(origin.config.Arn)}-`))
      refuse("InvalidArgument", "The parameter Origin DomainName does not refer to the VPC origin's load balancer.");
  }
  for (const { OriginPath = "" } of Origins?.Items ?? [])
    if (OriginPath !== "" && (!OriginPath.startsWith("/") || OriginPath.endsWith("/")))
      refuse("InvalidArgument", "The parameter OriginPath must begin with '/' and cannot end with '/'.");
}

/** "Optimize high availability with CloudFront origin failover", CloudFront Developer Guide: the status codes to fail over on. */
const FAILOVER_CODES = new Set([400, 403, 404, 416, 429, 500, 502, 503, 504]);
/** botocore cloudfront, Origin: "from 1 to 3" attempts, "from 1 to 10" seconds. */
const MOST = { ConnectionAttempts: 3, ConnectionTimeout: 10 } as const;

/** botocore cloudfront, OriginGroup: two members, of which each is an origin of the distribution. */
function checkOriginGroups({ Origins, OriginGroups }: DistributionConfig) {
  for (const origin of Origins?.Items ?? [])
    for (const field of ["ConnectionAttempts", "ConnectionTimeout"] as const)
      if (origin[field] !== undefined && (origin[field] < 1 || origin[field] > MOST[field]))
        refuse("InvalidArgument", `The parameter Origin ${field} is invalid.`);
  const ids = (Origins?.Items ?? []).map(({ Id }) => Id);
  for (const { Id, Members, FailoverCriteria } of OriginGroups?.Items ?? []) {
    if (ids.includes(Id)) refuse("InvalidArgument", "An origin group cannot have the Id of an origin.");
    const members = (Members?.Items ?? []).map(({ OriginId }) => OriginId);
    if (members.length !== 2)
      refuse("InvalidArgument", "The parameter OriginGroup Members must have exactly two items.");
    if (members.some((member) => !ids.includes(member)))
      refuse("NoSuchOrigin", "One or more of your origins or origin groups do not exist.", 404);
    const codes = FailoverCriteria?.StatusCodes?.Items ?? [];
    if (codes.length === 0 || codes.some((code) => !FAILOVER_CODES.has(code)))
      refuse("InvalidArgument", "The parameter FailoverCriteria StatusCodes contains an invalid status code.");
  }
}

/** The name of a load balancer in its ARN. */
const nameIn = (arn = ""): string => arn.split("/").at(-2) ?? "";

function checkBehaviors(sim: Sim, config: DistributionConfig) {
  const targets = [...(config.Origins?.Items ?? []), ...(config.OriginGroups?.Items ?? [])].map(({ Id }) => Id);
  const paths = (config.CacheBehaviors?.Items ?? []).map(({ PathPattern }) => PathPattern);
  if (new Set(paths).size < paths.length)
    refuse("InvalidArgument", "The parameter PathPattern must be unique among the cache behaviors.");
  for (const behavior of [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])]) {
    if (!targets.includes(behavior?.TargetOriginId))
      refuse("NoSuchOrigin", "One or more of your origins or origin groups do not exist.", 404);
    const isGroup = config.OriginGroups?.Items?.some(({ Id }) => Id === behavior?.TargetOriginId);
    // aws-cdk issue 32450, with CloudFront's own words.
    if (isGroup && behavior?.AllowedMethods?.Items?.some((method) => !["GET", "HEAD", "OPTIONS"].includes(method)))
      refuse(
        "InvalidArgument",
        "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.",
      );
    if (behavior?.CachePolicyId && behavior.ForwardedValues)
      refuse(
        "InvalidArgument",
        "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.",
      );
    if (!behavior?.CachePolicyId && !behavior?.ForwardedValues)
      refuse("InvalidArgument", "The parameter ForwardedValues is required.");
    if (behavior?.CachePolicyId && !CACHE_POLICIES.has(behavior.CachePolicyId))
      refuse("NoSuchCachePolicy", "The specified cache policy does not exist.", 404);
    if (behavior?.OriginRequestPolicyId && !ORIGIN_REQUEST_POLICIES.has(behavior.OriginRequestPolicyId))
      refuse("NoSuchOriginRequestPolicy", "The specified origin request policy does not exist.", 404);
  }
  for (const id of policiesIn(config))
    if (!(id in headersPolicies(sim)))
      refuse("NoSuchResponseHeadersPolicy", "The response headers policy does not exist.", 404);
}

/** CloudFront API Reference, CreateDistribution: InvalidWebACLId. One that stays is not looked at again. */
function checkWebAcl(sim: Sim, { WebACLId = "" }: DistributionConfig, own: SimDistribution | undefined) {
  if (WebACLId === "" || WebACLId === own?.config.WebACLId || attachable(sim, WebACLId)) return;
  refuse("InvalidWebACLId", "Web ACL is not accessible by the requester.");
}

function checkAliases(sim: Sim, config: DistributionConfig, own: SimDistribution | undefined) {
  const aliases = config.Aliases?.Items ?? [];
  const { ViewerCertificate: certificate } = config;
  if (aliases.length > 0 && certificate?.ACMCertificateArn === undefined)
    refuse(
      "InvalidViewerCertificate",
      "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.",
    );
  if (certificate?.ACMCertificateArn !== undefined) checkCertificate(sim, certificate, aliases);
  for (const other of Object.values(distributions(sim)))
    if (other.id !== own?.id && other.config.Aliases?.Items?.some((alias) => aliases.includes(alias)))
      refuse(
        "CNAMEAlreadyExists",
        "One or more of the CNAMEs you provided are already associated with a different resource.",
        409,
      );
}

/** botocore cloudfront, ViewerCertificate; CloudFront Developer Guide, "Requirements for using alternate domain names". */
function checkCertificate(sim: Sim, certificate: ViewerCertificate, aliases: readonly string[]): void {
  const arn = certificate.ACMCertificateArn;
  const found = Object.values(sim.world.table<SimCertificate>("acm.certificates@us-east-1")).find(
    (one) => one.arn === arn,
  );
  if (found === undefined || stateOf(sim, found).status !== "ISSUED")
    refuse(
      "InvalidViewerCertificate",
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
  else if (certificate.SSLSupportMethod === undefined)
    refuse("InvalidArgument", "The parameter SSLSupportMethod is required with ACMCertificateArn.");
  else if (aliases.some((alias) => !isFor(found, alias)))
    refuse(
      "InvalidViewerCertificate",
      "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add.",
    );
}
