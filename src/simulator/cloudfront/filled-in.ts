import type {
  CacheBehavior,
  DefaultCacheBehavior,
  DistributionConfig,
  Method,
  Origin,
  ResponseHeadersPolicyConfig,
} from "@aws-sdk/client-cloudfront";

/**
 * A config as CloudFront keeps and answers it: everything that is not said is filled in, so an update that leaves a part out sets it
 * back. Sources: "All distribution settings reference" in its developer guide; the examples of `get-distribution-config` in the reference
 * of the AWS CLI (the order of methods); `flattenDistributionConfig` of terraform-provider-aws, internal/service/cloudfront/distribution.go.
 */
export const filledIn = (config: DistributionConfig): DistributionConfig => ({
  ...config,
  Aliases: listed(config.Aliases),
  DefaultRootObject: config.DefaultRootObject ?? "",
  Origins: { Quantity: config.Origins?.Quantity, Items: (config.Origins?.Items ?? []).map(origin) },
  // botocore cloudfront, OriginGroup, SelectionCriteria: `default` or `media-quality-based`.
  OriginGroups: listed(config.OriginGroups, (group) => ({
    ...group,
    SelectionCriteria: group.SelectionCriteria ?? "default",
  })),
  DefaultCacheBehavior: config.DefaultCacheBehavior && behavior(config.DefaultCacheBehavior),
  CacheBehaviors: listed(config.CacheBehaviors, behavior<CacheBehavior>),
  CustomErrorResponses: listed(config.CustomErrorResponses, (page) => ({
    ...page,
    ResponsePagePath: page.ResponsePagePath ?? "",
    ResponseCode: page.ResponseCode ?? "",
    ErrorCachingMinTTL: page.ErrorCachingMinTTL ?? 10,
  })),
  Logging: { Enabled: false, IncludeCookies: false, Bucket: "", Prefix: "", ...config.Logging },
  PriceClass: config.PriceClass ?? "PriceClass_All",
  ViewerCertificate: certificate(config),
  Restrictions: config.Restrictions ?? { GeoRestriction: { RestrictionType: "none", Quantity: 0 } },
  WebACLId: config.WebACLId ?? "",
  HttpVersion: config.HttpVersion ?? "http2",
  IsIPV6Enabled: config.IsIPV6Enabled ?? false,
  ContinuousDeploymentPolicyId: config.ContinuousDeploymentPolicyId ?? "",
  Staging: config.Staging ?? false,
});

/** A response headers policy likewise: `get-response-headers-policy` in the same reference. */
export const filledInPolicy = (config: ResponseHeadersPolicyConfig): ResponseHeadersPolicyConfig => ({
  ...config,
  Comment: config.Comment ?? "",
  CustomHeadersConfig: listed(config.CustomHeadersConfig),
  RemoveHeadersConfig: listed(config.RemoveHeadersConfig),
  ServerTimingHeadersConfig: config.ServerTimingHeadersConfig ?? { Enabled: false, SamplingRate: undefined },
});

interface Listed<Item> {
  Quantity: number | undefined;
  Items?: Item[] | undefined;
}

function listed<Item>(list: Listed<Item> | undefined, each: (item: Item) => Item = (item) => item): Listed<Item> {
  const items = list?.Items ?? [];
  return items.length === 0 ? { Quantity: 0 } : { ...list, Quantity: items.length, Items: items.map(each) };
}

function certificate({ ViewerCertificate: given }: DistributionConfig): DistributionConfig["ViewerCertificate"] {
  if (given?.ACMCertificateArn !== undefined)
    return {
      ...given,
      CloudFrontDefaultCertificate: false,
      MinimumProtocolVersion: given.MinimumProtocolVersion ?? "TLSv1",
      Certificate: given.ACMCertificateArn,
      CertificateSource: "acm",
    };
  // With its own certificate CloudFront sets the security policy to TLSv1, whatever is asked for (ViewerCertificate, API reference).
  return {
    CloudFrontDefaultCertificate: true,
    SSLSupportMethod: "vip",
    MinimumProtocolVersion: "TLSv1",
    CertificateSource: "cloudfront",
  };
}

const origin = (given: Origin): Origin => ({
  ...given,
  OriginPath: given.OriginPath ?? "",
  CustomHeaders: listed(given.CustomHeaders),
  ConnectionAttempts: given.ConnectionAttempts ?? 3,
  ConnectionTimeout: given.ConnectionTimeout ?? 10,
  OriginShield: given.OriginShield ?? { Enabled: false },
  OriginAccessControlId: given.OriginAccessControlId ?? "",
  ...(given.VpcOriginConfig
    ? {
        VpcOriginConfig: {
          ...given.VpcOriginConfig,
          OriginReadTimeout: given.VpcOriginConfig.OriginReadTimeout ?? 30,
          OriginKeepaliveTimeout: given.VpcOriginConfig.OriginKeepaliveTimeout ?? 5,
        },
      }
    : {}),
  ...(given.CustomOriginConfig
    ? {
        CustomOriginConfig: {
          ...given.CustomOriginConfig,
          OriginSslProtocols: given.CustomOriginConfig.OriginSslProtocols ?? { Quantity: 2, Items: ["SSLv3", "TLSv1"] },
          OriginReadTimeout: given.CustomOriginConfig.OriginReadTimeout ?? 30,
          OriginKeepaliveTimeout: given.CustomOriginConfig.OriginKeepaliveTimeout ?? 5,
        },
      }
    : {}),
});

/** The order in which CloudFront tells methods, whatever the order in which they were given. */
const METHODS: readonly Method[] = ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"];
const ordered = (methods: readonly Method[] = ["GET", "HEAD"]) => {
  const items = METHODS.filter((method) => methods.includes(method));
  return { Quantity: items.length, Items: items };
};

const behavior = <Given extends DefaultCacheBehavior>(given: Given): Given => ({
  ...given,
  TrustedSigners: given.TrustedSigners ?? { Enabled: false, Quantity: 0 },
  TrustedKeyGroups: given.TrustedKeyGroups ?? { Enabled: false, Quantity: 0 },
  AllowedMethods: {
    ...ordered(given.AllowedMethods?.Items),
    CachedMethods: ordered(given.AllowedMethods?.CachedMethods?.Items),
  },
  SmoothStreaming: given.SmoothStreaming ?? false,
  Compress: given.Compress ?? false,
  LambdaFunctionAssociations: listed(given.LambdaFunctionAssociations),
  FunctionAssociations: listed(given.FunctionAssociations),
  FieldLevelEncryptionId: given.FieldLevelEncryptionId ?? "",
  GrpcConfig: given.GrpcConfig ?? { Enabled: false },
});
