import type {
  CacheBehavior,
  CustomErrorResponse,
  DefaultCacheBehavior,
  DistributionConfig,
  Method,
  Origin,
} from "@aws-sdk/client-cloudfront";
import type { Seen } from "../../engine/kind.ts";
import type { Behavior, DistributionSpec, ErrorPage } from "./distribution.ts";
import { counted } from "./shared.ts";

/** What Fairlead calls its origin in every distribution; also how its distributions are told from others in a list. */
export const ORIGIN_ID = "fairlead-balancer";

type Config = Omit<DistributionSpec, "tags">;

const READ: Method[] = ["GET", "HEAD"];
const ALL: Method[] = [...READ, "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/** The whole config that CloudFront wants: `spec` on top of the `live` config, whose other fields stay as they are. */
export function configOf(spec: Config, callerReference: string, live?: DistributionConfig): DistributionConfig {
  const [first, ...others] = spec.behaviors;
  const origins = (live?.Origins?.Items ?? []).filter(({ Id }) => Id !== ORIGIN_ID);
  const origin = originOf(
    spec,
    live?.Origins?.Items?.find(({ Id }) => Id === ORIGIN_ID),
  );
  return {
    ...(live ?? { ViewerCertificate: { CloudFrontDefaultCertificate: true } }),
    CallerReference: live?.CallerReference ?? callerReference,
    Comment: spec.comment,
    Enabled: spec.enabled,
    PriceClass: spec.priceClass,
    HttpVersion: spec.httpVersion,
    IsIPV6Enabled: spec.ipv6,
    Origins: { Quantity: origins.length + 1, Items: [...origins, origin] },
    DefaultCacheBehavior: first && behaviorOf(spec, first, live?.DefaultCacheBehavior),
    CacheBehaviors: counted(
      others.map((behavior) => ({
        ...behaviorOf(
          spec,
          behavior,
          live?.CacheBehaviors?.Items?.find(({ PathPattern }) => PathPattern === behavior.path),
        ),
        PathPattern: behavior.path,
      })),
    ),
    CustomErrorResponses: counted(
      spec.errorPages.map(({ code, cacheSeconds }) => ({ ErrorCode: code, ErrorCachingMinTTL: cacheSeconds })),
    ),
  };
}

function originOf(spec: Config, live: Origin | undefined): Origin {
  return {
    OriginPath: "",
    ...live,
    Id: ORIGIN_ID,
    DomainName: spec.originDomain,
    CustomHeaders: counted([{ HeaderName: spec.originSecretHeader, HeaderValue: spec.originSecret }]),
    CustomOriginConfig: {
      OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
      ...live?.CustomOriginConfig,
      HTTPPort: 80,
      HTTPSPort: 443,
      OriginProtocolPolicy: "http-only",
    },
  };
}

function behaviorOf(
  spec: Config,
  { cachePolicyId, originRequestPolicyId, methods }: Behavior,
  live: DefaultCacheBehavior | undefined,
): DefaultCacheBehavior {
  const allowed = methods === "all" ? ALL : READ;
  return {
    ...live,
    TargetOriginId: ORIGIN_ID,
    ViewerProtocolPolicy: "redirect-to-https",
    Compress: true,
    AllowedMethods: { Quantity: allowed.length, Items: allowed, CachedMethods: { Quantity: READ.length, Items: READ } },
    CachePolicyId: cachePolicyId,
    OriginRequestPolicyId: originRequestPolicyId,
    ResponseHeadersPolicyId: spec.headersPolicyId,
    // The settings that a cache policy took the place of: CloudFront refuses both together.
    ForwardedValues: undefined,
    MinTTL: undefined,
    DefaultTTL: undefined,
    MaxTTL: undefined,
  };
}

/** The spec that a config amounts to. What differs from what Fairlead always sets makes the field differ that it belongs to. */
export function specFrom(config: DistributionConfig): Seen<Config> {
  const origin = config.Origins?.Items?.find(({ Id }) => Id === ORIGIN_ID);
  const plain = origin?.CustomOriginConfig;
  const headers = origin?.CustomHeaders?.Items ?? [];
  // A second header is not Fairlead's: then none counts, and the next update writes ours alone.
  const secret = headers.length === 1 ? headers[0] : undefined;
  const behaviors: CacheBehavior[] = [
    ...(config.DefaultCacheBehavior ? [{ ...config.DefaultCacheBehavior, PathPattern: "*" }] : []),
    ...(config.CacheBehaviors?.Items ?? []),
  ];
  const policies = new Set(behaviors.map(({ ResponseHeadersPolicyId: id }) => id));
  return {
    comment: config.Comment,
    enabled: config.Enabled,
    priceClass: config.PriceClass,
    originDomain: plain?.OriginProtocolPolicy === "http-only" && plain.HTTPPort === 80 ? origin?.DomainName : undefined,
    originSecretHeader: secret?.HeaderName,
    originSecret: secret?.HeaderValue,
    headersPolicyId: policies.size === 1 ? behaviors[0]?.ResponseHeadersPolicyId : undefined,
    behaviors: behaviors.map(behaviorFrom),
    errorPages: bySize((config.CustomErrorResponses?.Items ?? []).map(errorPageFrom)),
    httpVersion: config.HttpVersion,
    ipv6: config.IsIPV6Enabled,
  };
}

/** Error pages in the order of their codes; AWS keeps none. */
export const bySize = (pages: ErrorPage[]) => pages.toSorted((a, b) => a.code - b.code);

function behaviorFrom(behavior: CacheBehavior): Behavior {
  const allowed: Method[] = behavior.AllowedMethods?.Items ?? READ;
  const methods = allowed.length === ALL.length ? "all" : "read";
  return {
    path: behavior.PathPattern ?? "",
    cachePolicyId: behavior.CachePolicyId ?? "",
    originRequestPolicyId: behavior.OriginRequestPolicyId === "" ? undefined : behavior.OriginRequestPolicyId,
    methods,
    strays: strays({
      TargetOriginId: behavior.TargetOriginId === ORIGIN_ID ? undefined : behavior.TargetOriginId,
      ViewerProtocolPolicy:
        behavior.ViewerProtocolPolicy === "redirect-to-https" ? undefined : behavior.ViewerProtocolPolicy,
      Compress: behavior.Compress === true ? undefined : behavior.Compress,
      AllowedMethods: methods === "all" || allowed.length === READ.length ? undefined : allowed.join(" "),
    }),
  };
}

const errorPageFrom = ({ ErrorCode, ErrorCachingMinTTL, ResponsePagePath, ResponseCode }: CustomErrorResponse) => ({
  code: ErrorCode ?? 0,
  cacheSeconds: ErrorCachingMinTTL ?? 0,
  strays: strays({
    ResponsePagePath: ResponsePagePath === "" ? undefined : ResponsePagePath,
    ResponseCode: ResponseCode === "" ? undefined : ResponseCode,
  }),
});

function strays(found: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const odd = Object.entries(found).filter(([, value]) => value !== undefined);
  return odd.length === 0 ? undefined : Object.fromEntries(odd);
}
