import {
  CloudFrontClient,
  CreateDistributionWithTagsCommand,
  type Distribution as AwsDistribution,
} from "@aws-sdk/client-cloudfront";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Distribution } from "../../../../src/aws/cloudfront/distribution.ts";
import type { DistributionSpec } from "../../../../src/aws/cloudfront/distribution-spec.ts";
import { awsError } from "../../../support/failing.ts";
import { making, mocked, tagsIn } from "../../../support/mocked.ts";

const cloudFront = mockClient(CloudFrontClient);
beforeEach(() => cloudFront.reset());

const list = <const Item>(...Items: Item[]) => ({ Quantity: Items.length, Items });
const spec: DistributionSpec = {
  comment: "demo",
  enabled: true,
  priceClass: "PriceClass_100",
  originDomain: "web-1.elb.amazonaws.com",
  originSecretHeader: "X-Origin-Verify",
  originSecret: "secret-1",
  headersPolicyId: "p-1",
  behaviors: [{ path: "*", cachePolicyId: "c-1", originRequestPolicyId: "o-1", methods: "all" }],
  errorPages: [],
  httpVersion: "http2and3",
  ipv6: true,
  tags: tagsIn("demo-test"),
};

describe("a distribution with domain names", () => {
  const viewer = {
    aliases: ["a.example.com", "b.example.com"],
    certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
    minimumProtocol: "TLSv1.2_2021" as const,
  };
  const created = () => {
    const command = cloudFront.commandCalls(CreateDistributionWithTagsCommand)[0]?.args[0].input;
    return command?.DistributionConfigWithTags?.DistributionConfig;
  };

  it("serves them with its certificate, and reaches the origin by HTTPS", async () => {
    cloudFront
      .on(CreateDistributionWithTagsCommand)
      .resolves({ Distribution: { Id: "E1", ARN: "arn", DomainName: "d" } as AwsDistribution });
    await Distribution.create(mocked(), { ...spec, originProtocol: "https", viewer }, making());
    expect(created()).toMatchObject({
      Aliases: list("a.example.com", "b.example.com"),
      ViewerCertificate: {
        ACMCertificateArn: viewer.certificateArn,
        SSLSupportMethod: "sni-only",
        MinimumProtocolVersion: "TLSv1.2_2021",
      },
      Origins: list({ CustomOriginConfig: { HTTPSPort: 443, OriginProtocolPolicy: "https-only" } }),
    });
  });

  it("says what to do if another distribution has one of them", async () => {
    cloudFront.on(CreateDistributionWithTagsCommand).rejects(awsError("CNAMEAlreadyExists", "already associated"));
    const creating = Distribution.create(mocked(), { ...spec, originProtocol: "https", viewer }, making());
    await expect(creating).rejects.toThrow(
      "already has a.example.com or b.example.com as an alternate domain name. Remove it there, then run again.",
    );
  });
});
