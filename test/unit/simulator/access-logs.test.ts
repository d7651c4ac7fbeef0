import { PutDeliverySourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ModifyLoadBalancerAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateBucketCommand, ListObjectsV2Command, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/aws/errors.ts";
import { balancer } from "../../contract/ground.ts";
import { simulated } from "../../support/simulated.ts";

const BUCKET = "shop-logs";

describe("the access logs of a simulated load balancer", () => {
  it("are refused until the bucket's policy has been there for a while, and begin with a test file", async () => {
    const at = simulated();
    const { loadBalancerArn: LoadBalancerArn } = await balancer(at);
    const { s3, elb, region, account } = at.aws;
    const Attributes = [
      { Key: "access_logs.s3.enabled", Value: "true" },
      { Key: "access_logs.s3.bucket", Value: BUCKET },
    ];
    const turnOn = () =>
      elb(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes })).then(() => "on", codeOf);
    const REFUSED = "InvalidConfigurationRequestException";
    expect(await turnOn()).toBe(REFUSED);
    const at1 = { LocationConstraint: region as "ap-northeast-1" };
    await s3(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: at1 }));
    const Statement = [
      {
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${BUCKET}/AWSLogs/${account}/*`,
      },
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await s3(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
    expect(await turnOn()).toBe(REFUSED);
    await at.clock.sleep(20_000);
    expect(await turnOn()).toBe("on");
    const { Contents = [] } = await s3(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents.map(({ Key }) => Key)).toEqual([`AWSLogs/${account}/ELBAccessLogTestFile`]);
  });
});

it("knows logs of distributions only in us-east-1", async () => {
  const { logs } = simulated().aws;
  const resourceArn = "arn:aws:cloudfront::123456789012:distribution/E1";
  const put = logs(new PutDeliverySourceCommand({ name: "a", resourceArn, logType: "ACCESS_LOGS" }));
  await expect(put).rejects.toMatchObject({ name: "ValidationException" });
});
