import { expect, it } from "vitest";
import type { PolicyDocument, Statement } from "../../../../src/aws/policy.ts";
import { tlsOnly } from "../../../../src/aws/s3/tls-only.ts";
import { LOG_DELIVERY, samePolicy } from "../../../../src/aws/s3/vended.ts";

const write = (Sid: string, source = "shop-prod-cdn-*"): Statement => ({
  Sid,
  Effect: "Allow",
  Principal: { Service: LOG_DELIVERY },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::shop/AWSLogs/123456789012/CloudFront/*",
  Condition: { ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:123456789012:delivery-source:${source}` } },
});
const tls = tlsOnly("aws", "shop");
const policy = (...more: Statement[]): PolicyDocument => ({ ...tls, Statement: [...tls.Statement, ...more] });
const ours = policy(write("AWSLogDeliveryWrite"));

it("takes what AWS appends for its log delivery for no difference, if the policy lets that in anyway", () => {
  const added = write("AWSLogDeliveryWrite1671744880", "shop-prod-cdn-E1");
  expect(samePolicy(ours, policy(write("AWSLogDeliveryWrite"), added))).toBe(true);
  expect(samePolicy(ours, { ...ours, Id: "AWSLogDeliveryWrite20150319" })).toBe(true);
  expect(samePolicy(policy(), policy(added))).toBe(false);
});

it("takes everything else for one", () => {
  const byHand: Statement = { ...write("ByHand"), Resource: "arn:aws:s3:::shop/*" };
  expect(samePolicy(ours, policy(write("AWSLogDeliveryWrite"), byHand))).toBe(false);
  const wider: Statement = { ...write("AWSLogDeliveryWrite2"), Principal: "*" };
  expect(samePolicy(ours, policy(write("AWSLogDeliveryWrite"), wider))).toBe(false);
  expect(samePolicy(ours, policy(write("AWSLogDeliveryWrite", "other")))).toBe(false);
  expect(samePolicy(ours, policy())).toBe(false);
  expect(samePolicy(ours, { ...ours, Id: "mine" })).toBe(false);
  expect(samePolicy(ours, undefined)).toBe(false);
  expect(samePolicy(undefined, undefined)).toBe(true);
});
