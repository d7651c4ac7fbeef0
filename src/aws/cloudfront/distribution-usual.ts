// What is usual on a distribution, so that a plan shows the rest as unmanaged.
import { SET, type Usual } from "../beyond.ts";

/**
 * CloudFront's defaults: "Values that you specify when you create or update a distribution" in its
 * developer guide, and `flattenDistributionConfig` of terraform-provider-aws (internal/service/cloudfront/distribution.go).
 */
export const USUAL: Usual = {
  CallerReference: SET,
  Comment: SET,
  Enabled: SET,
  PriceClass: SET,
  HttpVersion: SET,
  IsIPV6Enabled: SET,
  Origins: SET,
  DefaultCacheBehavior: SET,
  CacheBehaviors: SET,
  CustomErrorResponses: SET,
  Restrictions: { GeoRestriction: { RestrictionType: "none" } },
  ViewerCertificate: {
    CloudFrontDefaultCertificate: true,
    SSLSupportMethod: "vip",
    MinimumProtocolVersion: "TLSv1",
    CertificateSource: "cloudfront",
  },
  ConnectionMode: "direct",
};

/** The same for Fairlead's origin; `OriginPath` is checked as drift. */
export const USUAL_ORIGIN: Usual = {
  Id: SET,
  DomainName: SET,
  OriginPath: SET,
  CustomHeaders: SET,
  ConnectionAttempts: 3,
  ConnectionTimeout: 10,
  VpcOriginConfig: { VpcOriginId: SET, OriginReadTimeout: 30, OriginKeepaliveTimeout: 5 },
  CustomOriginConfig: {
    HTTPPort: SET,
    HTTPSPort: 443,
    OriginProtocolPolicy: SET,
    OriginSslProtocols: { Items: ["TLSv1.2"] },
    OriginReadTimeout: 30,
    OriginKeepaliveTimeout: 5,
    IpAddressType: "ipv4",
  },
};

/** Where another origin takes over, an attempt ends sooner: checked as drift. */
export const USUAL_FAST: Usual = { ConnectionAttempts: SET, ConnectionTimeout: SET };

/** The same for a behavior. */
export const USUAL_BEHAVIOR: Usual = {
  PathPattern: SET,
  TargetOriginId: SET,
  ViewerProtocolPolicy: SET,
  Compress: SET,
  AllowedMethods: SET,
  CachePolicyId: SET,
  OriginRequestPolicyId: SET,
  ResponseHeadersPolicyId: SET,
  // Replaced by a cache policy; a behavior without one differs in `cachePolicyId`.
  ForwardedValues: SET,
  MinTTL: SET,
  DefaultTTL: SET,
  MaxTTL: SET,
};

/** What the stack sets if it has a domain. */
export const USUAL_WITH_DOMAIN: Usual = { ...USUAL, Aliases: SET, ViewerCertificate: SET };
