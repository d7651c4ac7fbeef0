import { describe } from "vitest";
import { markOf } from "../../src/aws/owner.ts";
import { DEMO } from "../support/identities.ts";
import type { ContractCase } from "../../src/testing/contract-case.ts";
import { Distribution, type DistributionAttrs } from "../../src/aws/cloudfront/distribution.ts";
import type { DistributionSpec } from "../../src/aws/cloudfront/distribution-spec.ts";
import { ALL_VIEWER, CACHING_DISABLED, CACHING_OPTIMIZED } from "../../src/aws/cloudfront/managed-policies.ts";
import { ResponseHeadersPolicy } from "../../src/aws/cloudfront/response-headers-policy.ts";
import type { Simulated } from "../support/simulated.ts";
import { VpcOrigin, type VpcOriginSpec } from "../../src/aws/cloudfront/vpc-origin.ts";
import { internalBalancer, policySpec } from "./ground.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

const policy = (at: Simulated, name: string) => made(at, ResponseHeadersPolicy, policySpec(name));

contract({
  kind: ResponseHeadersPolicy,
  spec: async () => policySpec("headers"),
  edits: {
    owner: () => markOf(DEMO, "contract/other"),
    comment: () => "Other headers",
    hsts: () => ({ maxAgeSeconds: 60, includeSubdomains: false, preload: true }),
    contentTypeOptions: () => false,
    frameOption: () => "SAMEORIGIN" as const,
    referrerPolicy: () => "no-referrer" as const,
  },
});

const distribution = async (at: Simulated): Promise<DistributionSpec> => ({
  comment: "demo-test",
  enabled: true,
  priceClass: "PriceClass_100",
  originDomain: "demo-1.elb.amazonaws.com",
  originSecretHeader: "X-Origin-Verify",
  originSecret: "0123456789",
  headersPolicyId: (await policy(at, "one")).policyId,
  behaviors: [
    { path: "*", cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER, methods: "all" },
    { path: "/static/*", cachePolicyId: CACHING_OPTIMIZED, originRequestPolicyId: undefined, methods: "read" },
  ],
  errorPages: [{ code: 502, cacheSeconds: 0 }],
  httpVersion: "http2and3",
  ipv6: true,
  tags: {},
});

/** Another value of each field that every distribution has. */
const distributionEdits: ContractCase<DistributionSpec, DistributionAttrs>["edits"] = {
  comment: () => "another",
  enabled: () => false,
  priceClass: () => "PriceClass_All" as const,
  originDomain: () => "demo-2.elb.amazonaws.com",
  originSecretHeader: () => "X-Other",
  originSecret: () => "9876543210",
  headersPolicyId: async (_spec, at) => (await policy(at, "two")).policyId,
  behaviors: ({ behaviors }) => behaviors.slice(0, 1),
  errorPages: () => [],
  httpVersion: () => "http2" as const,
  ipv6: () => false,
};

contract({
  kind: Distribution,
  spec: distribution,
  edits: distributionEdits,
});

describe("with a second origin", () => {
  contract({
    kind: Distribution,
    spec: async (at): Promise<DistributionSpec> => ({
      ...(await distribution(at)),
      failoverDomain: "demo-3.us-west-2.elb.amazonaws.com",
      failoverSecret: "abcdefghij",
      active: "origin",
    }),
    edits: {
      ...distributionEdits,
      failoverDomain: () => "demo-4.us-west-2.elb.amazonaws.com",
      failoverSecret: () => "jihgfedcba",
      active: () => "failover" as const,
    },
  });
});

contract({
  kind: VpcOrigin,
  spec: async (at): Promise<VpcOriginSpec> => ({
    name: "demo-test",
    endpointArn: (await internalBalancer(at)).loadBalancerArn,
    protocol: "http",
    httpPort: 80,
    httpsPort: 443,
    tags: {},
  }),
  edits: {
    httpPort: () => 8080,
    httpsPort: () => 8443,
  },
});
