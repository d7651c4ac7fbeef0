import type {
  CacheBehavior,
  CustomErrorResponse,
  DefaultCacheBehavior,
  DistributionConfig,
  Method,
  Origin,
} from "@aws-sdk/client-cloudfront";
import type { Drifted, Seen } from "../../engine/resource-kind.ts";
import { driftedIn, SET, unmanagedIn } from "../beyond.ts";
import type { Behavior, ErrorPage, Viewer } from "./distribution-spec.ts";
import { cookiesIn, loggingOf, usualLogging } from "./distribution-logging.ts";
import { USUAL, USUAL_FAST, USUAL_ORIGIN, USUAL_BEHAVIOR, USUAL_WITH_DOMAIN } from "./distribution-usual.ts";
import { failoverFrom, groupsOf, isOwnOrigin, timesOf, type FailoverFound } from "./failover.ts";
import { FAILOVER_ID, ORIGIN_ID, targetFor, type Config } from "./origins.ts";
import { counted, strays } from "./shared.ts";

const READ: Method[] = ["GET", "HEAD"];
const ALL: Method[] = [...READ, "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

/** The complete config that CloudFront requires: `spec` merged into the `live` config, whose other fields are kept. */
export function configOf(spec: Config, callerReference: string, live?: DistributionConfig): DistributionConfig {
  // A domain that is no longer in the config: the key is there, without a value. Without the key, aliases are someone else's, and stay.
  const viewer = Object.hasOwn(spec, "viewer") ? viewerConfigOf(spec.viewer) : {};
  const [first, ...others] = spec.behaviors;
  const origins = (live?.Origins?.Items ?? []).filter(({ Id }) => !isOwnOrigin(Id));
  const own = (id: string) => live?.Origins?.Items?.find(({ Id }) => Id === id);
  const origin = { ...originOf(spec, own(ORIGIN_ID)), ...timesOf(spec) };
  const { failoverDomain, failoverSecret } = spec;
  const failover =
    failoverDomain === undefined
      ? []
      : [
          {
            ...originOf(
              { ...spec, originDomain: failoverDomain, originSecret: failoverSecret ?? "", vpcOriginId: undefined },
              own(FAILOVER_ID),
            ),
            ...timesOf(spec),
            Id: FAILOVER_ID,
          },
        ];
  const all = [...origins, origin, ...failover];
  return {
    ...(live ?? { ViewerCertificate: { CloudFrontDefaultCertificate: true } }),
    ...viewer,
    // As with a domain: the key without a value takes the stack's own off, and without the key, it is someone else's. CloudFront API
    // Reference, DistributionConfig: an empty string is none.
    ...(Object.hasOwn(spec, "webAclArn") ? { WebACLId: spec.webAclArn ?? "" } : {}),
    ...loggingOf(spec, live),
    CallerReference: live?.CallerReference ?? callerReference,
    Comment: spec.comment,
    Enabled: spec.enabled,
    PriceClass: spec.priceClass,
    HttpVersion: spec.httpVersion,
    IsIPV6Enabled: spec.ipv6,
    Origins: { Quantity: all.length, Items: all },
    ...groupsOf(spec, live),
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

/** botocore cloudfront, ViewerCertificate: with an ACM certificate, SSLSupportMethod and MinimumProtocolVersion are required. */
const viewerConfigOf = (viewer: Viewer | undefined): Pick<DistributionConfig, "Aliases" | "ViewerCertificate"> => ({
  Aliases: counted(viewer?.aliases ?? []),
  ViewerCertificate: viewer
    ? {
        ACMCertificateArn: viewer.certificateArn,
        SSLSupportMethod: "sni-only",
        MinimumProtocolVersion: viewer.minimumProtocol,
      }
    : { CloudFrontDefaultCertificate: true },
});

/** The domain names of a config; `undefined` if it has none with a certificate of ACM. */
function viewerFrom({ Aliases, ViewerCertificate: certificate }: DistributionConfig): Seen<Viewer> | undefined {
  // One without domain names of its own has an empty ARN or none, depending on who answers.
  if (!certificate?.ACMCertificateArn) return undefined;
  const isUsual = certificate.SSLSupportMethod === "sni-only";
  return {
    aliases: (Aliases?.Items ?? []).toSorted(),
    certificateArn: certificate.ACMCertificateArn,
    minimumProtocol: isUsual ? certificate.MinimumProtocolVersion : undefined,
  };
}

function originOf(spec: Config, live: Origin | undefined): Origin {
  const { VpcOriginConfig: inside, CustomOriginConfig: outside, ...rest } = live ?? {};
  const common = {
    ...rest,
    OriginPath: "",
    Id: ORIGIN_ID,
    DomainName: spec.originDomain,
    CustomHeaders: counted([{ HeaderName: spec.originSecretHeader, HeaderValue: spec.originSecret }]),
  };
  // An origin has one of the two (API reference, Origin).
  if (spec.vpcOriginId !== undefined)
    return { ...common, VpcOriginConfig: { ...inside, VpcOriginId: spec.vpcOriginId } };
  return {
    ...common,
    CustomOriginConfig: {
      OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
      ...outside,
      HTTPPort: 80,
      ...(spec.originProtocol === "https"
        ? {
            HTTPSPort: 443,
            OriginProtocolPolicy: "https-only" as const,
            OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2" as const] },
          }
        : {
            // Not used.
            HTTPSPort: outside?.HTTPSPort ?? 443,
            OriginProtocolPolicy: "http-only" as const,
          }),
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
    TargetOriginId: targetFor(methods, spec),
    ViewerProtocolPolicy: "redirect-to-https",
    Compress: true,
    AllowedMethods: { Quantity: allowed.length, Items: allowed, CachedMethods: { Quantity: READ.length, Items: READ } },
    CachePolicyId: cachePolicyId,
    OriginRequestPolicyId: originRequestPolicyId,
    ResponseHeadersPolicyId: spec.headersPolicyId,
    // Legacy settings that the cache policy replaces: CloudFront rejects both together.
    ForwardedValues: undefined,
    MinTTL: undefined,
    DefaultTTL: undefined,
    MaxTTL: undefined,
  };
}

/**
 * The spec that a config represents. A deviation from what Fairlead always sets makes the field it belongs to differ. `wanted`: what was
 * applied last.
 */
export function specFrom(config: DistributionConfig, wanted: Seen<Config> = {}): Seen<Config> {
  const origin = config.Origins?.Items?.find(({ Id }) => Id === ORIGIN_ID);
  const plain = origin?.CustomOriginConfig;
  const inside = origin?.VpcOriginConfig?.VpcOriginId;
  const byHttp = plain?.OriginProtocolPolicy === "http-only" && plain.HTTPPort === 80;
  const byHttps =
    wanted.originProtocol === "https" && plain?.OriginProtocolPolicy === "https-only" && plain.HTTPSPort === 443;
  const headers = origin?.CustomHeaders?.Items ?? [];
  // A second header is not Fairlead's: then the secret counts as missing, and the next update writes only Fairlead's header.
  const secret = headers.length === 1 ? headers[0] : undefined;
  const behaviors: CacheBehavior[] = [
    ...(config.DefaultCacheBehavior ? [{ ...config.DefaultCacheBehavior, PathPattern: "*" }] : []),
    ...(config.CacheBehaviors?.Items ?? []),
  ];
  const failover = failoverFrom(config, behaviors, wanted.failoverDomain !== undefined);
  const policies = new Set(behaviors.map(({ ResponseHeadersPolicyId: id }) => id));
  return {
    comment: config.Comment,
    enabled: config.Enabled,
    priceClass: config.PriceClass,
    originDomain: byHttp || byHttps || (inside !== undefined && !plain) ? origin?.DomainName : undefined,
    originProtocol: byHttps ? "https" : undefined,
    vpcOriginId: inside,
    ...failover.spec,
    viewer: viewerFrom(config) as Viewer | undefined,
    originSecretHeader: secret?.HeaderName,
    originSecret: secret?.HeaderValue,
    headersPolicyId: policies.size === 1 ? behaviors[0]?.ResponseHeadersPolicyId : undefined,
    behaviors: behaviors.map((behavior) => behaviorFrom(behavior, failover)),
    errorPages: bySize((config.CustomErrorResponses?.Items ?? []).map(errorPageFrom)),
    httpVersion: config.HttpVersion,
    ipv6: config.IsIPV6Enabled,
    webAclArn: config.WebACLId === "" ? undefined : config.WebACLId,
    logsCookies: cookiesIn(config, wanted),
  };
}

/** Error pages in the order of their codes; AWS keeps none. */
export const bySize = (pages: ErrorPage[]) => pages.toSorted((a, b) => a.code - b.code);

function behaviorFrom(behavior: CacheBehavior, { targets }: FailoverFound): Behavior {
  const allowed: Method[] = behavior.AllowedMethods?.Items ?? READ;
  const methods = allowed.length === ALL.length ? "all" : "read";
  const cached: Method[] = behavior.AllowedMethods?.CachedMethods?.Items ?? READ;
  return {
    path: behavior.PathPattern ?? "",
    cachePolicyId: behavior.CachePolicyId ?? "",
    originRequestPolicyId: behavior.OriginRequestPolicyId === "" ? undefined : behavior.OriginRequestPolicyId,
    methods,
    strays: strays({
      TargetOriginId: behavior.TargetOriginId === targetFor(methods, targets) ? undefined : behavior.TargetOriginId,
      ViewerProtocolPolicy:
        behavior.ViewerProtocolPolicy === "redirect-to-https" ? undefined : behavior.ViewerProtocolPolicy,
      Compress: behavior.Compress === true ? undefined : behavior.Compress,
      AllowedMethods: methods === "all" || allowed.length === READ.length ? undefined : allowed.join(" "),
      CachedMethods: cached.length === READ.length ? undefined : cached.join(" "),
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

const ourOrigin = ({ Origins }: DistributionConfig) => Origins?.Items?.find(({ Id }) => Id === ORIGIN_ID);

/** Unmanaged settings of a distribution, which an update keeps, beside the spec that was applied last. */
export function unmanagedOf(
  config: DistributionConfig,
  { behaviors: own = [], viewer, webAclArn, logsCookies, failoverDomain }: Seen<Config>,
): string[] {
  const paths = own.map(({ path }) => path);
  const behaviors = [
    ...(config.DefaultCacheBehavior ? [{ ...config.DefaultCacheBehavior, PathPattern: "*" }] : []),
    ...(config.CacheBehaviors?.Items ?? []).filter(({ PathPattern = "" }) => paths.includes(PathPattern)),
  ];
  return [
    ...unmanagedIn(config, {
      ...(viewer === undefined ? USUAL : USUAL_WITH_DOMAIN),
      ...(webAclArn === undefined ? {} : { WebACLId: SET }),
      ...usualLogging(logsCookies),
      ...(failoverDomain === undefined ? {} : { OriginGroups: SET }),
    }),
    ...(config.Origins?.Items ?? [])
      .filter(({ Id }) => !isOwnOrigin(Id))
      .map(({ Id, DomainName }) => `Origins ${Id} (${DomainName})`),
    ...unmanagedIn(
      ourOrigin(config),
      failoverDomain === undefined ? USUAL_ORIGIN : { ...USUAL_ORIGIN, ...USUAL_FAST },
      "Origin",
    ),
    ...behaviors.flatMap((behavior) => unmanagedIn(behavior, USUAL_BEHAVIOR, `CacheBehavior ${behavior.PathPattern}`)),
  ];
}

/** Drift that the next update reverts besides the spec: the origin path of Fairlead's origin is empty. */
export const driftedOf = (config: DistributionConfig): Drifted[] =>
  driftedIn("originDomain", { OriginPath: ourOrigin(config)?.OriginPath }, {}, "Origin");
