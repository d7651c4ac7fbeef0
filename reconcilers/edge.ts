import { Distribution } from "../src/aws/cloudfront/distribution.ts";
import { ALL_VIEWER, CACHING_DISABLED, CACHING_OPTIMIZED } from "../src/aws/cloudfront/managed-policies.ts";
import { ResponseHeadersPolicy } from "../src/aws/cloudfront/response-headers-policy.ts";
import { loose } from "../src/engine/output.ts";
import { ORIGIN_HEADER, type Balancer } from "./balancer.ts";
import type { Layer } from "./layer.ts";

const YEAR = 31_536_000;

/** The distribution in front of the load balancer, with security headers on every answer. */
export function edge(layer: Layer, { loadBalancer, rule }: Balancer) {
  const { names } = layer;
  const settings = layer.stack.edge;
  const headersPolicy = layer.add("headers-policy", ResponseHeadersPolicy, {
    name: names.headersPolicy,
    owner: layer.mark("headers-policy"),
    comment: `Security headers of ${names.prefix}`,
    hsts: { maxAgeSeconds: YEAR, includeSubdomains: true, preload: false },
    contentTypeOptions: true,
    frameOption: "DENY",
    referrerPolicy: "strict-origin-when-cross-origin",
  });
  const distribution = layer.add("distribution", Distribution, {
    comment: names.distributionComment,
    enabled: settings.enabled,
    priceClass: settings.priceClass,
    // CloudFront does not look whether the origin exists: it is started as soon as the name is known, and taken down beside the rest.
    originDomain: loose(loadBalancer.dnsName),
    originSecretHeader: ORIGIN_HEADER,
    originSecret: loose(rule.secret),
    headersPolicyId: headersPolicy.policyId,
    behaviors: [
      { path: "*", cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER, methods: "all" },
      {
        path: settings.staticPath,
        cachePolicyId: CACHING_OPTIMIZED,
        originRequestPolicyId: undefined,
        methods: "read",
      },
      { path: settings.apiPath, cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER, methods: "all" },
    ],
    // Errors are told as they are, and not kept: the page that failed a moment ago may work now.
    errorPages: [500, 502, 503, 504].map((code) => ({ code, cacheSeconds: 0 })),
    httpVersion: "http2and3",
    ipv6: true,
  });
  return { headersPolicy, distribution };
}

/** What the edge layer hands on. */
export type Edge = ReturnType<typeof edge>;
