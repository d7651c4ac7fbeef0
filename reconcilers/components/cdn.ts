import type { Names } from "../../src/config/naming.ts";
import { Distribution } from "../../src/aws/cloudfront/distribution.ts";
import {
  ALL_VIEWER,
  CACHING_DISABLED,
  CACHING_OPTIMIZED,
  HOST_HEADER_ONLY,
} from "../../src/aws/cloudfront/managed-policies.ts";
import { VpcOrigin } from "../../src/aws/cloudfront/vpc-origin.ts";
import { activeTags, type FailoverOrigin } from "../../src/aws/failover-origin.ts";
import { ResponseHeadersPolicy } from "../../src/aws/cloudfront/response-headers-policy.ts";
import { following, loose, text, whenReady, type AnyHandle, type Output } from "../../src/engine/output.ts";
import type { EdgeSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import type { Balancer } from "./load-balancer.ts";

/** The header that CloudFront adds and the listener's rules require. */
export const ORIGIN_HEADER = "X-Origin-Verify";

const YEAR = 31_536_000;

export interface CdnProps {
  readonly names: Pick<Names, "prefix" | "headersPolicy" | "vpcOrigin" | "distributionComment">;
  readonly balancer: Balancer;
  /** The value of the header that the listener's rules require. */
  readonly secret: Output<string>;
  readonly settings: EdgeSettings;
  /** Whether its access logs contain cookies. */
  readonly logsCookies?: boolean | undefined;
  /** The domain names; if omitted, the distribution has only its own. */
  readonly domain?: CdnDomain | undefined;
  /** The ARN of the web ACL that filters its requests. */
  readonly webAclArn?: Output<string> | undefined;
  /** The load balancer of the stack's second region, if it has one. */
  readonly failover?: FailoverOrigin | undefined;
  /** What has to serve requests before the distribution sends them there: given where it sends them elsewhere until then. */
  readonly meanwhile: readonly AnyHandle[];
}

/** What a distribution needs to serve domain names. */
export interface CdnDomain {
  readonly names: readonly string[];
  /** A certificate in us-east-1, once it is issued. */
  readonly certificateArn: Output<string>;
  /** The rules of the HTTPS listener, which requests go to from then on. */
  readonly rules: readonly AnyHandle[];
  /** Whether services have host names of their own. */
  readonly byHost: boolean;
}

/** The distribution in front of the load balancer, with security headers on every response. */
export function cdn(
  scope: Scope,
  { names, balancer, secret, settings, logsCookies, domain, webAclArn, failover, meanwhile }: CdnProps,
) {
  const [first = ""] = domain?.names ?? [];
  const inside =
    settings.origin === "vpc"
      ? vpcOrigin(scope, { name: names.vpcOrigin, balancer, isSecure: domain !== undefined })
      : undefined;
  const headersPolicy = scope.add("edge/headers-policy", ResponseHeadersPolicy, {
    name: names.headersPolicy,
    owner: scope.mark("edge/headers-policy"),
    comment: `Security headers of ${names.prefix}`,
    hsts: { maxAgeSeconds: YEAR, includeSubdomains: true, preload: false },
    contentTypeOptions: true,
    frameOption: "DENY",
    referrerPolicy: "strict-origin-when-cross-origin",
  });
  const distribution = scope.add(
    "edge/distribution",
    Distribution,
    {
      comment: names.distributionComment,
      enabled: settings.enabled,
      priceClass: settings.priceClass,
      // CloudFront does not check whether the origin exists: it is created as soon as the name is known, and deleted in parallel with the
      // rest.
      originDomain: loose(balancer.dnsName),
      originSecretHeader: ORIGIN_HEADER,
      originSecret: domain ? following(loose(secret), domain.rules) : loose(secret),
      ...(inside && { vpcOriginId: whenReady(inside.vpcOriginId) }),
      ...(domain && !inside && { originProtocol: "https" as const }),
      ...(failover && {
        failoverDomain: failover.dnsName,
        failoverSecret: failover.secret,
        active: failover.isActive ? ("failover" as const) : ("origin" as const),
      }),
      ...(domain && {
        viewer: {
          aliases: [...domain.names],
          certificateArn: domain.certificateArn,
          minimumProtocol: "TLSv1.2_2021" as const,
        },
      }),
      ...(webAclArn && { webAclArn }),
      headersPolicyId: headersPolicy.policyId,
      behaviors: [
        {
          path: "*",
          cachePolicyId: CACHING_DISABLED,
          originRequestPolicyId: ALL_VIEWER,
          methods: settings.methods,
        },
        {
          path: settings.staticPath,
          ...staticPolicies(domain),
          methods: "read",
        },
        { path: settings.apiPath, cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER, methods: "all" },
      ],
      // Errors are passed on and not cached: a page that failed a moment ago may work now.
      errorPages: [500, 502, 503, 504].map((code) => ({ code, cacheSeconds: 0 })),
      httpVersion: "http2and3",
      ipv6: true,
      ...(logsCookies && { logsCookies }),
    },
    { meanwhile },
    activeTags(failover?.isActive ? failover.region : undefined),
  );
  scope.output("cloudfront_domain_name", distribution.domainName);
  scope.output("cloudfront_distribution_id", distribution.distributionId);
  scope.output("application_url", domain ? text`https://${first}` : text`https://${distribution.domainName}`);
  return {
    distributionId: distribution.distributionId,
    dnsName: distribution.domainName,
    zoneId: distribution.hostedZoneId,
    types: ["A", "AAAA"] as const,
    ready: [distribution],
  };
}

/**
 * Over HTTPS, the origin's certificate must be for the host that CloudFront forwards ("Require HTTPS for communication between CloudFront and
 * your custom origin", CloudFront Developer Guide): the viewer's. The cache knows only paths, so it cannot keep the files of several hosts apart.
 */
function staticPolicies(domain: CdnDomain | undefined) {
  if (!domain) return { cachePolicyId: CACHING_OPTIMIZED, originRequestPolicyId: undefined };
  return domain.byHost
    ? { cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER }
    : { cachePolicyId: CACHING_OPTIMIZED, originRequestPolicyId: HOST_HEADER_ONLY };
}

/**
 * The way to an internal load balancer. The load balancer has to be active, and the VPC needs an internet gateway, which nothing is routed
 * through for it ("Restrict access with VPC origins", CloudFront Developer Guide, prerequisites): an internal one waits for that gateway.
 */
const vpcOrigin = (
  scope: Scope,
  { name, balancer, isSecure }: { name: string; balancer: Balancer; isSecure: boolean },
) =>
  scope.add("edge/vpc-origin", VpcOrigin, {
    name,
    endpointArn: whenReady(balancer.arn),
    protocol: isSecure ? "https" : "http",
    httpPort: 80,
    httpsPort: 443,
  });
