import { Distribution } from "../../src/aws/cloudfront/distribution.ts";
import { ALL_VIEWER, CACHING_DISABLED } from "../../src/aws/cloudfront/managed-policies.ts";
import { ResponseHeadersPolicy } from "../../src/aws/cloudfront/response-headers-policy.ts";
import { Delivery } from "../../src/aws/logs/delivery.ts";
import { DeliveryDestination, type DeliveryDestinationSpec } from "../../src/aws/logs/delivery-destination.ts";
import { DeliverySource, type DeliverySourceSpec } from "../../src/aws/logs/delivery-source.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { Bucket } from "../../src/aws/s3/bucket.ts";
import type { Simulated } from "../support/simulated.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

const REGION = "us-east-1";

async function distributionArn(at: Simulated): Promise<string> {
  const { policyId } = await made(at, ResponseHeadersPolicy, {
    name: "headers",
    owner: "contract",
    comment: "",
    hsts: { maxAgeSeconds: 60, includeSubdomains: false, preload: false },
    contentTypeOptions: true,
    frameOption: "DENY" as const,
    referrerPolicy: "no-referrer" as const,
  });
  const { arn } = await made(at, Distribution, {
    comment: "ground",
    enabled: true,
    priceClass: "PriceClass_100" as const,
    originDomain: "demo-1.elb.amazonaws.com",
    originSecretHeader: "X-Origin-Verify",
    originSecret: "0123456789",
    headersPolicyId: policyId,
    behaviors: [{ path: "*", cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER, methods: "all" }],
    errorPages: [],
    httpVersion: "http2and3" as const,
    ipv6: true,
    tags: {},
  });
  return arn;
}

async function bucketArn(at: Simulated): Promise<string> {
  const { arn } = await made(at, Bucket, {
    name: "demo-test-logs",
    versioning: false,
    eventBridge: false,
    policy: undefined,
    encryption: "AES256" as const,
    blockPublicAccess: true,
    ownership: "BucketOwnerEnforced" as const,
    lifecycle: undefined,
    tags: {},
  });
  return arn;
}

const groupArn = async (at: Simulated) =>
  (await made(at, LogGroup, { name: "demo-test-access", region: REGION, retentionDays: 7, tags: {} })).arn;

const source = async (at: Simulated): Promise<DeliverySourceSpec> => ({
  name: "demo-test-cdn",
  region: REGION,
  resourceArn: await distributionArn(at),
  logType: "ACCESS_LOGS",
  tags: {},
});
const destination = (resourceArn: string): DeliveryDestinationSpec => ({
  name: "demo-test-cdn",
  region: REGION,
  format: "json",
  resourceArn,
  tags: {},
});

contract({ kind: DeliverySource, spec: source, edits: {} });

for (const place of [bucketArn, groupArn]) {
  contract({ kind: DeliveryDestination, spec: async (at) => destination(await place(at)), edits: {} });

  contract({
    kind: Delivery,
    spec: async (at) => ({
      sourceName: (await made(at, DeliverySource, await source(at))).name,
      destinationArn: (await made(at, DeliveryDestination, destination(await place(at)))).arn,
      recordFields: ["date", "time", "sc-status"],
      tags: {},
    }),
    edits: { recordFields: () => ["date", "time", "sc-status", "cs-uri-query"] },
  });
}

contract({
  kind: LogGroup,
  spec: async () => ({ name: "demo-test-access", region: REGION, retentionDays: 7, tags: {} }),
  edits: { retentionDays: () => 30 },
});
