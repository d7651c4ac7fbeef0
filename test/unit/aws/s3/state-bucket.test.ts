import {
  GetBucketLifecycleConfigurationCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  DeleteObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { initStateBucket } from "../../../../src/aws/s3/state-bucket.ts";
import { simulated, type Simulated } from "../../../support/simulated.ts";

const Bucket = "fairlead-state-123456789012-ap-northeast-1";
const DAY = 86_400_000;

const rule = async ({ aws }: Simulated) =>
  (await aws.s3(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules?.find(({ ID }) => ID === "fairlead");

describe("the bucket that keeps states", () => {
  it("expires the delete markers that locks leave behind, and nothing that is in use", async () => {
    const at = simulated();
    expect(await initStateBucket(at.aws, Bucket)).toEqual({ made: true, lacks: [] });
    const put = async (Key: string) => at.aws.s3(new PutObjectCommand({ Bucket, Key, Body: "{}" }));
    await put("shop/state.json");
    for (let lock = 0; lock < 3; lock++) {
      await put("shop/lock");
      await at.aws.s3(new DeleteObjectCommand({ Bucket, Key: "shop/lock" }));
    }
    const there = async () => {
      const page = await at.aws.s3(new ListObjectVersionsCommand({ Bucket }));
      return [page.Versions?.length ?? 0, page.DeleteMarkers?.length ?? 0];
    };
    expect(await there()).toEqual([4, 3]);
    await at.clock.sleep(93 * DAY);
    expect(await there()).toEqual([1, 0]);
  });

  it("is given today's rule where an earlier version made it, beside the rules of others, once", async () => {
    const at = simulated();
    await initStateBucket(at.aws, Bucket);
    const own = await rule(at);
    const theirs = { ID: "theirs", Status: "Enabled" as const, Filter: { Prefix: "logs/" }, Expiration: { Days: 9 } };
    const before = { ...own, Status: "Enabled" as const, Expiration: undefined };
    const rules = { Rules: [before, theirs] };
    await at.aws.s3(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: rules }));
    expect(await initStateBucket(at.aws, Bucket)).toEqual({ made: false, updated: true, lacks: [] });
    expect(await rule(at)).toEqual(own);
    const all = await at.aws.s3(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(all.Rules).toContainEqual(theirs);
    expect(await initStateBucket(at.aws, Bucket)).toEqual({ made: false, updated: false, lacks: [] });
  });

  it("is left as it is where others made it", async () => {
    const at = simulated();
    await initStateBucket(at.aws, Bucket);
    await at.aws.s3(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [] } }));
    const rules = {
      Rules: [{ ID: "x", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 900 } }],
    };
    await at.aws.s3(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: rules }));
    expect(await initStateBucket(at.aws, Bucket)).toEqual({ made: false, updated: false, lacks: [] });
    expect(await rule(at)).toBeUndefined();
  });
});
