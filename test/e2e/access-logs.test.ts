import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  DeleteDeliveryCommand,
  DescribeDeliveriesCommand,
  DescribeDeliverySourcesCommand,
  PutDeliverySourceCommand,
  UpdateDeliveryConfigurationCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { Stage } from "../support/stage.ts";

const BUCKET = "fairlead-app-dev-access-123456789012-ap-northeast-1";
const PARTS = ["edge/access-log-source", "edge/access-log-destination", "edge/access-log-delivery"];
const all = (action: string, ...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, action]));

const delivery = async (aws: Aws) => {
  const { deliveries = [] } = await aws.in("us-east-1").logs(new DescribeDeliveriesCommand({}));
  expect(deliveries).toHaveLength(1);
  return deliveries[0] ?? {};
};

const attributes = async ({ elb }: Aws) => {
  const { LoadBalancers = [] } = await elb(new DescribeLoadBalancersCommand({}));
  const { LoadBalancerArn } = LoadBalancers[0] ?? {};
  const { Attributes = [] } = await elb(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
  return Object.fromEntries(Attributes.map(({ Key = "", Value }) => [Key, Value]));
};

describe("access logs", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage();
    await stage.run("reconcile");
  });
  afterAll(() => stage.remove());

  const applied = async () => {
    const run = await stage.run("reconcile");
    expect(run.lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(run.exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    return run;
  };

  it("are turned on for a live stack, in a bucket, without query strings and cookies", async () => {
    stage.edit({ accessLogs: {} });
    expect(await stage.planned()).toEqual(all("create", "edge/access-log-bucket", ...PARTS));
    await applied();
    const { deliveryDestinationType, recordFields = [] } = await stage.meddle(delivery);
    expect(deliveryDestinationType).toBe("S3");
    expect(recordFields).toContain("cs-uri-stem");
    for (const field of ["cs-uri-query", "cs(Referer)", "cs(Cookie)"]) expect(recordFields).not.toContain(field);
  });

  it("leave what AWS appends to the bucket's policy, which grants no more", async () => {
    const { Policy = "" } = await stage.meddle(({ s3 }) => s3(new GetBucketPolicyCommand({ Bucket: BUCKET })));
    const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
    expect(Statement.map(({ Sid }) => Sid)).toEqual(["TlsOnly", "AWSLogDeliveryWrite", "AWSLogDeliveryWrite2"]);
  });

  it("contain query strings and cookies if asked, and the load balancer's own as well", async () => {
    stage.edit({ accessLogs: { queryStrings: true, cookies: true, balancer: true, retentionDays: 60 } });
    expect(await stage.planned()).toEqual(
      all(
        "update",
        "edge/access-log-bucket",
        "edge/access-log-delivery",
        "edge/distribution",
        "balancer/load-balancer",
      ),
    );
    await applied();
    expect((await stage.meddle(delivery)).recordFields).toEqual(
      expect.arrayContaining(["cs-uri-query", "cs(Referer)", "cs(Cookie)"]),
    );
    expect(await stage.meddle(attributes)).toMatchObject({
      "access_logs.s3.enabled": "true",
      "access_logs.s3.bucket": BUCKET,
    });
  });

  it("go where they went if someone moves them, and are delivered again if someone deletes the delivery", async () => {
    await stage.meddle(async (aws) => {
      const { id } = await delivery(aws);
      const s3DeliveryConfiguration = { suffixPath: "elsewhere", enableHiveCompatiblePath: true };
      await aws.in("us-east-1").logs(new UpdateDeliveryConfigurationCommand({ id, s3DeliveryConfiguration }));
    });
    expect(await stage.planned()).toEqual(all("update", "edge/access-log-delivery"));
    await applied();
    await stage.meddle(async (aws, clock) => {
      await clock.sleep(10_000);
      const { id } = await delivery(aws);
      await aws.in("us-east-1").logs(new DeleteDeliveryCommand({ id }));
    });
    expect(await stage.planned()).toEqual(all("create", "edge/access-log-delivery"));
    await applied();
  });

  it("survive a lost state", async () => {
    const back = stage.keep();
    rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
    await applied();
    expect((await stage.meddle(delivery)).deliveryDestinationType).toBe("S3");
    back();
  });

  it("move to CloudWatch Logs in us-east-1, without a bucket", async () => {
    stage.edit({ accessLogs: { to: "cloudwatch", retentionDays: 7 } });
    expect(await stage.planned()).toEqual({
      "edge/access-log-bucket": "delete",
      "edge/access-log-group": "create",
      "edge/access-log-destination": "replace",
      "edge/access-log-delivery": "replace",
      ...all("update", "edge/distribution", "balancer/load-balancer"),
    });
    const { lines } = await applied();
    // The load balancer stops writing into the bucket before that is deleted.
    const done = (id: string) => lines.findIndex((line) => line.includes("✓") && line.includes(id));
    expect(done("balancer/load-balancer")).toBeGreaterThan(-1);
    expect(done("edge/access-log-bucket")).toBeGreaterThan(done("balancer/load-balancer"));
    expect((await stage.meddle(delivery)).deliveryDestinationType).toBe("CWL");
    expect(await stage.meddle(attributes)).toMatchObject({ "access_logs.s3.enabled": "false" });
  });

  it("are turned off again, and leave nothing", async () => {
    stage.edit({});
    expect(await stage.planned()).toEqual(all("delete", "edge/access-log-group", ...PARTS));
    await applied();
  });

  it("do not take the distribution's delivery source from whoever has it", async () => {
    const sources = async (aws: Aws) =>
      (await aws.in("us-east-1").logs(new DescribeDeliverySourcesCommand({}))).deliverySources ?? [];
    await stage.meddle(async (aws) => {
      const { DistributionList } = await aws.cloudFront(new ListDistributionsCommand({}));
      const resourceArn = DistributionList?.Items?.[0]?.ARN;
      const command = new PutDeliverySourceCommand({ name: "CreatedByHand", resourceArn, logType: "ACCESS_LOGS" });
      await aws.in("us-east-1").logs(command);
    });
    stage.edit({ accessLogs: { balancer: true } });
    const { exit, lines } = await stage.type("reconcile", "--yes");
    expect(exit).toBe(1);
    const arn = "arn:aws:logs:us-east-1:123456789012:delivery-source:CreatedByHand";
    expect(lines.join("\n")).toContain(
      `edge/access-log-source: logs/delivery-source ${arn} already exists and has no Fairlead owner tags.`,
    );
    expect((await stage.run("reconcile", { adopt: [`edge/access-log-source=${arn}`] })).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.meddle(sources)).map(({ name }) => name)).toEqual(["CreatedByHand"]);
  });

  it("are deleted with the stack", async () => {
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
